#include "sinks/log_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace siftd {

namespace {

namespace fs = std::filesystem;

struct Stat : ::stat {};

std::optional<Stat> stat_of(int file) {
  Stat found;
  return ::fstat(file, &found) == 0 ? std::optional(found) : std::nullopt;
}

}  // namespace

std::string LogFile::Place::to_string() const {
  return std::to_string(inode) + " " + std::to_string(offset) + " " +
         std::to_string(started);
}

std::optional<LogFile::Place> LogFile::Place::parse(const std::string& text) {
  Place place;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](auto& value) {
    while (at != end && *at == ' ') {
      ++at;
    }
    const auto [stop, failure] = std::from_chars(at, end, value);
    at = stop;
    return failure == std::errc();
  };
  const bool is_whole =
      number(place.inode) && number(place.offset) && number(place.started);
  return is_whole ? std::optional(place) : std::nullopt;
}

LogFile::LogFile(Options options) : options_(std::move(options)) {}

LogFile::~LogFile() {
  close();
}

void LogFile::fail(const std::string& what) const {
  throw std::runtime_error(options_.path.string() + ": " + what);
}

// With the system's reason.
void LogFile::fail_by_errno(const std::string& what) const {
  fail(what + ": " + std::strerror(errno));
}

void LogFile::make_directory() const {
  const fs::path parent = options_.path.parent_path();
  if (parent.empty()) {
    return;
  }
  std::string made;
  for (const fs::path& part : parent) {
    made = made.empty() ? part.string() : (fs::path(made) / part).string();
    if (::mkdir(made.c_str(), 0750) != 0 && errno != EEXIST) {
      // Directories above may be read-only and still lead to one that is not.
      std::error_code ignored;
      if (!fs::is_directory(made, ignored)) {
        fail_by_errno("its directory cannot be made");
      }
    }
  }
}

void LogFile::set_owner() const {
  if (::fchmod(file_, options_.mode) != 0) {
    fail_by_errno("its mode cannot be set");
  }
  if (options_.group.empty()) {
    return;
  }
  std::array<char, 4096> buffer{};
  struct group entry {};
  struct group* found = nullptr;
  if (::getgrnam_r(options_.group.c_str(), &entry, buffer.data(), buffer.size(),
                   &found) != 0 ||
      found == nullptr) {
    fail("there is no group " + options_.group);
  }
  if (::fchown(file_, static_cast<uid_t>(-1), found->gr_gid) != 0) {
    fail_by_errno("cannot be given to the group " + options_.group);
  }
}

void LogFile::open(const std::optional<Place>& keep) {
  close();
  if (is_stream()) {
    file_ = STDOUT_FILENO;
    return;
  }
  make_directory();
  const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  file_ = ::open(options_.path.c_str(), flags);
  const bool is_new = file_ < 0 && errno == ENOENT;
  if (is_new) {
    file_ = ::open(options_.path.c_str(), flags | O_CREAT | O_EXCL, options_.mode);
  }
  if (file_ < 0) {
    fail(errno == ELOOP ? "is a symbolic link, which is not followed"
                        : "cannot be opened");
  }
  const std::optional<Stat> found = stat_of(file_);
  if (!found || !S_ISREG(found->st_mode)) {
    close();
    fail("is not a regular file");
  }
  if (is_new) {
    set_owner();
    sync_directory();
  }
  place_ = Place();
  place_.inode = found->st_ino;
  place_.offset = static_cast<std::uint64_t>(found->st_size);
  place_.started = keep && keep->inode == place_.inode && keep->offset > 0 && !is_new
                       ? keep->started
                       : static_cast<std::int64_t>(std::time(nullptr));
  if (!keep || keep->inode != place_.inode || place_.offset < keep->offset) {
    cut_torn_line();
  }
}

bool LogFile::open_renamed(const Place& place) {
  close();
  fs::path dir = options_.path.parent_path();
  dir = dir.empty() ? "." : dir;
  DIR* entries = ::opendir(dir.c_str());
  if (entries == nullptr) {
    return false;
  }
  std::string name;
  while (const dirent* entry = ::readdir(entries)) {
    if (entry->d_ino == place.inode && entry->d_type != DT_DIR) {
      name = entry->d_name;
      break;
    }
  }
  ::closedir(entries);
  if (name.empty()) {
    return false;
  }
  file_ = ::open((dir / name).c_str(),
                 O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  const std::optional<Stat> found = file_ < 0 ? std::nullopt : stat_of(file_);
  // Of the same number but shorter: another file.
  if (!found || !S_ISREG(found->st_mode) || found->st_ino != place.inode ||
      static_cast<std::uint64_t>(found->st_size) < place.offset) {
    close();
    return false;
  }
  place_ = place;
  return true;
}

void LogFile::close() {
  if (file_ >= 0 && !is_stream()) {
    ::close(file_);
  }
  file_ = -1;
}

bool LogFile::is_current() const {
  if (is_stream()) {
    return true;
  }
  Stat found;
  return file_ >= 0 && ::lstat(options_.path.c_str(), &found) == 0 &&
         found.st_ino == place_.inode;
}

std::uint64_t LogFile::size() const {
  const std::optional<Stat> found = stat_of(file_);
  return found ? static_cast<std::uint64_t>(found->st_size) : 0;
}

std::string LogFile::read(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::pread(file_, bytes.data() + filled, size - filled,
                                static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      fail_by_errno("cannot be read");
    }
    if (got == 0) {
      break;
    }
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

void LogFile::cut(std::uint64_t offset) {
  if (!is_stream() && size() > offset &&
      ::ftruncate(file_, static_cast<off_t>(offset)) != 0) {
    fail_by_errno("cannot be cut");
  }
  place_.offset = offset;
}

void LogFile::cut_torn_line() {
  constexpr std::size_t kPiece = 64 * 1024;
  std::uint64_t end = size();
  while (end > 0) {
    const std::size_t piece =
        static_cast<std::size_t>(std::min<std::uint64_t>(end, kPiece));
    const std::string bytes = read(end - piece, piece);
    const std::size_t newline = bytes.rfind('\n');
    if (newline != std::string::npos) {
      end = end - piece + newline + 1;
      break;
    }
    end -= piece;
  }
  cut(end);
}

LogFile::Appended LogFile::append(std::string_view lines) {
  Appended result;
  // Where a copytruncate or another writer has left the end.
  const std::uint64_t start = is_stream() ? place_.offset : size();
  std::size_t written = 0;
  while (written < lines.size()) {
    const ssize_t count = ::write(file_, lines.data() + written, lines.size() - written);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      result.failure =
          options_.path.string() + ": " + std::strerror(count < 0 ? errno : EIO);
      break;
    }
    written += static_cast<std::size_t>(count);
  }
  result.kept = written;
  if (written < lines.size() && !is_stream()) {
    const std::size_t newline = lines.substr(0, written).rfind('\n');
    result.kept = newline == std::string_view::npos ? 0 : newline + 1;
    if (::ftruncate(file_, static_cast<off_t>(start + result.kept)) != 0) {
      // A torn line that cannot be cut now: whoever opens the file next cuts it.
      close();
    }
  }
  place_.offset = start + result.kept;
  return result;
}

void LogFile::sync() {
  // Standard output may be a pipe or a terminal, which have nothing to sync.
  if (::fdatasync(file_) != 0 && !(is_stream() && (errno == EINVAL || errno == EROFS))) {
    fail_by_errno("cannot be made durable");
  }
}

void LogFile::sync_directory() const {
  fs::path dir = options_.path.parent_path();
  dir = dir.empty() ? "." : dir;
  const int opened = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int failed = opened < 0 ? -1 : ::fsync(opened);
  const int reason = errno;
  if (opened >= 0) {
    ::close(opened);
  }
  // Some file systems know no fsync of directories.
  if (failed != 0 && reason != EINVAL) {
    errno = reason;
    fail_by_errno("its directory cannot be made durable");
  }
}

void LogFile::rotate(std::chrono::system_clock::time_point now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm broken_down{};
  ::gmtime_r(&seconds, &broken_down);
  std::array<char, 32> time{};
  std::strftime(time.data(), time.size(), ".%Y%m%dT%H%M%SZ", &broken_down);
  for (int again = 0;; ++again) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), again == 0 ? "" : ".%03d", again);
    const std::string target = options_.path.string() + time.data() + number.data();
    Stat found;
    if (::lstat(target.c_str(), &found) == 0 ||
        ::lstat((target + ".zst").c_str(), &found) == 0) {
      continue;
    }
    if (::rename(options_.path.c_str(), target.c_str()) != 0) {
      fail_by_errno("cannot be renamed");
    }
    break;
  }
  sync_directory();
  close();
}

}  // namespace siftd
