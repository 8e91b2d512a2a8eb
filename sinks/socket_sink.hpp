#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/task_group.hpp"
#include "sinks/address.hpp"
#include "sinks/client.hpp"
#include "sinks/consumers.hpp"
#include "sinks/sink.hpp"
#include "sinks/tls.hpp"

namespace siftd {

struct SocketSinkOptions {
  std::string name;
  Address address;
  std::string group;
  std::uint32_t mode = 0660;
  std::size_t queue = 8u << 20;  // bytes that a silent reader may be behind
  EventFilter filter;
  TlsOptions tls;
};

// Serves events to many clients of a unix or TCP socket, each from the journal at
// its own place: one that is slow costs a batch of memory and holds up nobody. Those
// that said where to start are served for as long as they take something; silent
// readers are told and closed when they are further behind than `queue`.
class SocketSink : public Sink {
 public:
  SocketSink(boost::asio::any_io_executor loop, Journal& journal,
             SocketSinkOptions options);
  ~SocketSink() override;

  boost::asio::awaitable<void> run() override;
  void drain() override;
  Status status() const override;

  // The port of a TCP sink that listens; 0: it does not yet.
  std::uint16_t port() const { return listener_ ? listener_->port() : std::uint16_t{0}; }

 private:
  using Clock = std::chrono::steady_clock;

  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<void> open();
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> greet(Stream::Socket socket);
  boost::asio::awaitable<void> watch();
  boost::asio::awaitable<void> look_after();
  void remember(const EventBatch& batch);
  void trouble(const std::string& what);

  boost::asio::any_io_executor loop_;
  Journal& journal_;
  const SocketSinkOptions options_;
  Consumers consumers_;
  Client::Context context_;
  std::unique_ptr<TlsContext> tls_;
  std::unique_ptr<Listener> listener_;
  TaskGroup children_;
  TaskGroup connections_;
  std::unordered_set<Client*> clients_;
  std::size_t greeting_ = 0;  // connections that are no clients yet
  boost::asio::steady_timer wake_;
  bool is_draining_ = false;
  std::string error_;
  // The newest events of `queue` bytes together: sequence and size.
  std::deque<std::pair<std::uint64_t, std::size_t>> recent_;
  std::size_t recent_bytes_ = 0;
};

}  // namespace siftd
