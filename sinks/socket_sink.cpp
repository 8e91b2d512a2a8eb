#include "sinks/socket_sink.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/limits.hpp"
#include "sinks/failure.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

// Descriptors are needed elsewhere too: half of what there are is for clients.
std::size_t most_clients() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return std::min<std::size_t>(limits::kClients, limit.rlim_cur / 2);
}

std::string peer_of(Stream::Socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
      peer.pid > 0) {
    return "process " + std::to_string(peer.pid) + " of user " + std::to_string(peer.uid);
  }
  return "a TCP client";
}

}  // namespace

SocketSink::SocketSink(asio::any_io_executor loop, Journal& journal,
                       SocketSinkOptions options)
    : loop_(std::move(loop)),
      journal_(journal),
      options_(std::move(options)),
      consumers_(loop_, journal_, options_.name),
      context_{loop_, journal_, consumers_, options_.filter,
               std::min(limits::kClientBatchBytes, options_.queue / 2 + 1)},
      children_(loop_),
      connections_(loop_),
      wake_(loop_, asio::steady_timer::time_point::max()) {}

SocketSink::~SocketSink() = default;

asio::awaitable<void> SocketSink::run() {
  const std::exception_ptr failure = co_await outcome_of(serve());
  if (listener_) {
    listener_->close();
  }
  children_.stop();
  connections_.stop();
  co_await children_.join();
  co_await connections_.join();
  listener_.reset();  // accept() has ended by now
  co_await consumers_.flush(false);
  if (failure) {
    std::rethrow_exception(failure);
  }
  children_.check();
  connections_.check();
}

void SocketSink::drain() {
  is_draining_ = true;
  wake_.cancel();
}

Sink::Status SocketSink::status() const {
  Status status;
  status.name = options_.name;
  status.type = "socket";
  status.target = options_.address.to_string();
  status.position = journal_.newest();
  status.delivered = context_.delivered;
  status.bytes = context_.bytes;
  status.clients = clients_.size();
  status.error = error_;
  return status;
}

asio::awaitable<void> SocketSink::serve() {
  co_await open();
  if (!listener_) {
    co_return;  // told to end before there was anything to listen on
  }
  children_.spawn(watch());
  children_.spawn(look_after());
  children_.spawn(consumers_.keep());
  children_.spawn(accept());
  while (!is_draining_) {
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  listener_->close();
  const Clock::time_point patience = Clock::now() + limits::kDrainPatience;
  for (Client* client : clients_) {
    client->finish();
  }
  while (!clients_.empty() && Clock::now() < patience) {
    wake_.expires_at(patience);
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<void> SocketSink::open() {
  std::chrono::milliseconds retry = limits::kSinkRetry;
  while (true) {
    try {
      if (options_.tls.is_wanted()) {
        tls_ = std::make_unique<TlsContext>(TlsContext::Side::server, options_.tls);
      }
      listener_ = std::make_unique<Listener>(loop_, options_.address, options_.mode,
                                             options_.group);
      error_.clear();
      co_return;
    } catch (const boost::system::system_error& error) {
      trouble(sentence(error));
    }
    if (is_draining_) {
      co_return;
    }
    wake_.expires_after(retry);
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    wake_.expires_at(asio::steady_timer::time_point::max());
    retry = std::min<std::chrono::milliseconds>(retry * 2, limits::kSinkRetryMax);
  }
}

asio::awaitable<void> SocketSink::accept() {
  asio::steady_timer pause(loop_);
  while (true) {
    try {
      Stream::Socket socket = co_await listener_->accept();
      error_.clear();
      connections_.spawn(greet(std::move(socket)));
      continue;
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted || is_draining_) {
        co_return;
      }
      trouble(sentence(error));  // out of descriptors or memory: that may pass
    }
    pause.expires_after(limits::kSinkRetry);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> SocketSink::greet(Stream::Socket socket) {
  if (clients_.size() + greeting_ >= most_clients()) {
    const std::string line = error_line("there are too many clients");
    ::send(socket.native_handle(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    co_return;
  }
  notice_dead_peers(socket);
  if (options_.address.is_unix()) {
    // TCP's grows with the distance, and has to.
    const int bytes = limits::kClientSendBuffer;
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  }
  spdlog::debug("sink {}: {} connected", options_.name, peer_of(socket));
  std::unique_ptr<Stream> stream;
  if (tls_) {
    // A peer that does not shake hands is closed like one that takes nothing.
    ++greeting_;
    try {
      const std::string no_host;
      stream = co_await tls_->secure(std::move(socket), no_host);
    } catch (const boost::system::system_error& error) {
      spdlog::debug("sink {}: a TLS handshake failed: {}", options_.name, error.what());
    }
    --greeting_;
    if (!stream) {
      co_return;
    }
  } else {
    stream = plain_stream(std::move(socket));
  }
  Client client(context_, std::move(stream));
  clients_.insert(&client);
  std::exception_ptr stopped;
  if (is_draining_) {
    client.finish();
  }
  try {
    co_await client.run();
  } catch (...) {
    stopped = std::current_exception();
  }
  clients_.erase(&client);
  wake_.cancel();
  if (stopped) {
    std::rethrow_exception(stopped);
  }
}

asio::awaitable<void> SocketSink::watch() {
  std::uint64_t next = journal_.newest() + 1;
  while (true) {
    co_await journal_.wait_beyond(next - 1);
    const Result<EventBatch> batch =
        co_await journal_.read(next, limits::kClientBatchBytes);
    if (batch.has_value() && !(*batch)->empty()) {
      remember(*batch);
      next = (*batch)->back().sequence + 1;
    } else {
      next = journal_.newest() + 1;
    }
    for (Client* client : clients_) {
      client->wake();
    }
  }
}

void SocketSink::remember(const EventBatch& batch) {
  for (const StoredEvent& event : *batch) {
    recent_.emplace_back(event.sequence, event.line.size() + 1);
    recent_bytes_ += event.line.size() + 1;
  }
  while (recent_bytes_ > options_.queue && recent_.size() > 1) {
    recent_bytes_ -= recent_.front().second;
    recent_.pop_front();
  }
}

asio::awaitable<void> SocketSink::look_after() {
  asio::steady_timer tick(loop_);
  while (true) {
    tick.expires_after(std::chrono::seconds(1));
    co_await tick.async_wait(asio::use_awaitable);
    const std::uint64_t horizon = recent_.empty() ? 0 : recent_.front().first;
    for (Client* client : clients_) {
      client->look_after(Clock::now(), horizon);
    }
  }
}

void SocketSink::trouble(const std::string& what) {
  if (error_ != what) {
    spdlog::error("sink {} waits and tries again: {}", options_.name, what);
  }
  error_ = what;
}

}  // namespace siftd
