#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <filesystem>
#include <string>

namespace siftd {

// A listening socket, TCP or unix, as HTTP needs it: one type for both.
class HttpListener {
 public:
  using Acceptor =
      boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

  // "host:port", "[::1]:port" or "unix:/path". Throws std::system_error that names
  // the address. A unix socket that nobody answers at is replaced; its mode is 0660.
  HttpListener(const boost::asio::any_io_executor& executor, const std::string& address,
               bool is_control);
  ~HttpListener();  // a unix socket's file goes with it
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  Acceptor& acceptor() { return acceptor_; }
  bool is_control() const { return is_control_; }
  const std::string& address() const { return address_; }
  unsigned short port() const;  // 0: none
  // Stops listening; what was accepted goes on.
  void close();

  std::size_t connections = 0;  // open now

 private:
  std::string address_;
  bool is_control_;
  std::filesystem::path path_;
  Acceptor acceptor_;
};

}  // namespace siftd
