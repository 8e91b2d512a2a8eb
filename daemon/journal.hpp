#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <list>
#include <memory>
#include <optional>

#include "sinks/sink.hpp"

namespace siftd {

class Recorder;
class ReaderThread;

// The journal of a running daemon: recent events from memory, older ones through a
// read-only connection on a thread of its own, so that a reader far behind costs the
// others nothing. Used on the loop's thread; owned by the Recorder, which publishes.
class StoreJournal : public Journal {
 public:
  StoreJournal(boost::asio::any_io_executor loop, Recorder& recorder,
               std::filesystem::path file, std::uint64_t oldest, std::uint64_t newest);
  ~StoreJournal() override;

  boost::asio::awaitable<Result<EventBatch>> read(std::uint64_t from,
                                                  std::size_t max_bytes) override;
  std::uint64_t oldest() const override { return oldest_; }
  std::uint64_t newest() const override { return newest_; }
  boost::asio::awaitable<void> wait_beyond(std::uint64_t sequence) override;
  boost::asio::awaitable<void> save_cursor(std::string name, Cursor cursor,
                                           bool wait) override;
  boost::asio::awaitable<std::optional<Cursor>> load_cursor(std::string name) override;

  // ---- for the recorder
  // What was committed: consecutive events after newest().
  void publish(std::vector<StoredEvent> events);
  void set_oldest(std::uint64_t oldest) { oldest_ = oldest; }

 private:
  struct Cached {
    std::uint64_t from = 0;
    std::size_t max_bytes = 0;
    EventBatch events;
    std::size_t bytes = 0;
  };
  EventBatch from_tail(std::uint64_t from, std::size_t max_bytes) const;
  // A read under way: whoever wants the same waits for it.
  struct Reading {
    std::uint64_t from = 0;
    std::size_t max_bytes = 0;
    boost::asio::steady_timer ended;           // never expires; cancelled as a wake-up
    std::optional<Result<EventBatch>> result;  // nothing at the end: it was cut off
    bool is_over = false;
  };
  std::optional<EventBatch> from_cache(std::uint64_t from, std::size_t max_bytes);
  boost::asio::awaitable<Result<EventBatch>> from_disk(std::uint64_t from,
                                                       std::size_t max_bytes);
  boost::asio::awaitable<Result<EventBatch>> read_disk(std::uint64_t from,
                                                       std::size_t max_bytes);
  void keep(Cached batch);

  Recorder& recorder_;
  std::uint64_t oldest_;
  std::uint64_t newest_;
  boost::asio::steady_timer grown_;  // never expires; cancelled as a wake-up
  std::deque<EventBatch> tail_;      // consecutive, the last ends with newest_
  std::size_t tail_bytes_ = 0;
  std::list<Cached> cache_;  // the last used first
  std::size_t cache_bytes_ = 0;
  std::list<std::shared_ptr<Reading>> readings_;
  std::unique_ptr<ReaderThread> reader_;
};

}  // namespace siftd
