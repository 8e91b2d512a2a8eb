#include "daemon/journal.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
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

  // Batches that follow each other, each closed by the event that fills it; together
  // about `ahead_bytes`, at least one batch. None: nothing is there.
  std::vector<EventBatch> read(std::uint64_t from, std::size_t max_bytes,
                               std::size_t ahead_bytes) {
    if (!select) {
      database.emplace(file, Database::Access::read_only);
      select.emplace(
          database->prepare("SELECT " SIFTD_EVENT_COLUMNS
                            " FROM events WHERE sequence >= ? ORDER BY sequence"));
    }
    std::vector<EventBatch> batches;
    std::vector<StoredEvent> events;
    std::size_t total = 0;
    std::size_t bytes = 0;
    const auto close_batch = [&] {
      batches.push_back(
          std::make_shared<const std::vector<StoredEvent>>(std::exchange(events, {})));
      bytes = 0;
    };
    Statement::Rows rows = select->query(from);
    while (batches.empty() || total < ahead_bytes || !events.empty()) {
      if (!rows.next()) {
        if (!events.empty()) {
          close_batch();
        }
        break;
      }
      std::optional<StoredEvent> event = event_row(rows);
      if (!event) {
        spdlog::error("{}: event {} is damaged and passed over", file.string(),
                      rows.number(0));
        continue;
      }
      bytes += event->line.size();
      total += event->line.size();
      events.push_back(std::move(*event));
      if (bytes >= max_bytes) {
        close_batch();
      }
    }
    return batches;
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

  asio::awaitable<Result<std::vector<EventBatch>>> read(std::uint64_t from,
                                                        std::size_t max_bytes,
                                                        std::size_t ahead_bytes) {
    struct Answer {
      std::vector<EventBatch> batches;
      std::string failure;
    };
    auto answer = std::make_shared<Answer>();
    std::function<void()> work = [answer, connection = connection_, from, max_bytes,
                                  ahead_bytes] {
      try {
        answer->batches = connection->read(from, max_bytes, ahead_bytes);
      } catch (const StoreError& error) {
        answer->failure = error.what();
        connection->close();
      }
    };
    co_await thread_.run(std::move(work));
    if (!answer->failure.empty()) {
      co_return Error{asio::error::fault, answer->failure};
    }
    co_return std::move(answer->batches);
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
  if (std::optional<EventBatch> cached = from_cache(from, max_bytes)) {
    co_return std::move(*cached);
  }
  Result<EventBatch> result = co_await from_disk(from, max_bytes);
  co_return result;
}

std::optional<EventBatch> StoreJournal::from_cache(std::uint64_t from,
                                                   std::size_t max_bytes) {
  const auto cached =
      std::find_if(cache_.begin(), cache_.end(), [&](const Cached& batch) {
        return batch.from == from && batch.max_bytes == max_bytes;
      });
  if (cached == cache_.end()) {
    return std::nullopt;
  }
  cache_.splice(cache_.begin(), cache_, cached);
  return cached->events;
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

// Many clients that start over at once cost one read of each piece.
asio::awaitable<Result<EventBatch>> StoreJournal::from_disk(std::uint64_t from,
                                                            std::size_t max_bytes) {
  for (;;) {
    readings_.remove_if(
        [](const std::shared_ptr<Reading>& other) { return other->is_over; });
    const auto under_way = std::find_if(
        readings_.begin(), readings_.end(), [&](const std::shared_ptr<Reading>& other) {
          return other->from == from && other->max_bytes == max_bytes;
        });
    if (under_way == readings_.end()) {
      break;
    }
    const std::shared_ptr<Reading> other = *under_way;
    while (!other->is_over) {
      co_await other->ended.async_wait(asio::as_tuple(asio::use_awaitable));
      const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
      }
    }
    if (other->result) {
      co_return *other->result;
    }
  }
  auto reading = std::make_shared<Reading>(Reading{
      from, max_bytes,
      asio::steady_timer(grown_.get_executor(), asio::steady_timer::time_point::max()),
      std::nullopt, false});
  readings_.push_back(reading);
  struct Leave {
    Reading& reading;
    ~Leave() {
      reading.is_over = true;
      reading.ended.cancel();
    }
  } leave{*reading};
  reading->result = co_await read_disk(from, max_bytes);
  co_return *reading->result;
}

// Reads on behind what was asked for, since that is wanted next: handing a batch from
// thread to thread costs more than reading it.
asio::awaitable<Result<EventBatch>> StoreJournal::read_disk(std::uint64_t from,
                                                            std::size_t max_bytes) {
  const std::size_t ahead =
      max_bytes <= limits::kClientBatchBytes ? limits::kJournalReadAhead : max_bytes;
  Result<std::vector<EventBatch>> read = co_await reader_->read(from, max_bytes, ahead);
  if (read.has_error()) {
    co_return read.error();
  }
  if (read->empty()) {
    // Retention may have passed by meanwhile. A hole that damage left is stepped over
    // by the sequence of what follows it.
    if (from < oldest_) {
      co_return gone(from, oldest_);
    }
    co_return std::make_shared<const std::vector<StoredEvent>>();
  }
  for (EventBatch& events : *read) {
    Cached batch;
    batch.from = std::exchange(from, events->back().sequence + 1);
    batch.max_bytes = max_bytes;
    batch.bytes = size_of(*events);
    batch.events = events;
    keep(std::move(batch));
  }
  co_return std::move(read->front());
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
