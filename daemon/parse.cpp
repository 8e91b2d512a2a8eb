// siftd parse: feeds to JSON Feed, one line a file, in order, on every core. The file
// whose turn it is writes through; the others hold their lines back until theirs comes,
// and rest when those have grown, so that memory does not grow with the input.
#include "parsers/parse.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/limits.hpp"
#include "daemon/commands.hpp"
#include "parsers/feed_json.hpp"
#include "parsers/json_writer.hpp"

namespace siftd {
namespace {

// Writes to stdout what several threads say, each at its turn.
class OrderedOutput {
 public:
  // Hands on what is in `text` when it is `turn`'s turn, and empties it. Waits for
  // the turn only when much has come together.
  void offer(std::size_t turn, std::string& text) {
    if (text.size() < limits::kParseWriteBytes) {
      return;
    }
    std::unique_lock lock(mutex_);
    if (turn != turn_ && text.size() < limits::kParseHeldBytes) {
      return;
    }
    wait(lock, turn);
    write(text);
  }

  void finish(std::size_t turn, std::string& text) {
    std::unique_lock lock(mutex_);
    wait(lock, turn);
    write(text);
    ++turn_;
    turned_.notify_all();
  }

  bool failed() const { return failed_; }

 private:
  void wait(std::unique_lock<std::mutex>& lock, std::size_t turn) {
    turned_.wait(lock, [&] { return turn == turn_; });
  }

  void write(std::string& text) {
    std::size_t done = 0;
    while (done < text.size() && !failed_) {
      const ssize_t written =
          ::write(STDOUT_FILENO, text.data() + done, text.size() - done);
      if (written > 0) {
        done += static_cast<std::size_t>(written);
      } else if (errno != EINTR) {
        failed_ = true;  // nobody reads on
      }
    }
    text.clear();
  }

  std::mutex mutex_;
  std::condition_variable turned_;
  std::size_t turn_ = 0;
  std::atomic<bool> failed_ = false;
};

// The whole of a file or of stdin; nullopt and errno when it cannot be read or is above
// limits::kMaxParsedFile.
std::optional<std::string> read_file(const std::string& name) {
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdin) {
        std::fclose(file);
      }
    }
  };
  const std::unique_ptr<std::FILE, Close> file(
      name == "-" ? stdin : std::fopen(name.c_str(), "rb"));
  if (file == nullptr) {
    return std::nullopt;
  }
  constexpr std::size_t kLeast = 4 * limits::kKiB;  // a read
  constexpr std::size_t kMost = limits::kMiB;
  std::string bytes;
  struct stat about {};
  if (::fstat(::fileno(file.get()), &about) == 0 && S_ISREG(about.st_mode)) {
    bytes.reserve(std::min(static_cast<std::size_t>(about.st_size),
                           limits::kMaxParsedFile) +
                  kLeast);  // pipes do not tell
  }
  std::size_t count = 0;
  do {
    const std::size_t size = bytes.size();
    bytes.resize(size + std::clamp(bytes.capacity() - size, kLeast, kMost));
    count = std::fread(bytes.data() + size, 1, bytes.size() - size, file.get());
    bytes.resize(size + count);
  } while (count > 0 && bytes.size() <= limits::kMaxParsedFile);
  if (bytes.size() > limits::kMaxParsedFile) {
    errno = EFBIG;
    return std::nullopt;
  }
  if (std::ferror(file.get()) != 0) {
    return std::nullopt;
  }
  return bytes;
}

void append_error(std::string& line, std::string_view what) {
  JsonWriter json(line);
  json.begin_object();
  json.member("error", what);
  json.end_object();
}

class ParseRun {
 public:
  explicit ParseRun(const ParseOptions& options)
      : options_(options), files_(options.files) {
    if (files_.empty()) {
      files_.push_back("-");
    }
  }

  int run() {
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < std::min(cores, files_.size()); ++i) {
      threads.emplace_back([this] { work(); });
    }
    work();
    for (std::thread& thread : threads) {
      thread.join();
    }
    if (output_.failed()) {
      std::fprintf(stderr, "siftd: cannot write to standard output\n");
      return kCannotCreate;
    }
    return unreadable_ ? kNoInput : some_failed_ ? kSomeFailed : kDone;
  }

 private:
  void work() {
    std::string line;
    while (!output_.failed()) {
      const std::size_t turn = next_++;
      if (turn >= files_.size()) {
        break;
      }
      line.clear();
      parse(turn, line);
      line += '\n';
      output_.finish(turn, line);
    }
  }

  void parse(std::size_t turn, std::string& line) {
    const std::string& name = files_[turn];
    Page page;
    std::optional<std::string> bytes = read_file(name);
    if (!bytes) {
      const std::string why = std::strerror(errno);
      std::fprintf(stderr, "siftd: %s: %s\n", name.c_str(), why.c_str());
      append_error(line, name + ": " + why);
      unreadable_ = true;
      return;
    }
    page.url = options_.url;
    page.content_type = options_.content_type;
    page.body = std::move(*bytes);
    line = R"({"version":"https://jsonfeed.org/version/1.1","items":[)";
    bool first = true;
    const auto info = parse_feed(page, [&](const Item& item) {
      line += first ? "" : ",";
      first = false;
      append_json_item(line, item);
      output_.offer(turn, line);
    });
    if (!info) {
      line.clear();  // nothing was handed on
      append_error(line, info.error().detail);
      std::fprintf(stderr, "siftd: %s: %s\n", name.c_str(), info.error().detail.c_str());
      some_failed_ = true;
      return;
    }
    line += "],";
    append_json_feed_members(line, *info);
    line += '}';
  }

  const ParseOptions& options_;
  std::vector<std::string> files_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> some_failed_ = false;
  std::atomic<bool> unreadable_ = false;
  OrderedOutput output_;
};

}  // namespace

int parse_command(const ParseOptions& options) {
  return ParseRun(options).run();
}

}  // namespace siftd
