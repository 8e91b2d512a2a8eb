#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace siftd {

// A file of lines that grows at its end, by its path: the blocking half of the file
// sink. Every call may block; failures are std::runtime_error with a sentence
// that names the path. One thread at a time.
class LogFile {
 public:
  struct Options {
    std::filesystem::path path;  // "-": standard output, which is neither cut nor rotated
    mode_t mode = 0640;
    std::string group;  // empty: left as it comes
  };

  // Which file, and how much of it is ours.
  struct Place {
    std::uint64_t inode = 0;
    std::uint64_t offset = 0;
    std::int64_t started = 0;  // Unix seconds when it was begun; 0: unknown
    std::string to_string() const;
    static std::optional<Place> parse(const std::string& text);
    bool operator==(const Place&) const = default;
  };

  explicit LogFile(Options options);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  bool is_stream() const { return options_.path == "-"; }

  // Opens what the path names, making it and its directory where missing. No symbolic
  // link is followed; anything but a regular file is refused. Cuts a last line that
  // has no end, unless the file is the one of `keep`: that is the caller's to judge.
  void open(const std::optional<Place>& keep);
  // Opens the file of this inode, renamed within the path's directory. False: gone.
  bool open_renamed(const Place& place);
  void close();
  bool is_open() const { return file_ >= 0; }

  // False: the path names another file by now, or none.
  bool is_current() const;
  const Place& place() const { return place_; }
  std::uint64_t size() const;  // as the file system has it

  // At most `size` bytes from `offset`.
  std::string read(std::uint64_t offset, std::size_t size) const;

  // After open(): the place is this one, in the same file.
  void resume(const Place& place) { place_ = place; }
  // Says that what ends at `offset` is ours, and cuts what follows.
  void cut(std::uint64_t offset);

  // Appends whole lines. What does not fit is cut back to the last line that did:
  // `kept` bytes are in the file, and `failure` says why not all.
  struct Appended {
    std::size_t kept = 0;
    std::string failure;
  };
  Appended append(std::string_view lines);

  void sync();

  // Renames the file to a name with the time and leaves nothing open.
  void rotate(std::chrono::system_clock::time_point now);

 private:
  void make_directory() const;
  void set_owner() const;
  void cut_torn_line();
  void sync_directory() const;
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail_by_errno(const std::string& what) const;

  const Options options_;
  int file_ = -1;
  Place place_;
};

// Compresses what rotate() left, the oldest first, each into a file of its own with
// ".zst" that replaces it when it is durable; then removes all but the newest `keep`
// (0: none). Blocks for long.
void tidy_rotated(const std::filesystem::path& path, bool compress, std::size_t keep);

}  // namespace siftd
