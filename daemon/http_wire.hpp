#pragma once

// Beast's side of HTTP: its messages from and to ours. Included by .cpp files only.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/http.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/http_message.hpp"

namespace siftd {

using HttpStream = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

// Counts what is held while it lives.
class Hold {
 public:
  Hold(std::size_t& sum, std::size_t amount) : sum_(sum), amount_(amount) {
    sum_ += amount_;
  }
  ~Hold() { sum_ -= amount_; }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  std::size_t& sum_;
  std::size_t amount_;
};

// The headers that every answer has: what a browser must not do with it.
void set_safety(boost::beast::http::fields& fields);

// `is_head`: the answer to a HEAD, with the length of a body that does not follow.
HttpResponse response_of(HttpReply reply, unsigned version, bool is_head,
                         bool keep_alive);

// Nothing: a target that is none.
std::optional<HttpRequest> request_of(const boost::beast::http::fields& fields,
                                      std::string_view method, std::string_view target,
                                      bool is_control);

// Within limits::kHttpWriteTime; false: the connection is gone.
boost::asio::awaitable<bool> send_bytes(HttpStream& stream, std::string bytes);

}  // namespace siftd
