#include "daemon/control_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <rapidjson/document.h>

#include "base/limits.hpp"
#include "daemon/config.hpp"
#include "daemon/http.hpp"
#include "daemon/text.hpp"

namespace siftd {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

using Stream = beast::basic_stream<asio::local::stream_protocol>;
using Request = http::request<http::string_body>;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

// Adding a feed may take a fetch; nothing takes longer than this.
constexpr auto kAnswerTime = std::chrono::minutes(2);

Request request_of(std::string_view method, std::string_view target, std::string body) {
  Request request;
  request.version(11);
  request.method_string({method.data(), method.size()});
  request.target({target.data(), target.size()});
  request.set(http::field::host, "localhost");
  request.set(http::field::connection, "close");
  request.body() = std::move(body);
  request.prepare_payload();
  return request;
}

asio::awaitable<boost::system::error_code> send(Stream& stream, std::string path,
                                                Request request) {
  stream.expires_after(kAnswerTime);
  const asio::local::stream_protocol::endpoint endpoint(path);
  auto [error] = co_await stream.async_connect(endpoint, kTuple);
  if (error) {
    co_return error;
  }
  auto [write_error, size] = co_await http::async_write(stream, request, kTuple);
  co_return write_error;
}

asio::awaitable<void> exchange(std::string path, Request request,
                               Result<ControlClient::Answer>& result) {
  Stream stream(co_await asio::this_coro::executor);
  const auto failed = co_await send(stream, std::move(path), std::move(request));
  if (failed) {
    result = Error{failed, failed.message()};
    co_return;
  }
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(limits::kMaxControlAnswer);
  const auto [error, size] = co_await http::async_read(stream, buffer, parser, kTuple);
  if (error) {
    result = Error{error, error.message()};
    co_return;
  }
  ControlClient::Answer answer;
  answer.status = static_cast<int>(parser.get().result_int());
  answer.body = std::move(parser.get().body());
  result = std::move(answer);
}

// Takes whole frames of text/event-stream from `text`; false: `on_event` has enough.
bool take_frames(std::string& text, const ControlClient::OnEvent& on_event) {
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = text.find("\n\n", begin);
    if (end == std::string::npos) {
      break;
    }
    std::string_view frame = std::string_view(text).substr(begin, end - begin);
    begin = end + 2;
    std::string_view name, id, data;
    while (!frame.empty()) {
      const std::string_view line = frame.substr(0, frame.find('\n'));
      frame.remove_prefix(std::min(line.size() + 1, frame.size()));
      const auto value = [&](std::string_view field) {
        return line.starts_with(field) ? line.substr(field.size()) : std::string_view();
      };
      name = line.starts_with("event: ") ? value("event: ") : name;
      id = line.starts_with("id: ") ? value("id: ") : id;
      data = line.starts_with("data: ") ? value("data: ") : data;
    }
    if ((!data.empty() || !id.empty()) && !on_event(name, id, data)) {
      return false;
    }
  }
  text.erase(0, begin);
  return true;
}

// Without a time limit but the heartbeat's: a stream that is silent for four is dead.
asio::awaitable<void> read_stream(std::string path, Request request,
                                  const ControlClient::OnEvent& on_event,
                                  std::optional<Error>& result) {
  Stream stream(co_await asio::this_coro::executor);
  const auto failed = co_await send(stream, std::move(path), std::move(request));
  if (failed) {
    result = Error{failed, failed.message()};
    co_return;
  }
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(boost::none);
  const auto [head_error, head_size] =
      co_await http::async_read_header(stream, buffer, parser, kTuple);
  if (head_error) {
    result = Error{head_error, head_error.message()};
    co_return;
  }
  if (parser.get().result() != http::status::ok) {
    co_await http::async_read(stream, buffer, parser, kTuple);
    const ControlClient::Answer answer{static_cast<int>(parser.get().result_int()),
                                       parser.get().body()};
    namespace errc = boost::system::errc;
    result = Error{errc::make_error_code(errc::invalid_argument), error_sentence(answer)};
    co_return;
  }
  // The stream has no length and ends with the connection: plain bytes from here.
  std::string text = beast::buffers_to_string(buffer.data());
  std::vector<char> piece(64 * limits::kKiB);
  while (take_frames(text, on_event)) {
    stream.expires_after(4 * limits::kHttpHeartbeat);
    const auto [error, size] =
        co_await stream.async_read_some(asio::buffer(piece), kTuple);
    if (error || text.size() > 2 * limits::kMaxEventBytes) {
      result = Error{error, error ? error.message() : "an event is too long"};
      co_return;
    }
    text.append(piece.data(), size);
  }
}

// Runs one coroutine to its end on a loop of its own.
void run(asio::io_context& io, asio::awaitable<void> task) {
  std::exception_ptr thrown;
  asio::co_spawn(io, std::move(task),
                 [&](std::exception_ptr failure) { thrown = failure; });
  io.run();
  if (thrown) {
    std::rethrow_exception(thrown);
  }
}

std::filesystem::path state_dir_of(const std::filesystem::path& config) {
  return load_config(config).config.state_dir;
}

}  // namespace

Result<ControlClient::Answer> ControlClient::ask(std::string_view method,
                                                 std::string_view target,
                                                 std::string body) const {
  asio::io_context io;
  Result<Answer> result = Answer{};
  run(io,
      exchange(socket_.string(), request_of(method, target, std::move(body)), result));
  return result;
}

std::optional<Error> ControlClient::follow(std::string_view target,
                                           std::string_view last_event_id,
                                           const OnEvent& on_event) const {
  asio::io_context io;
  std::optional<Error> result;
  Request request = request_of("GET", target, {});
  if (!last_event_id.empty()) {
    request.set("Last-Event-ID", {last_event_id.data(), last_event_id.size()});
  }
  run(io, read_stream(socket_.string(), std::move(request), on_event, result));
  return result;
}

std::filesystem::path find_control_socket(const ControlOptions& options) {
  if (!options.socket.empty()) {
    return options.socket;
  }
  const bool is_default = options.config == ControlOptions().config;
  std::vector<std::filesystem::path> places;
  if (std::getenv("RUNTIME_DIRECTORY") != nullptr) {
    places.push_back(control_socket_path({}));
  }
  if (is_default) {
    places.emplace_back("/run/siftd/control.sock");
    places.push_back(state_dir_of(options.config) / "control.sock");
  } else {
    places.insert(places.begin(), state_dir_of(options.config) / "control.sock");
    places.emplace_back("/run/siftd/control.sock");
  }
  for (const auto& place : places) {
    std::error_code error;
    if (std::filesystem::exists(place, error) || error) {
      return place;
    }
  }
  return places.front();
}

std::string error_sentence(const ControlClient::Answer& answer) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(answer.body.data(), answer.body.size());
  if (!document.HasParseError() && document.IsObject() && document.HasMember("error") &&
      document["error"].IsString()) {
    return document["error"].GetString();
  }
  return "status " + std::to_string(answer.status) + ": " + answer.body.substr(0, 200);
}

void complain(const ControlClient& client, const Error& error) {
  namespace errc = boost::system::errc;
  std::string sentence = client.socket().string() + ": " + error.detail;
  if (error.code == errc::no_such_file_or_directory ||
      error.code == errc::connection_refused) {
    sentence +=
        "; is the daemon running? (systemctl status siftd; --socket names another)";
  } else if (error.code == errc::permission_denied) {
    sentence += "; run as root or as a member of the group siftd";
  }
  complain(sentence);
}

void complain(std::string_view sentence) {
  std::fprintf(stderr, "siftd: %s\n", printable(sentence).c_str());
}

}  // namespace siftd
