#include "sinks/consumers.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "base/limits.hpp"
#include "sinks/client.hpp"

namespace siftd {

namespace asio = boost::asio;

Consumers::Consumers(asio::any_io_executor loop, Journal& journal, std::string sink)
    : journal_(journal), sink_(std::move(sink)), changed_(std::move(loop)) {}

std::string Consumers::cursor_name(const std::string& name) const {
  return "consumer:" + sink_ + ":" + name;
}

asio::awaitable<std::uint64_t> Consumers::attach(std::string name, Client& client,
                                                 std::uint64_t start) {
  if (consumers_.find(name) == consumers_.end()) {
    const std::optional<Journal::Cursor> cursor =
        co_await journal_.load_cursor(cursor_name(name));
    Consumer known;
    known.acknowledged = cursor ? cursor->sequence : start;
    known.saved = known.acknowledged;
    const bool is_first = consumers_.emplace(name, known).second;
    if (is_first && !cursor) {
      Journal::Cursor beginning;
      beginning.sequence = start;
      co_await journal_.save_cursor(cursor_name(name), std::move(beginning), true);
    }
  }
  Consumer& consumer = consumers_.at(name);
  if (consumer.client != nullptr && consumer.client != &client) {
    consumer.client->dismiss("consumer " + name + " has connected again elsewhere");
  }
  consumer.client = &client;
  co_return consumer.acknowledged;
}

void Consumers::detach(const std::string& name, Client& client) {
  Consumer& consumer = consumers_.at(name);
  if (consumer.client == &client) {
    consumer.client = nullptr;
  }
}

void Consumers::acknowledge(const std::string& name, std::uint64_t sequence) {
  Consumer& consumer = consumers_.at(name);
  if (sequence > consumer.acknowledged) {
    consumer.acknowledged = sequence;
    is_changed_ = true;
    changed_.cancel();
  }
}

asio::awaitable<void> Consumers::keep() {
  while (true) {
    changed_.expires_at(asio::steady_timer::time_point::max());
    while (!std::exchange(is_changed_, false)) {
      co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_await flush(true);
    changed_.expires_after(limits::kAckEvery);
    const auto until = changed_.expiry();
    while (asio::steady_timer::clock_type::now() < until) {
      co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
}

asio::awaitable<void> Consumers::flush(bool wait) {
  std::vector<std::pair<std::string, Journal::Cursor>> due;
  for (auto& [name, consumer] : consumers_) {
    if (consumer.saved != consumer.acknowledged) {
      consumer.saved = consumer.acknowledged;
      Journal::Cursor cursor;
      cursor.sequence = consumer.acknowledged;
      due.emplace_back(cursor_name(name), std::move(cursor));
    }
  }
  // They share a commit: only the last is waited for.
  for (std::size_t i = 0; i < due.size(); ++i) {
    const bool is_last = i + 1 == due.size();
    co_await journal_.save_cursor(std::move(due[i].first), std::move(due[i].second),
                                  wait && is_last);
  }
}

bool Consumers::is_full() const {
  return consumers_.size() >= limits::kConsumers;
}

}  // namespace siftd
