// One coroutine a connection, all in one TaskGroup; Beast stays in this file (it is
// slow to compile). A request's header is judged
// (http_guard) before its body is read; what it asks is answered by HttpRoutes, but for
// /events (http_stream).
#include "daemon/http.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <list>
#include <optional>
#include <sstream>
#include <system_error>
#include <unistd.h>

#include "base/hold.hpp"
#include "base/limits.hpp"
#include "base/task_group.hpp"
#include "daemon/http_events.hpp"
#include "daemon/http_guard.hpp"
#include "daemon/http_listener.hpp"
#include "daemon/http_routes.hpp"
#include "daemon/http_stream.hpp"

namespace siftd {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

using EmptyParser = http::request_parser<http::empty_body>;
using BodyParser = http::request_parser<http::string_body>;
using HttpStream = beast::basic_stream<asio::generic::stream_protocol>;
using HttpResponse = http::response<http::string_body>;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

// Nothing from elsewhere, nothing inline, no frames: article text is not ours.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// The headers that every answer has: what a browser must not do with it.
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

// What a stream of events begins with.
std::string stream_head() {
  http::response<http::empty_body> head;
  head.version(11);
  head.result(http::status::ok);
  set_safety(head);
  head.set(http::field::content_type, "text/event-stream; charset=utf-8");
  head.set(http::field::cache_control, "no-store");
  head.set("X-Accel-Buffering", "no");  // nginx holds a stream back otherwise
  head.keep_alive(false);
  std::ostringstream text;
  text << head.base();
  return text.str();
}

// Within limits::kHttpWriteTime; false: the connection is gone.
asio::awaitable<bool> send(HttpStream& stream, std::string bytes) {
  stream.expires_after(limits::kHttpWriteTime);
  const auto [error, size] =
      co_await asio::async_write(stream, asio::buffer(bytes), kTuple);
  co_return !error;
}

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof(name) - 1) == 0 ? name : "";
}

}  // namespace

struct HttpServer::State {
  State(asio::any_io_executor on, Options given, Operations& asked, Journal& of)
      : executor(std::move(on)),
        options(std::move(given)),
        operations(asked),
        journal(of),
        routes(asked, of),
        streams(executor, of),
        hostname(host_name()),
        tasks(executor),
        ended(executor, asio::steady_timer::time_point::max()) {}

  asio::awaitable<void> accept(HttpListener& listener);
  asio::awaitable<void> serve(HttpStream stream, HttpListener& listener);
  asio::awaitable<bool> serve_one(HttpStream& stream, beast::flat_buffer& buffer,
                                  HttpListener& listener, bool is_first);
  asio::awaitable<bool> answer(HttpStream& stream, beast::flat_buffer& buffer,
                               EmptyParser& parser, HttpRequest request);
  asio::awaitable<std::optional<HttpReply>> read_body(HttpStream& stream,
                                                      beast::flat_buffer& buffer,
                                                      EmptyParser& parser,
                                                      HttpRequest& request);
  asio::awaitable<HttpReply> ask(HttpRequest request);
  asio::awaitable<bool> reply(HttpStream& stream, HttpReply answer, unsigned version,
                              bool is_head, bool keep_alive);
  asio::awaitable<void> sample();
  asio::awaitable<void> stand();

  asio::any_io_executor executor;
  Options options;
  Operations& operations;
  Journal& journal;
  HttpRoutes routes;
  EventStreams streams;
  std::string hostname;
  TaskGroup tasks;
  asio::steady_timer ended;  // never expires; cancelled when a task failed
  std::list<HttpListener> listeners;
  HttpListener* configured = nullptr;  // of [http] listen
  std::size_t body_bytes = 0;          // of the requests being read
  bool is_running = false;
};

asio::awaitable<void> HttpServer::State::accept(HttpListener& listener) {
  asio::steady_timer pause(executor);
  while (listener.acceptor().is_open()) {
    auto [error, socket] = co_await listener.acceptor().async_accept(kTuple);
    if (error == asio::error::operation_aborted) {
      co_return;
    }
    if (error) {
      // No descriptors left, most likely: the connections there are will end.
      pause.expires_after(std::chrono::milliseconds(200));
      co_await pause.async_wait(kTuple);
    } else if (listener.connections < limits::kMaxHttpConnections) {
      tasks.spawn(serve(HttpStream(std::move(socket)), listener));
    }
  }
}

asio::awaitable<void> HttpServer::State::serve(HttpStream stream,
                                               HttpListener& listener) {
  const Hold connection(listener.connections, 1);
  beast::flat_buffer buffer(limits::kMaxHttpHeader + limits::kMaxHttpBody);
  bool is_first = true;
  for (;;) {
    const bool goes_on = co_await serve_one(stream, buffer, listener, is_first);
    if (!goes_on) {
      break;
    }
    is_first = false;
  }
  boost::system::error_code ignored;
  stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
}

// False: the connection ends.
asio::awaitable<bool> HttpServer::State::serve_one(HttpStream& stream,
                                                   beast::flat_buffer& buffer,
                                                   HttpListener& listener,
                                                   bool is_first) {
  EmptyParser parser;
  parser.header_limit(limits::kMaxHttpHeader);
  parser.body_limit(boost::none);  // judged in read_body(), when the path is known
  stream.expires_after(is_first ? limits::kHttpReadTime : limits::kHttpIdleTime);
  const auto [error, size] =
      co_await http::async_read_header(stream, buffer, parser, kTuple);
  if (error) {
    const bool is_malformed =
        error.category() == http::make_error_code(http::error{}).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message;
    if (is_malformed) {
      const int status = error == http::error::header_limit ? 431 : 400;
      HttpReply complaint =
          http_error(status, "this is no HTTP request: " + error.message());
      co_await reply(stream, std::move(complaint), 11, false, false);
    }
    co_return false;
  }
  const auto& header = parser.get();
  auto request = request_of(header.base(), header.method_string(), header.target(),
                            listener.is_control());
  if (!request) {
    HttpReply complaint = http_error(400, "this is no path");
    co_await reply(stream, std::move(complaint), header.version(), false, false);
    co_return false;
  }
  const bool goes_on = co_await answer(stream, buffer, parser, std::move(*request));
  co_return goes_on;
}

asio::awaitable<bool> HttpServer::State::answer(HttpStream& stream,
                                                beast::flat_buffer& buffer,
                                                EmptyParser& parser,
                                                HttpRequest request) {
  // read_body() takes the parser's insides: what is needed later is asked now.
  const bool wants_more = parser.get().keep_alive();
  const bool has_body = parser.chunked() || parser.content_length().value_or(0) > 0;
  const unsigned version = parser.get().version();
  const bool is_head = parser.get().method() == http::verb::head;
  std::optional<HttpReply> refusal;
  if (!request.is_control) {
    refusal = refuse(request, options.http, hostname);
  }
  if (!refusal && request.path == "/events" && request.method == "GET" && !is_head) {
    auto wanted = events_request_of(request, journal);
    if (!wanted) {
      refusal = http_error(400, wanted.error().detail);
    } else if (!streams.has_room()) {
      refusal = http_error(503, "too many event streams are open");
    } else {
      EventStreams::Send sending = [&stream](std::string bytes) {
        return send(stream, std::move(bytes));
      };
      co_await streams.serve(std::move(sending), stream_head(), std::move(*wanted));
      co_return false;
    }
  }
  const Hold body(body_bytes, refusal ? 0 : routes.body_limit(request));
  if (!refusal) {
    refusal = co_await read_body(stream, buffer, parser, request);
  }
  // Of a refused request the body was not read: what follows is not a request.
  const bool keep_alive = wants_more && !(refusal && has_body);
  HttpReply result;
  if (refusal) {
    result = std::move(*refusal);
  } else {
    result = co_await ask(std::move(request));
  }
  const bool is_sent =
      co_await reply(stream, std::move(result), version, is_head, keep_alive);
  co_return is_sent&& keep_alive;
}

// A reply: the body is refused.
asio::awaitable<std::optional<HttpReply>> HttpServer::State::read_body(
    HttpStream& stream, beast::flat_buffer& buffer, EmptyParser& parser,
    HttpRequest& request) {
  const auto length = parser.content_length();
  if (!parser.chunked() && (!length || *length == 0)) {
    co_return std::nullopt;
  }
  const std::size_t limit = routes.body_limit(request);
  if (limit == 0 || (length && *length > limit)) {
    co_return http_error(413, "this body is larger than is taken here: " +
                                  std::to_string(limit) + " bytes");
  }
  if (body_bytes > limits::kMaxHttpBodies) {
    co_return http_error(503, "too many large requests at once; try again");
  }
  if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    const bool is_sent = co_await send(stream, "HTTP/1.1 100 Continue\r\n\r\n");
    if (!is_sent) {
      co_return http_error(400, "gone");
    }
  }
  BodyParser body(std::move(parser));
  body.body_limit(limit);
  // A large body at 64 KiB/s is slow, slower is an attack.
  const auto extra = std::chrono::seconds(length.value_or(limit) / (64 * limits::kKiB));
  stream.expires_after(limits::kHttpReadTime + extra);
  const auto [error, size] = co_await http::async_read(stream, buffer, body, kTuple);
  if (error) {
    co_return http_error(error == http::error::body_limit ? 413 : 400,
                         "the body could not be read: " + error.message());
  }
  request.body = std::move(body.get().body());
  co_return std::nullopt;
}

// A question that throws costs its answer, not the daemon.
asio::awaitable<HttpReply> HttpServer::State::ask(HttpRequest request) {
  const std::string what = request.method + ' ' + request.path;
  std::string reason;
  try {
    HttpReply answer = co_await routes.answer(std::move(request));
    co_return answer;
  } catch (const boost::system::system_error& failure) {
    if (failure.code() == asio::error::operation_aborted) {
      throw;
    }
    reason = failure.what();
  } catch (const std::exception& failure) {
    reason = failure.what();
  }
  if (options.log) {
    options.log(what + ": " + reason);
  }
  co_return http_error(500, "this cannot be answered: " + reason);
}

asio::awaitable<bool> HttpServer::State::reply(HttpStream& stream, HttpReply answer,
                                               unsigned version, bool is_head,
                                               bool keep_alive) {
  const std::size_t size = answer.body.size();
  HttpResponse message = response_of(std::move(answer), version, is_head, keep_alive);
  stream.expires_after(limits::kHttpWriteTime +
                       std::chrono::seconds(size / (64 * limits::kKiB)));
  http::response_serializer<http::string_body> serializer(message);
  // A HEAD's answer tells a length that does not follow.
  serializer.split(is_head);
  if (is_head) {
    const auto [error, sent] =
        co_await http::async_write_header(stream, serializer, kTuple);
    co_return !error;
  }
  const auto [error, sent] = co_await http::async_write(stream, serializer, kTuple);
  co_return !error;
}

asio::awaitable<void> HttpServer::State::sample() {
  asio::steady_timer timer(executor);
  for (;;) {
    routes.sample();
    timer.expires_after(limits::kHttpSampleTime);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// Lives as long as the group is well; tells run() when it was stopped.
asio::awaitable<void> HttpServer::State::stand() {
  asio::steady_timer never(executor, asio::steady_timer::time_point::max());
  co_await never.async_wait(kTuple);
  ended.cancel();
}

HttpServer::HttpServer(asio::any_io_executor executor, Options options,
                       Operations& operations, Journal& journal)
    : state_(std::make_unique<State>(std::move(executor), std::move(options), operations,
                                     journal)) {
  State& state = *state_;
  if (!state.options.control_socket.empty()) {
    state.listeners.emplace_back(state.executor,
                                 "unix:" + state.options.control_socket.string(), true);
  }
  if (!state.options.http.listen.empty()) {
    state.configured =
        &state.listeners.emplace_back(state.executor, state.options.http.listen, false);
  }
}

HttpServer::~HttpServer() = default;

asio::awaitable<void> HttpServer::run() {
  State& state = *state_;
  co_await asio::this_coro::throw_if_cancelled(false);
  for (HttpListener& listener : state.listeners) {
    state.tasks.spawn(state.accept(listener));
  }
  state.tasks.spawn(state.streams.wake());
  state.tasks.spawn(state.sample());
  state.tasks.spawn(state.stand());
  state.is_running = true;
  co_await state.ended.async_wait(kTuple);
  state.is_running = false;
  for (HttpListener& listener : state.listeners) {
    listener.close();
  }
  state.tasks.stop();
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await state.tasks.join();
  state.tasks.check();
}

std::optional<Error> HttpServer::reconfigure(const HttpConfig& http) {
  State& state = *state_;
  if (http.listen != state.options.http.listen) {
    HttpListener* fresh = nullptr;
    if (!http.listen.empty()) {
      try {
        fresh = &state.listeners.emplace_back(state.executor, http.listen, false);
      } catch (const std::system_error& failure) {
        return Error{boost::system::error_code(failure.code()), failure.what()};
      }
    }
    // Its entry stays: connections that it accepted count themselves there.
    if (state.configured != nullptr) {
      state.configured->close();
    }
    state.configured = fresh;
    if (fresh != nullptr && state.is_running) {
      state.tasks.spawn(state.accept(*fresh));
    }
  }
  state.options.http = http;
  return std::nullopt;
}

unsigned short HttpServer::port() const {
  return state_->configured == nullptr ? 0 : state_->configured->port();
}

std::filesystem::path control_socket_path(const std::filesystem::path& state_dir) {
  const char* runtime = std::getenv("RUNTIME_DIRECTORY");
  if (runtime == nullptr || *runtime == '\0') {
    return state_dir / "control.sock";
  }
  // systemd may name several, separated by colons; the first is ours.
  const std::string first(runtime);
  return std::filesystem::path(first.substr(0, first.find(':'))) / "control.sock";
}

}  // namespace siftd
