#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <utility>

#include "daemon/http_events.hpp"
#include "sinks/sink.hpp"

namespace siftd {

// The open streams of GET /events. One coroutine waits for the journal and wakes them
// all, so that a quiet stream costs a timer and no more. On the loop's thread.
class EventStreams {
 public:
  EventStreams(boost::asio::any_io_executor executor, Journal& journal)
      : executor_(std::move(executor)), journal_(journal) {}

  bool has_room() const;

  // Sends bytes to a client; false: it is gone.
  using Send = std::function<boost::asio::awaitable<bool>(std::string)>;

  // Sends `head` and then what is wanted, from its place on, until the client is gone or
  // the calling task is stopped.
  boost::asio::awaitable<void> serve(Send send, std::string head, EventsRequest wanted);

  // Wakes the streams when there are new events, until the calling task is stopped.
  boost::asio::awaitable<void> wake();

 private:
  boost::asio::awaitable<bool> send_events(const Send& send, EventsRequest& wanted);

  boost::asio::any_io_executor executor_;
  Journal& journal_;
  std::list<boost::asio::steady_timer*> sleeping_;  // streams that wait for events
  std::size_t open_ = 0;
};

}  // namespace siftd
