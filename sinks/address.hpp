#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace siftd {

// Where a stream socket listens or connects: "unix:/path", "tcp:host:port",
// "tcp:[::1]:port"; an empty host is every address of this machine.
struct Address {
  std::string path;  // of a unix socket; empty: TCP
  std::string host;
  std::string port;
  bool is_unix() const { return !path.empty(); }
  std::string to_string() const;
  static std::optional<Address> parse(std::string_view text);
};

// A listening socket, bound as the contract says. A unix socket gets its mode and
// group before its name appears, replaces what a dead process left, and takes its
// name away with it. Made by listen().
class Listener {
 public:
  using Protocol = boost::asio::generic::stream_protocol;

  Listener(boost::asio::any_io_executor executor, const Address& address,
           std::uint32_t mode, const std::string& group);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // The next connection. Throws system_error; EMFILE and its like may pass.
  boost::asio::awaitable<Protocol::socket> accept();
  void close();

  // The port that a TCP listener got; 0: unix.
  std::uint16_t port() const;

 private:
  void listen_unix(const Address& address, std::uint32_t mode, const std::string& group);
  void listen_tcp(const Address& address);

  boost::asio::any_io_executor executor_;
  boost::asio::generic::stream_protocol::socket socket_;  // only waited for
  std::string path_;
  std::uint64_t inode_ = 0;
};

// Connects; throws system_error.
boost::asio::awaitable<Listener::Protocol::socket> connect(Address address);

// So that a peer that vanished is noticed: within two minutes when nothing is sent
// (keepalive), within five when something is (TCP_USER_TIMEOUT). Nothing for unix.
void notice_dead_peers(Listener::Protocol::socket& socket);

}  // namespace siftd
