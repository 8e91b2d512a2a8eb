#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "sinks/sink.hpp"

namespace siftd {

class Client;

// The named consumers of one socket sink: up to where each has acknowledged, and
// which connection is its present one. Used on the loop's thread.
class Consumers {
 public:
  Consumers(boost::asio::any_io_executor loop, Journal& journal, std::string sink);

  // Makes `client` the connection of `name`; one that was is told and closed. Gives
  // the last sequence acknowledged; a new name is given `start`. Saved before it
  // returns, so that a name goes on from there even if it never acknowledges.
  boost::asio::awaitable<std::uint64_t> attach(std::string name, Client& client,
                                               std::uint64_t start);
  void detach(const std::string& name, Client& client);

  // Moves on, never back.
  void acknowledge(const std::string& name, std::uint64_t sequence);

  // Saves what was acknowledged, many at a time; for ever.
  boost::asio::awaitable<void> keep();
  // Queues what was not saved yet.
  boost::asio::awaitable<void> flush(bool wait);

  bool is_full() const;

 private:
  struct Consumer {
    std::uint64_t acknowledged = 0;
    std::uint64_t saved = 0;
    Client* client = nullptr;
  };
  std::string cursor_name(const std::string& name) const;

  Journal& journal_;
  const std::string sink_;
  std::map<std::string, Consumer> consumers_;
  boost::asio::steady_timer changed_;
  bool is_changed_ = false;
};

}  // namespace siftd
