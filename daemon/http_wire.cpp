#include "daemon/http_wire.hpp"

#include <boost/asio/write.hpp>
#include <utility>

#include "base/limits.hpp"

namespace siftd {

namespace http = boost::beast::http;

namespace {

// Nothing from elsewhere, nothing inline, no frames: article text is not ours.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

void set_safety(http::fields& fields) {
  fields.set(http::field::server, "siftd");
  fields.set("Content-Security-Policy", kPolicy);
  fields.set("X-Content-Type-Options", "nosniff");
  fields.set("X-Frame-Options", "DENY");
  fields.set("Referrer-Policy", "no-referrer");
  fields.set("Cross-Origin-Resource-Policy", "same-origin");
  fields.set("Cross-Origin-Opener-Policy", "same-origin");
}

HttpResponse response_of(HttpReply reply, unsigned version, bool is_head,
                         bool keep_alive) {
  HttpResponse message;
  message.version(version);
  message.result(static_cast<unsigned>(reply.status));
  set_safety(message);
  if (reply.status != 304) {
    message.set(http::field::content_type, reply.content_type);
  }
  message.set(http::field::cache_control, "no-store");
  for (const auto& [name, value] : reply.headers) {
    message.set(name, value);
  }
  message.keep_alive(keep_alive);
  if (reply.status != 304) {
    message.content_length(reply.body.size());
  }
  if (!is_head) {
    message.body() = std::move(reply.body);
  }
  return message;
}

std::optional<HttpRequest> request_of(const http::fields& fields, std::string_view method,
                                      std::string_view target, bool is_control) {
  HttpRequest request;
  request.method = method == "HEAD" ? "GET" : method;
  request.is_control = is_control;
  for (const auto& field : fields) {
    std::string name(field.name_string());
    for (char& c : name) {
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    request.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  if (!set_target(request, target)) {
    return std::nullopt;
  }
  return request;
}

boost::asio::awaitable<bool> send_bytes(HttpStream& stream, std::string bytes) {
  stream.expires_after(limits::kHttpWriteTime);
  const auto [error, size] = co_await boost::asio::async_write(
      stream, boost::asio::buffer(bytes),
      boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return !error;
}

}  // namespace siftd
