#include "daemon/journal.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <spdlog/spdlog.h>
#include <utility>

#include "base/limits.hpp"
#include "daemon/database.hpp"
#include "daemon/recorder.hpp"
#include "daemon/statements.hpp"
#include "sinks/side_thread.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

std::size_t size_of(const std::vector<StoredEvent>& events) {
  std::size_t bytes = 0;
  for (const StoredEvent& event : events) {
    bytes += event.line.size();
  }
  return bytes;
}

Error gone(std::uint64_t from, std::uint64_t oldest) {
  return Error{asio::error::not_found, "event " + std::to_string(from) +
                                           " was removed by retention; the oldest is " +
                                           std::to_string(oldest)};
}

// Lives on the reader's thread but for its construction.
struct Connection {
  explicit Connection(std::filesystem::path path) : file(std::move(path)) {}

  std::vector<StoredEvent> read(std::uint64_t from, std::size_t max_bytes) {
    if (!select) {
      database.emplace(file, Database::Access::read_only);
      select.emplace(
          database->prepare("SELECT " SIFTD_EVENT_COLUMNS
                            " FROM events WHERE sequence >= ? ORDER BY sequence"));
    }
    std::vector<StoredEvent> events;
    std::size_t bytes = 0;
    Statement::Rows rows = select->query(from);
    while (rows.next() && (events.empty() || bytes < max_bytes)) {
      std::optional<StoredEvent> event = event_row(rows);
      if (!event) {
        spdlog::error("{}: event {} is damaged and passed over", file.string(),
                      rows.number(0));
        continue;
      }
      bytes += event->line.size();
      events.push_back(std::move(*event));
    }
    return events;
  }

  // After an error (or a repair, which puts another file in its place) anew.
  void close() {
    select.reset();
    database.reset();
  }

  const std::filesystem::path file;
  std::optional<Database> database;
  std::optional<Statement> select;
};

}  // namespace

class ReaderThread {
 public:
  ReaderThread(asio::any_io_executor loop, std::filesystem::path file)
      : thread_(std::move(loop)),
        connection_(std::make_shared<Connection>(std::move(file))) {}

  asio::awaitable<Result<EventBatch>> read(std::uint64_t from, std::size_t max_bytes) {
    struct Answer {
      std::vector<StoredEvent> events;
      std::string failure;
    };
    auto answer = std::make_shared<Answer>();
    std::function<void()> work = [answer, connection = connection_, from, max_bytes] {
      try {
        answer->events = connection->read(from, max_bytes);
      } catch (const StoreError& error) {
        answer->failure = error.what();
        connection->close();
      }
    };
    co_await thread_.run(std::move(work));
    if (!answer->failure.empty()) {
      co_return Error{asio::error::fault, answer->failure};
    }
    co_return std::make_shared<const std::vector<StoredEvent>>(std::move(answer->events));
  }

 private:
  SideThread thread_;
  std::shared_ptr<Connection> connection_;
};

StoreJournal::StoreJournal(asio::any_io_executor loop, Recorder& recorder,
                           std::filesystem::path file, std::uint64_t oldest,
                           std::uint64_t newest)
    : recorder_(recorder),
      oldest_(oldest),
      newest_(newest),
      grown_(loop, asio::steady_timer::time_point::max()),
      reader_(std::make_unique<ReaderThread>(loop, std::move(file))) {}

StoreJournal::~StoreJournal() = default;

asio::awaitable<Result<EventBatch>> StoreJournal::read(std::uint64_t from,
                                                       std::size_t max_bytes) {
  if (from < oldest_) {
    co_return gone(from, oldest_);
  }
  if (from > newest_) {
    co_return std::make_shared<const std::vector<StoredEvent>>();
  }
  if (!tail_.empty() && from >= tail_.front()->front().sequence) {
    co_return from_tail(from, max_bytes);
  }
  const auto cached =
      std::find_if(cache_.begin(), cache_.end(), [&](const Cached& batch) {
        return batch.from == from && batch.max_bytes == max_bytes;
      });
  if (cached != cache_.end()) {
    cache_.splice(cache_.begin(), cache_, cached);
    co_return cached->events;
  }
  Result<EventBatch> result = co_await from_disk(from, max_bytes);
  co_return result;
}

EventBatch StoreJournal::from_tail(std::uint64_t from, std::size_t max_bytes) const {
  auto chunk = std::upper_bound(tail_.begin(), tail_.end(), from,
                                [](std::uint64_t sequence, const EventBatch& batch) {
                                  return sequence < batch->front().sequence;
                                });
  --chunk;
  const auto starts_here = [&](const EventBatch& batch) {
    return batch->front().sequence == from;
  };
  // The common case, a reader that keeps up: what was committed together is shared.
  if (starts_here(*chunk) &&
      (std::next(chunk) == tail_.end() || size_of(**chunk) >= max_bytes / 2)) {
    return *chunk;
  }
  std::vector<StoredEvent> events;
  std::size_t bytes = 0;
  for (; chunk != tail_.end() && bytes < max_bytes; ++chunk) {
    for (const StoredEvent& event : **chunk) {
      if (event.sequence >= from && (events.empty() || bytes < max_bytes)) {
        bytes += event.line.size();
        events.push_back(event);
      }
    }
  }
  return std::make_shared<const std::vector<StoredEvent>>(std::move(events));
}

asio::awaitable<Result<EventBatch>> StoreJournal::from_disk(std::uint64_t from,
                                                            std::size_t max_bytes) {
  Result<EventBatch> result = co_await reader_->read(from, max_bytes);
  if (result.has_error()) {
    co_return result;
  }
  // Retention may have passed by meanwhile. A hole that damage left is stepped over
  // by the sequence of what follows it.
  if ((*result)->empty() && from < oldest_) {
    co_return gone(from, oldest_);
  }
  Cached batch;
  batch.from = from;
  batch.max_bytes = max_bytes;
  batch.events = *result;
  batch.bytes = size_of(**result);
  keep(std::move(batch));
  co_return result;
}

void StoreJournal::keep(Cached batch) {
  const bool is_known =
      std::any_of(cache_.begin(), cache_.end(), [&](const Cached& other) {
        return other.from == batch.from && other.max_bytes == batch.max_bytes;
      });
  if (is_known || batch.bytes > limits::kJournalCacheBytes / 4) {
    return;
  }
  cache_bytes_ += batch.bytes;
  cache_.push_front(std::move(batch));
  while (cache_bytes_ > limits::kJournalCacheBytes) {
    cache_bytes_ -= cache_.back().bytes;
    cache_.pop_back();
  }
}

asio::awaitable<void> StoreJournal::wait_beyond(std::uint64_t sequence) {
  while (newest_ <= sequence) {
    co_await grown_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<void> StoreJournal::save_cursor(std::string name, Cursor cursor,
                                                bool wait) {
  Recorder::Decide decide = [name = std::move(name), cursor = std::move(cursor)](Store&) {
    WriteSet writes;
    writes.cursors.emplace_back(name, cursor);
    return writes;
  };
  if (!wait) {
    recorder_.enqueue(std::move(decide));
    co_return;
  }
  co_await recorder_.record(std::move(decide));
}

asio::awaitable<std::optional<Journal::Cursor>> StoreJournal::load_cursor(
    std::string name) {
  auto found = std::make_shared<std::optional<Cursor>>();
  std::function<void(Store&)> read = [name = std::move(name), found](Store& store) {
    *found = store.cursor(name);
  };
  co_await recorder_.ask(std::move(read));
  co_return *found;
}

void StoreJournal::publish(std::vector<StoredEvent> events) {
  if (events.empty()) {
    return;
  }
  newest_ = events.back().sequence;
  // In pieces of what one client takes at a time.
  std::vector<StoredEvent> piece;
  std::size_t bytes = 0;
  for (StoredEvent& event : events) {
    bytes += event.line.size();
    piece.push_back(std::move(event));
    if (bytes >= limits::kClientBatchBytes || piece.back().sequence == newest_) {
      tail_.push_back(std::make_shared<const std::vector<StoredEvent>>(std::move(piece)));
      tail_bytes_ += bytes;
      piece.clear();
      bytes = 0;
    }
  }
  while (tail_bytes_ > limits::kJournalTailBytes && tail_.size() > 1) {
    tail_bytes_ -= size_of(*tail_.front());
    tail_.pop_front();
  }
  grown_.cancel();
}

}  // namespace siftd
