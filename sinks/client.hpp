#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/task_group.hpp"
#include "sinks/protocol.hpp"
#include "sinks/sink.hpp"
#include "sinks/stream.hpp"

namespace siftd {

class Consumers;

// One connection to a listening socket sink: reads the client's lines and writes it
// events from the journal at its pace. It holds one batch of lines at most, shared
// with whoever is at the same place. Owned by run(), which its sink spawns.
class Client {
 public:
  struct Context {
    boost::asio::any_io_executor loop;
    Journal& journal;
    Consumers& consumers;
    const EventFilter& filter;  // of the sink
    std::size_t batch_bytes = 0;
    std::uint64_t delivered = 0;  // counted here
    std::uint64_t bytes = 0;
  };

  Client(Context& context, std::unique_ptr<Stream> stream);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Until the client is gone or told to go. Throws only when it is stopped.
  boost::asio::awaitable<void> run();

  // Something happened: look again.
  void wake();
  // Tells it why, as one line of error, and closes.
  void dismiss(std::string_view why);
  // Gives it what there is and closes.
  void finish();
  // Called every second: closes what does not go, gives up who takes nothing, and
  // dismisses a silent reader whose next event is before `horizon`.
  void look_after(std::chrono::steady_clock::time_point now, std::uint64_t horizon);

 private:
  using Clock = std::chrono::steady_clock;

  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<void> listen();
  boost::asio::awaitable<void> read_lines();
  void take_line(std::string_view line);
  boost::asio::awaitable<void> wait_for_hello();
  boost::asio::awaitable<void> begin();
  boost::asio::awaitable<void> follow();
  boost::asio::awaitable<void> send(EventBatch batch);
  boost::asio::awaitable<void> say_goodbye();
  boost::asio::awaitable<void> wait_for_change();
  bool is_wanted(const StoredEvent& event) const;
  void step_over_removed();

  Context& context_;
  std::unique_ptr<Stream> stream_;
  TaskGroup children_;
  boost::asio::steady_timer changed_;
  bool is_changed_ = false;

  std::string partial_;         // of a line
  std::optional<Hello> hello_;  // none: a silent reader
  bool has_begun_ = false;      // the hello is in force, or too late
  bool is_attached_ = false;    // as a named consumer
  bool has_hung_up_ = false;
  bool is_finishing_ = false;
  std::uint64_t next_ = 0;          // the event to send next
  std::uint64_t sent_ = 0;          // the last sent
  std::uint64_t acknowledged_ = 0;  // of a named consumer
  std::string farewell_;            // the line of error; empty: stays
  Clock::time_point dismissed_{};
  std::optional<Clock::time_point> blocked_since_;  // in a write
};

}  // namespace siftd
