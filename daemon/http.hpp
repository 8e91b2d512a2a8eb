#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "daemon/config.hpp"
#include "daemon/operations.hpp"
#include "sinks/sink.hpp"

namespace siftd {

// The status page, the API, the metrics and the event stream, on the configured
// address and always on the control socket. On the loop's thread; what it is given
// outlives it.
class HttpServer {
 public:
  struct Options {
    HttpConfig http;
    std::filesystem::path control_socket;  // empty: none (tests)
    std::function<void(std::string)> log;  // a warning for people; may be empty
  };

  // Binds both addresses. Throws std::system_error with the address in its words;
  // a control socket that a dead daemon left is replaced, a living one's is not.
  HttpServer(boost::asio::any_io_executor executor, Options options,
             Operations& operations, Journal& journal);
  ~HttpServer();  // removes its sockets
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Serves until the calling task is stopped; ends its connections before it returns.
  boost::asio::awaitable<void> run();

  // A reload: token and public_url at once; a new `listen` is bound before the old
  // one is left, and open connections go on. An Error: nothing changed.
  std::optional<Error> reconfigure(const HttpConfig& http);

  // The TCP port listened on (for tests with port 0); 0: none.
  unsigned short port() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// $RUNTIME_DIRECTORY/control.sock, else `state_dir`/control.sock.
std::filesystem::path control_socket_path(const std::filesystem::path& state_dir);

}  // namespace siftd
