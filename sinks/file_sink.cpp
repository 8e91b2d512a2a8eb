#include "sinks/file_sink.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <spdlog/spdlog.h>
#include <stdexcept>
#include <utility>

#include "base/limits.hpp"
#include "sinks/failure.hpp"

namespace siftd {

namespace asio = boost::asio;

FileSink::FileSink(asio::any_io_executor loop, Journal& journal, FileSinkOptions options)
    : loop_(std::move(loop)),
      journal_(journal),
      options_(std::move(options)),
      cursor_name_("sink:" + options_.name),
      disk_(std::make_unique<SideThread>(loop_)),
      children_(loop_),
      wake_(loop_),
      tidy_wake_(loop_, asio::steady_timer::time_point::max()) {}

FileSink::~FileSink() = default;

asio::awaitable<void> FileSink::run() {
  children_.spawn(watch());
  if (options_.rotate_size > 0 || options_.rotate_every.count() > 0) {
    tidier_ = std::make_unique<SideThread>(loop_);
    children_.spawn(tidy());
  }
  const std::exception_ptr failure = co_await outcome_of(follow());
  children_.stop();
  co_await children_.join();
  if (failure) {
    std::rethrow_exception(failure);
  }
}

void FileSink::drain() {
  is_draining_ = true;
  is_called_ = true;
  drain_until_ = Clock::now() + limits::kDrainPatience;
  wake_.cancel();
}

void FileSink::reopen() {
  has_to_reopen_ = true;
  is_called_ = true;
  wake_.cancel();
}

Sink::Status FileSink::status() const {
  Status status;
  status.name = options_.name;
  status.type = "file";
  status.target = options_.file.path.string();
  status.position = durable_.sequence;
  status.delivered = delivered_;
  status.bytes = bytes_;
  status.error = error_;
  if (busy_since_ && Clock::now() - *busy_since_ > limits::kHungDisk) {
    const auto waiting =
        std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - *busy_since_);
    status.error = status.target + ": the disk has not answered for " +
                   std::to_string(waiting.count()) + " s";
  }
  return status;
}

asio::awaitable<void> FileSink::follow() {
  while (true) {
    try {
      co_await recover();
      co_await deliver();
      co_return;
    } catch (const std::exception& failure) {
      if (is_stopped(failure)) {
        throw;
      }
      trouble(sentence(failure));
    }
    if (is_draining_ && Clock::now() >= drain_until_) {
      co_return;
    }
    co_await rest(Clock::now() + retry_, false);
  }
}

// Opens the file at the saved position, after a start and after every failure.
asio::awaitable<void> FileSink::recover() {
  if (!has_loaded_) {
    const std::optional<Journal::Cursor> cursor =
        co_await journal_.load_cursor(cursor_name_);
    durable_ = cursor.value_or(Journal::Cursor{journal_.oldest() - 1, {}});
    has_loaded_ = true;
  }
  written_ = durable_.sequence;
  const std::optional<LogFile::Place> place = LogFile::Place::parse(durable_.state);
  auto file = std::make_shared<LogFile>(options_.file);
  auto is_same = std::make_shared<bool>(false);
  std::function<void()> open_path = [file, place, is_same] {
    file->open(place);
    *is_same = place && !file->is_stream() && file->place().inode == place->inode &&
               file->size() >= place->offset;
  };
  co_await on_disk(std::move(open_path));
  if (*is_same) {
    file_ = std::move(file);
    std::function<void()> resume_place = [opened = file_, place] {
      opened->resume(*place);
    };
    co_await on_disk(std::move(resume_place));
    co_await take_over_tail();
  } else if (place && !file->is_stream()) {
    auto renamed = std::make_shared<LogFile>(options_.file);
    std::function<void()> find_renamed = [renamed, place, is_same] {
      *is_same = renamed->open_renamed(*place);
    };
    co_await on_disk(std::move(find_renamed));
    if (*is_same) {
      file_ = std::move(renamed);
      co_await take_over_tail();
    }
    co_await open_new();
  } else {
    co_await open_new();
  }
  has_to_rewrite_ = false;
  has_to_tidy_ = true;  // what the last run left
  tidy_wake_.cancel();
}

// Begins with the path's file as it is. The cursor says so before the first line is
// written: what a crash leaves after this point is known to be ours.
asio::awaitable<void> FileSink::open_new() {
  if (is_unsynced_ && file_) {
    co_await make_durable(true);
  }
  auto file = std::make_shared<LogFile>(options_.file);
  std::function<void()> open_path = [file] {
    file->open(std::nullopt);
  };
  co_await on_disk(std::move(open_path));
  file_ = std::move(file);
  durable_.sequence = written_;
  durable_.state = file_->place().to_string();
  co_await journal_.save_cursor(cursor_name_, durable_, true);
}

// Compares what follows our place in file_ with the events that come next. Those that
// are there already are taken over, all else is cut.
asio::awaitable<void> FileSink::take_over_tail() {
  std::uint64_t offset = file_->place().offset;
  const std::uint64_t end = file_->size();
  bool is_ours = !has_to_rewrite_;
  while (is_ours && offset < end) {
    const Result<EventBatch> batch =
        co_await journal_.read(written_ + 1, limits::kFileBatchBytes);
    if (batch.has_error() || (*batch)->empty()) {
      break;
    }
    for (const StoredEvent& event : **batch) {
      if (options_.filter.matches(event)) {
        auto found = std::make_shared<std::string>();
        std::function<void()> read_line = [found, file = file_, offset,
                                           size = event.line.size() + 1] {
          *found = file->read(offset, size);
        };
        co_await on_disk(std::move(read_line));
        is_ours = found->size() == event.line.size() + 1 && found->back() == '\n' &&
                  found->compare(0, event.line.size(), event.line) == 0;
        if (!is_ours) {
          break;
        }
        offset += found->size();
        is_unsynced_ = true;
      }
      written_ = event.sequence;
    }
  }
  if (offset < end) {
    spdlog::info("{}: {} bytes after event {} are cut and written again",
                 options_.file.path.string(), end - offset, written_);
  }
  std::function<void()> cut_tail = [file = file_, offset] {
    file->cut(offset);
  };
  co_await on_disk(std::move(cut_tail));
}

asio::awaitable<void> FileSink::deliver() {
  sync_due_ = Clock::now() + options_.sync_every;
  while (true) {
    if (std::exchange(has_to_reopen_, false)) {
      co_await turn_page();
    }
    if (is_rotation_due()) {
      co_await rotate();
    }
    const bool is_ahead = is_unsynced_ || written_ != durable_.sequence;
    const bool is_at_once = options_.sync == FileSinkOptions::Sync::always;
    if (is_ahead && (is_at_once || Clock::now() >= sync_due_)) {
      co_await make_durable(false);
      continue;
    }
    const Result<EventBatch> batch =
        co_await journal_.read(written_ + 1, limits::kFileBatchBytes);
    if (batch.has_error()) {
      if (!has_lost_events()) {
        throw std::runtime_error(batch.error().detail);
      }
      continue;
    }
    if (!(*batch)->empty()) {
      co_await write(*batch);
    } else if (is_draining_) {
      co_await make_durable(true);
      co_return;
    } else {
      co_await rest(is_ahead ? sync_due_ : Clock::now() + std::chrono::minutes(1), true);
    }
  }
}

// True: retention has overtaken this sink; it goes on with the oldest event.
bool FileSink::has_lost_events() {
  if (written_ + 1 >= journal_.oldest()) {
    return false;
  }
  spdlog::error("sink {}: events {} to {} were removed by retention before it took them",
                options_.name, written_ + 1, journal_.oldest() - 1);
  written_ = journal_.oldest() - 1;
  return true;
}

asio::awaitable<void> FileSink::write(EventBatch batch) {
  auto lines = std::make_shared<std::string>();
  for (const StoredEvent& event : *batch) {
    if (options_.filter.matches(event)) {
      *lines += event.line;
      *lines += '\n';
    }
  }
  if (lines->empty()) {
    written_ = batch->back().sequence;
    co_return;
  }
  struct Answer {
    bool is_current = false;
    LogFile::Appended appended;
  };
  auto answer = std::make_shared<Answer>();
  std::function<void()> append_lines = [answer, lines, file = file_] {
    answer->is_current = file->is_current();
    if (answer->is_current) {
      answer->appended = file->append(*lines);
    }
  };
  co_await on_disk(std::move(append_lines));
  if (!answer->is_current) {
    co_await turn_page();
    co_return;
  }
  std::size_t kept = answer->appended.kept;
  bytes_ += kept;
  is_unsynced_ |= kept > 0;
  for (const StoredEvent& event : *batch) {
    if (options_.filter.matches(event)) {
      if (kept < event.line.size() + 1) {
        break;
      }
      kept -= event.line.size() + 1;
      ++delivered_;
    }
    written_ = event.sequence;
  }
  if (!answer->appended.failure.empty()) {
    throw std::runtime_error(answer->appended.failure);
  }
  well();
}

asio::awaitable<void> FileSink::make_durable(bool wait) {
  if (is_unsynced_ && options_.sync != FileSinkOptions::Sync::never) {
    try {
      std::function<void()> sync_file = [file = file_] {
        file->sync();
      };
      co_await on_disk(std::move(sync_file));
    } catch (const std::exception& failure) {
      has_to_rewrite_ |= !is_stopped(failure);
      throw;
    }
  }
  is_unsynced_ = false;
  sync_due_ = Clock::now() + options_.sync_every;
  Journal::Cursor cursor;
  cursor.sequence = written_;
  cursor.state = file_->place().to_string();
  if (cursor.sequence == durable_.sequence && cursor.state == durable_.state) {
    co_return;
  }
  durable_ = cursor;
  co_await journal_.save_cursor(cursor_name_, std::move(cursor), wait);
}

// The path may name another file by now: that is where to go on.
asio::awaitable<void> FileSink::turn_page() {
  auto is_current = std::make_shared<bool>(false);
  std::function<void()> look = [is_current, file = file_] {
    *is_current = file->is_current();
  };
  co_await on_disk(std::move(look));
  if (*is_current) {
    co_return;
  }
  // Before the new file gets its first line: should the old one be carried off and
  // this process die, nobody could tell any more how far it went.
  co_await make_durable(true);
  co_await open_new();
}

bool FileSink::is_rotation_due() const {
  if (file_->is_stream() || file_->place().offset == 0) {
    return false;
  }
  const auto every =
      std::chrono::duration_cast<std::chrono::seconds>(options_.rotate_every);
  if (options_.rotate_size > 0 && file_->place().offset >= options_.rotate_size) {
    return true;
  }
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return every.count() > 0 &&
         now.count() / every.count() != file_->place().started / every.count();
}

asio::awaitable<void> FileSink::rotate() {
  co_await make_durable(true);
  std::function<void()> rename_file = [file = file_] {
    if (file->is_current()) {
      file->rotate(std::chrono::system_clock::now());
    }
  };
  co_await on_disk(std::move(rename_file));
  co_await open_new();
  has_to_tidy_ = true;
  tidy_wake_.cancel();
}

asio::awaitable<void> FileSink::on_disk(std::function<void()> work) {
  busy_since_ = Clock::now();
  try {
    co_await disk_->run(std::move(work));
  } catch (...) {
    busy_since_.reset();
    throw;
  }
  busy_since_.reset();
}

// Until then, or until drain() or reopen() is called, or events came.
asio::awaitable<void> FileSink::rest(Clock::time_point until, bool is_for_events) {
  while (!std::exchange(is_called_, false) && !(is_for_events && has_news_) &&
         Clock::now() < until) {
    wake_.expires_at(until);
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  has_news_ = false;
}

asio::awaitable<void> FileSink::watch() {
  while (true) {
    co_await journal_.wait_beyond(written_);
    const std::uint64_t newest = journal_.newest();
    has_news_ = true;
    wake_.cancel();
    co_await journal_.wait_beyond(newest);
  }
}

asio::awaitable<void> FileSink::tidy() {
  while (true) {
    while (!std::exchange(has_to_tidy_, false)) {
      co_await tidy_wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    std::function<void()> work = [path = options_.file.path, compress = options_.compress,
                                  keep = options_.keep] {
      try {
        tidy_rotated(path, compress, keep);
      } catch (const std::exception& failure) {
        // The files are whole; the next rotation tries again.
        spdlog::warn("rotated files: {}", sentence(failure));
      }
    };
    co_await tidier_->run(std::move(work));
  }
}

void FileSink::trouble(const std::string& what) {
  if (error_ != what) {
    spdlog::error("sink {} waits and tries again: {}", options_.name, what);
  }
  error_ = what;
  const std::chrono::milliseconds first = limits::kSinkRetry;
  const std::chrono::milliseconds most = limits::kFileRetryMax;
  retry_ = retry_.count() == 0 ? first : std::min(retry_ * 2, most);
}

void FileSink::well() {
  if (!error_.empty()) {
    spdlog::info("sink {} goes on", options_.name);
    error_.clear();
  }
  retry_ = std::chrono::milliseconds(0);
}

}  // namespace siftd
