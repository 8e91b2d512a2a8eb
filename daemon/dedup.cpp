// siftd dedup: JSON lines in, one verdict a line out, in order.
//
// Lines are read in blocks. The threads take blocks in turn, parse the lines and
// take the fingerprints; one thread at a time judges, block after block in the
// order of the input, and writes. So both cores work, and the verdicts are those
// of one pass.
#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "daemon/commands.hpp"
#include "parsers/date.hpp"
#include "sifters/recogniser.hpp"

namespace siftd {

namespace {

// Of one line.
struct Document {
  std::string id = "null";  // as JSON
  std::string title;
  std::string text;
  std::string time;
};

// Takes the known strings out of one JSON object; skips all else, however deep.
class DocumentHandler
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, DocumentHandler> {
 public:
  explicit DocumentHandler(Document& document) : document_(document) {}

  bool StartObject() {
    ++depth_;
    return true;
  }
  bool EndObject(rapidjson::SizeType) {
    --depth_;
    return true;
  }
  bool StartArray() {
    if (depth_ == 0)
      return false;
    ++depth_;
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return true;
  }
  bool Key(const char* name, rapidjson::SizeType size, bool) {
    if (depth_ != 1)
      return true;
    std::string_view key(name, size);
    field_ = key == "id"      ? Field::id
             : key == "text"  ? Field::text
             : key == "title" ? Field::title
             : key == "time"  ? Field::time
                              : Field::none;
    return true;
  }
  bool String(const char* value, rapidjson::SizeType size, bool) {
    if (depth_ != 1)
      return depth_ != 0;
    switch (std::exchange(field_, Field::none)) {
      case Field::id:
        set_id(value, size);
        break;
      case Field::text:
        document_.text.assign(value, size);
        break;
      case Field::title:
        document_.title.assign(value, size);
        break;
      case Field::time:
        document_.time.assign(value, size);
        break;
      case Field::none:
        break;
    }
    return true;
  }
  // Numbers, as they are written.
  bool RawNumber(const char* value, rapidjson::SizeType size, bool) {
    if (depth_ != 1)
      return depth_ != 0;
    if (std::exchange(field_, Field::none) == Field::id)
      document_.id.assign(value, size);
    return true;
  }
  bool Default() {
    field_ = Field::none;
    return depth_ != 0;
  }

 private:
  enum class Field { none, id, text, title, time };

  void set_id(const char* value, rapidjson::SizeType size) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.String(value, size);
    document_.id.assign(buffer.GetString(), buffer.GetSize());
  }

  Document& document_;
  Field field_ = Field::none;
  int depth_ = 0;
};

// A line that is ready to be judged.
struct Ready {
  std::string id;
  std::string error;  // what is wrong with the line; empty: nothing
  Fingerprint print;
  std::optional<std::chrono::sys_seconds> time;
};

Ready read_line(char* line) {
  Document document;
  DocumentHandler handler(document);
  rapidjson::Reader reader;
  rapidjson::InsituStringStream stream(line);
  constexpr unsigned kFlags =
      rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag |
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  Ready ready;
  if (!reader.Parse<kFlags>(stream, handler)) {
    ready.error = "not a JSON object";
    return ready;
  }
  ready.id = std::move(document.id);
  ready.print = fingerprint(document.title, document.text);
  if (!document.time.empty())
    ready.time = parse_date(document.time);
  return ready;
}

// The lines' ids, packed: what duplicate_of and story are printed as.
class IdList {
 public:
  void add(std::string_view id) {
    if (count_ % kStep == 0)
      starts_.push_back(bytes_.size());
    ++count_;
    std::size_t size = id.size();
    for (; size >= 0x80; size >>= 7)
      bytes_.push_back(static_cast<char>((size & 0x7F) | 0x80));
    bytes_.push_back(static_cast<char>(size));
    bytes_.append(id);
  }

  // The id of the n-th line, from 1.
  std::string_view at(std::uint64_t n) const {
    std::size_t at = starts_[(n - 1) / kStep];
    for (std::size_t skip = (n - 1) % kStep;; --skip) {
      std::size_t size = 0;
      for (int shift = 0;; shift += 7) {
        auto next = static_cast<unsigned char>(bytes_[at++]);
        size |= std::size_t{next & 0x7FU} << shift;
        if ((next & 0x80) == 0)
          break;
      }
      if (skip == 0)
        return std::string_view(bytes_).substr(at, size);
      at += size;
    }
  }

 private:
  static constexpr std::size_t kStep = 16;
  std::string bytes_;
  std::vector<std::size_t> starts_;
  std::uint64_t count_ = 0;
};

const char* kind_name(CopyKind kind) {
  switch (kind) {
    case CopyKind::exact:
      return "\"exact\"";
    case CopyKind::near:
      return "\"near\"";
    case CopyKind::contained:
      return "\"contained\"";
    case CopyKind::none:
      break;
  }
  return "null";
}

// Judges and writes; used by one thread at a time, in the order of the input.
class Judge {
 public:
  explicit Judge(const DedupOptions& options)
      : recogniser_({.threshold = options.threshold,
                     .window = kWindow,
                     .memory = kMemory,
                     .stories = options.stories}),
        stories_(options.stories) {}

  void judge(const Ready& ready, std::string& out) {
    ++line_;
    ids_.add(ready.error.empty() ? ready.id : "null");
    if (!ready.error.empty()) {
      has_failed_ = true;
      out += "{\"id\":null,\"error\":\"" + ready.error + "\"}\n";
      std::fprintf(stderr, "siftd dedup: line %llu: %s\n",
                   static_cast<unsigned long long>(line_), ready.error.c_str());
      return;
    }
    // Time goes forward only: a line without one, or from the past, is of now.
    if (ready.time && *ready.time > now_) {
      now_ = *ready.time;
      recogniser_.expire(now_);
    }
    write(ready, recogniser_.recognise(line_, ready.print, ready.time.value_or(now_)),
          out);
  }

  bool has_failed() const { return has_failed_; }

 private:
  // Copies as the daemon's default; stories grow for months. A stream without times
  // is remembered as a whole.
  static constexpr std::chrono::hours kWindow{24 * 7};
  static constexpr std::chrono::hours kMemory{24 * 60};

  void write(const Ready& ready, const Verdict& verdict, std::string& out) const {
    out += "{\"id\":";
    out += ready.id;
    out += ",\"duplicate_of\":";
    out += verdict.duplicate_of ? ids_.at(*verdict.duplicate_of) : "null";
    char number[32];
    int size = std::snprintf(number, sizeof number, "%.4g", verdict.similarity);
    out += ",\"similarity\":";
    out.append(number, static_cast<std::size_t>(size));
    out += ",\"kind\":";
    out += kind_name(verdict.kind);
    out += ",\"story\":";
    out += stories_ ? ids_.at(verdict.story) : "null";
    out += "}\n";
  }

  Recogniser recogniser_;
  bool stories_;
  bool has_failed_ = false;
  std::uint64_t line_ = 0;
  std::chrono::sys_seconds now_{};
  IdList ids_;
};

class File {
 public:
  explicit File(const std::string& name)
      : descriptor_(name.empty() || name == "-"
                        ? STDIN_FILENO
                        : open(name.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (descriptor_ > STDIN_FILENO)
      close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return descriptor_ >= 0; }

  // At least one byte; 0 at the end. Throws what read(2) says.
  std::size_t read(char* to, std::size_t most) {
    for (;;) {
      ssize_t got = ::read(descriptor_, to, most);
      if (got >= 0)
        return static_cast<std::size_t>(got);
      if (errno != EINTR)
        throw std::system_error(errno, std::generic_category());
    }
  }

 private:
  int descriptor_;
};

// Reads blocks of whole lines. A block grows until it holds one; a line beyond
// the limit is cut there, and then is no JSON.
class Blocks {
 public:
  explicit Blocks(File& file) : file_(file) {}

  // False: there is no more.
  bool next(std::string& block) {
    block = std::move(rest_);
    rest_.clear();
    while (!is_end_) {
      std::size_t had = block.size();
      block.resize(had + kRead);
      std::size_t got = file_.read(block.data() + had, kRead);
      block.resize(had + got);
      is_end_ = got == 0;
      std::size_t line_end = block.rfind('\n');
      // Whatever is whole is worked on: who writes a line may wait for its verdict.
      if (line_end != std::string::npos) {
        rest_.assign(block, line_end + 1);
        block.resize(line_end + 1);
        return true;
      }
      if (block.size() > limits::kMaxDedupLine)
        skip_line(block);
    }
    return !block.empty();
  }

 private:
  static constexpr std::size_t kRead = 256 * limits::kKiB;

  void skip_line(std::string& block) {
    std::string more(kRead, '\0');
    while (!is_end_) {
      std::size_t got = file_.read(more.data(), kRead);
      is_end_ = got == 0;
      std::size_t end = std::string_view(more).substr(0, got).find('\n');
      if (end == std::string_view::npos)
        continue;
      block.resize(1);
      block += '\n';
      block.append(more, end + 1, got - end - 1);
      return;
    }
    block.resize(1);
  }

  File& file_;
  std::string rest_;
  bool is_end_ = false;
};

// The threads' common work: the next block, and whose turn it is to judge.
class Work {
 public:
  Work(File& file, const DedupOptions& options) : blocks_(file), judge_(options) {}

  // One thread's part.
  void run() {
    try {
      std::string block;
      std::vector<Ready> ready;
      std::string out;
      while (std::optional<std::uint64_t> number = take(block)) {
        ready.clear();
        read_block(block, ready);
        await_turn(*number);
        out.clear();
        for (const Ready& line : ready)
          judge_.judge(line, out);
        write(out);
        end_turn();
      }
    } catch (...) {
      fail(std::current_exception());
    }
  }

  int finish() {
    if (failure_)
      std::rethrow_exception(failure_);
    if (!is_written_) {
      std::fprintf(stderr, "siftd dedup: cannot write to stdout: %s\n",
                   std::strerror(write_error_));
      return kCannotCreate;
    }
    return judge_.has_failed() ? kSomeFailed : kDone;
  }

 private:
  std::optional<std::uint64_t> take(std::string& block) {
    std::lock_guard lock(input_);
    if (is_stopped() || !blocks_.next(block))
      return std::nullopt;
    return taken_++;
  }

  static void read_block(std::string& block, std::vector<Ready>& ready) {
    for (std::size_t at = 0; at < block.size();) {
      std::size_t end = std::min(block.find('\n', at), block.size());
      bool is_blank = block.find_first_not_of(" \t\r", at) >= end;
      if (end < block.size())
        block[end] = '\0';
      if (!is_blank)
        ready.push_back(read_line(block.data() + at));
      at = end + 1;
    }
  }

  void await_turn(std::uint64_t number) {
    std::unique_lock lock(order_);
    turn_.wait(lock, [&] { return judged_ == number || stopped_; });
    if (judged_ != number)
      throw Stopped();
  }
  void end_turn() {
    {
      std::lock_guard lock(order_);
      ++judged_;
    }
    turn_.notify_all();
  }

  void write(const std::string& out) {
    for (std::size_t at = 0; at < out.size();) {
      ssize_t put = ::write(STDOUT_FILENO, out.data() + at, out.size() - at);
      if (put < 0 && errno == EINTR)
        continue;
      if (put < 0) {
        write_error_ = errno;
        is_written_ = false;
        stop();
        throw Stopped();
      }
      at += static_cast<std::size_t>(put);
    }
  }

  struct Stopped {};

  bool is_stopped() {
    std::lock_guard lock(order_);
    return stopped_;
  }
  void stop() {
    {
      std::lock_guard lock(order_);
      stopped_ = true;
    }
    turn_.notify_all();
  }
  void fail(std::exception_ptr failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const Stopped&) {
      return;  // told already
    } catch (...) {
      std::lock_guard lock(order_);
      if (!failure_)
        failure_ = failure;
    }
    stop();
  }

  std::mutex input_;
  Blocks blocks_;
  std::uint64_t taken_ = 0;

  std::mutex order_;
  std::condition_variable turn_;
  std::uint64_t judged_ = 0;
  bool stopped_ = false;
  std::exception_ptr failure_;

  Judge judge_;  // whose turn it is
  bool is_written_ = true;
  int write_error_ = 0;
};

}  // namespace

int dedup_command(const DedupOptions& options) {
  File file(options.file);
  if (!file.is_open()) {
    std::fprintf(stderr, "siftd dedup: %s: %s\n", options.file.c_str(),
                 std::strerror(errno));
    return kNoInput;
  }
  Work work(file, options);
  std::vector<std::jthread> threads;
  unsigned count =
      std::clamp(std::thread::hardware_concurrency(), 1U, limits::kMaxDedupThreads);
  for (unsigned i = 1; i < count; ++i)
    threads.emplace_back([&work] { work.run(); });
  work.run();
  threads.clear();
  try {
    return work.finish();
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "siftd dedup: %s: %s\n",
                 options.file.empty() ? "stdin" : options.file.c_str(),
                 error.code().message().c_str());
    return kNoInput;
  }
}

}  // namespace siftd
