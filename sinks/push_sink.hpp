#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "base/task_group.hpp"
#include "sinks/sink.hpp"
#include "sinks/stream.hpp"

namespace siftd {

// Where a PushSink gets its one peer from: an address to connect to, a program to
// start. Opened again whenever the peer is gone.
class Outlet {
 public:
  virtual ~Outlet() = default;
  // Throws system_error when there is no peer at the moment.
  virtual boost::asio::awaitable<std::unique_ptr<Stream>> open() = 0;
  // The stream was closed: what is left of the peer may go.
  virtual boost::asio::awaitable<void> close() = 0;
  virtual std::string type() const = 0;
  virtual std::string target() const = 0;
};

// Writes events, one a line, to one peer, for ever. An event counts as delivered when
// the peer's side has taken its bytes (nothing of them is left in the socket), or,
// from its first {"ack":SEQ} line on, when the peer acknowledged it. What was not
// delivered when a connection ends is sent again on the next: at least once.
class PushSink : public Sink {
 public:
  PushSink(boost::asio::any_io_executor loop, Journal& journal, std::string name,
           EventFilter filter, std::unique_ptr<Outlet> outlet);
  ~PushSink() override;

  boost::asio::awaitable<void> run() override;
  void drain() override;
  Status status() const override;

 private:
  using Clock = std::chrono::steady_clock;

  boost::asio::awaitable<void> follow();
  boost::asio::awaitable<void> push();
  boost::asio::awaitable<void> send(EventBatch batch);
  boost::asio::awaitable<void> listen();
  boost::asio::awaitable<void> read_acks();
  boost::asio::awaitable<void> confirm();
  boost::asio::awaitable<void> watch();
  boost::asio::awaitable<void> rest(Clock::time_point until);
  boost::asio::awaitable<void> save();
  std::uint64_t taken() const;
  void wake();
  void trouble(const std::string& what);

  boost::asio::any_io_executor loop_;
  Journal& journal_;
  const std::string name_;
  const std::string cursor_name_;
  const EventFilter filter_;
  std::unique_ptr<Outlet> outlet_;
  std::unique_ptr<Stream> stream_;
  TaskGroup children_;  // of the sink
  TaskGroup talk_;      // of the connection
  boost::asio::steady_timer wake_;
  bool is_woken_ = false;

  bool has_loaded_ = false;
  bool is_lost_ = false;  // the connection
  bool is_draining_ = false;
  bool is_acknowledging_ = false;
  std::uint64_t next_ = 0;       // the event to send next
  std::uint64_t sent_ = 0;       // the last dealt with
  std::uint64_t confirmed_ = 0;  // the last delivered
  std::uint64_t saved_ = 0;
  std::uint64_t total_ = 0;  // bytes written on this connection
  // What is under way: total_ behind it, and the sequence that is complete then.
  std::deque<std::pair<std::uint64_t, std::uint64_t>> under_way_;
  Clock::time_point drain_until_{};
  std::chrono::milliseconds retry_{0};
  std::string error_;
  std::uint64_t delivered_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace siftd
