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
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/limits.hpp"
#include "daemon/commands.hpp"
#include "daemon/dedup_line.hpp"
#include "daemon/line_blocks.hpp"
#include "sifters/recogniser.hpp"

namespace siftd {

namespace {

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

  void judge(const DedupLine& ready, std::string& out) {
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

  void write(const DedupLine& ready, const Verdict& verdict, std::string& out) const {
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

// The threads' common work: the next block, and whose turn it is to judge.
class Work {
 public:
  Work(InputFile& file, const DedupOptions& options) : blocks_(file), judge_(options) {}

  // One thread's part.
  void run() {
    try {
      std::string block;
      std::vector<DedupLine> ready;
      std::string out;
      while (std::optional<std::uint64_t> number = take(block)) {
        ready.clear();
        read_block(block, ready);
        await_turn(*number);
        out.clear();
        for (const DedupLine& line : ready)
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

  static void read_block(std::string& block, std::vector<DedupLine>& ready) {
    for (std::size_t at = 0; at < block.size();) {
      std::size_t end = std::min(block.find('\n', at), block.size());
      bool is_blank = block.find_first_not_of(" \t\r", at) >= end;
      if (end < block.size())
        block[end] = '\0';
      if (!is_blank)
        ready.push_back(read_dedup_line(block.data() + at));
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
  LineBlocks blocks_;
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
  InputFile file(options.file);
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
