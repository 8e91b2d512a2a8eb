#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "sinks/stream.hpp"

namespace siftd {

// Files in PEM. Empty: no TLS.
struct TlsOptions {
  std::string cert;  // this side's certificate, with its chain
  std::string key;
  std::string client_ca;  // who signs the certificates of the peers that may come
  bool is_wanted() const { return !cert.empty() || !client_ca.empty(); }
};

// Keys and certificates of one socket, read when it is made. TLS 1.2 at least.
class TlsContext {
 public:
  enum class Side { server, client };
  // Throws system_error that names the file.
  TlsContext(Side side, const TlsOptions& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Shakes hands; `host` is the name that a server has to prove. Throws system_error.
  boost::asio::awaitable<std::unique_ptr<Stream>> secure(Stream::Socket socket,
                                                         std::string host);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace siftd
