#pragma once

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sinks/sink.hpp"
#include "tests/temporary_directory.hpp"

namespace siftd {

// The journal in memory: what tests of sinks read from.
class MemoryJournal : public Journal {
 public:
  explicit MemoryJournal(boost::asio::any_io_executor loop)
      : grown_(std::move(loop), boost::asio::steady_timer::time_point::max()) {}

  // Appends events whose lines begin with their sequence.
  void append(std::size_t count, std::size_t size = 20,
              const std::string& feed = "example",
              EventType type = EventType::article_new) {
    for (std::size_t i = 0; i < count; ++i) {
      StoredEvent event;
      event.sequence = ++newest_;
      event.type = type;
      event.feed = feed;
      event.line = line(newest_, size);
      events_.push_back(std::move(event));
    }
    grown_.cancel();
  }

  static std::string line(std::uint64_t sequence, std::size_t size = 20) {
    std::string text = "{\"n\":" + std::to_string(sequence) + "}";
    text.insert(1, std::string(std::max(size, text.size()) - text.size(), ' '));
    return text;
  }

  void remove_before(std::uint64_t oldest) { oldest_ = oldest; }

  boost::asio::awaitable<Result<EventBatch>> read(std::uint64_t from,
                                                  std::size_t max_bytes) override {
    ++reads;
    if (from < oldest_) {
      co_return Error{boost::asio::error::not_found,
                      "event " + std::to_string(from) +
                          " was removed by retention; the oldest is " +
                          std::to_string(oldest_)};
    }
    std::vector<StoredEvent> batch;
    std::size_t bytes = 0;
    for (std::size_t i = from - 1;
         i < events_.size() && (batch.empty() || bytes < max_bytes); ++i) {
      bytes += events_[i].line.size();
      batch.push_back(events_[i]);
    }
    co_return std::make_shared<const std::vector<StoredEvent>>(std::move(batch));
  }

  std::uint64_t oldest() const override { return oldest_; }
  std::uint64_t newest() const override { return newest_; }

  boost::asio::awaitable<void> wait_beyond(std::uint64_t sequence) override {
    while (newest_ <= sequence) {
      co_await grown_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
  }

  boost::asio::awaitable<void> save_cursor(std::string name, Cursor cursor,
                                           bool) override {
    ++saves;
    cursors[name] = std::move(cursor);
    co_return;
  }

  boost::asio::awaitable<std::optional<Cursor>> load_cursor(std::string name) override {
    const auto found = cursors.find(name);
    co_return found == cursors.end() ? std::nullopt : std::optional(found->second);
  }

  std::map<std::string, Cursor> cursors;
  std::size_t saves = 0;
  std::size_t reads = 0;

 private:
  std::vector<StoredEvent> events_;
  std::uint64_t oldest_ = 1;
  std::uint64_t newest_ = 0;
  boost::asio::steady_timer grown_;
};

}  // namespace siftd
