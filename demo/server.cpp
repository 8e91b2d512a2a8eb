// The web that the demo polls: a folder for each site, served on loopback, told apart
// by the first label of the Host header (harbour-gazette.localhost).
//
//   siftd_demo_server FOLDER PORT [SECONDS]
//
// Prints "port N" when it listens (PORT 0: a free one). SECONDS after the first
// request, FILE.later takes the place of FILE: that is how an article is corrected.
// A static server for one machine: GET and HEAD only, no ranges, no TLS.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/task_group.hpp"

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

// A request's head is a few hundred bytes; this is a server for siftd and browsers.
constexpr std::size_t kMaxHead = 16 * 1024;

struct Request {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
};

std::string lower(std::string text) {
  for (char& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  return text;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  return text;
}

Request parse_request(std::string_view head) {
  Request request;
  const std::string_view first = head.substr(0, head.find('\n'));
  const std::size_t space = first.find(' ');
  if (space != std::string_view::npos) {
    request.method = first.substr(0, space);
    std::string_view target = first.substr(space + 1);
    target = target.substr(0, target.find(' '));
    request.path = target.substr(0, target.find('?'));
  }
  while (head.find('\n') != std::string_view::npos) {
    head.remove_prefix(head.find('\n') + 1);
    const std::string_view line = head.substr(0, head.find('\n'));
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      request.headers[lower(std::string(line.substr(0, colon)))] =
          trimmed(line.substr(colon + 1));
    }
  }
  return request;
}

std::string content_type(const std::string& name) {
  static const std::map<std::string, std::string> kTypes = {
      {".html", "text/html"},
      {".xml", "application/xml"},
      {".rss", "application/rss+xml"},
      {".atom", "application/atom+xml"},
      {".rdf", "application/rdf+xml"},
      {".json", "application/feed+json"},
      {".php", "text/xml"},
  };
  const auto found = kTypes.find(fs::path(name).extension().string());
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

class Sites {
 public:
  Sites(fs::path folder, std::optional<std::chrono::seconds> later)
      : folder_(std::move(folder)), later_(later) {}

  // The whole response.
  std::string answer(const Request& request) {
    if (!first_request_) {
      first_request_ = Clock::now();
    }
    if (request.method != "GET" && request.method != "HEAD") {
      return response("405 Method Not Allowed", "text/plain", "", "only GET\n", true);
    }
    const auto host = request.headers.find("host");
    const std::string site = host == request.headers.end()
                                 ? ""
                                 : host->second.substr(0, host->second.find('.'));
    const std::optional<fs::path> file = find(site, request.path);
    const bool has_body = request.method == "GET";
    if (!file) {
      return response("404 Not Found", "text/plain", "", "there is no such page\n",
                      has_body);
    }
    std::ifstream stream(*file, std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(stream), {}};
    const std::string etag = '"' + std::to_string(std::hash<std::string>()(body)) + '"';
    const auto known = request.headers.find("if-none-match");
    if (known != request.headers.end() && known->second == etag) {
      return "HTTP/1.1 304 Not Modified\r\nETag: " + etag + "\r\n\r\n";
    }
    fs::path name = *file;
    if (name.extension() == ".later") {
      name.replace_extension();
    }
    return response("200 OK", content_type(name.string()), etag, body, has_body);
  }

 private:
  std::optional<fs::path> find(const std::string& site, const std::string& path) const {
    const fs::path wanted =
        (folder_ / site / fs::path(path).relative_path()).lexically_normal();
    const auto [end, rest] =
        std::mismatch(folder_.begin(), folder_.end(), wanted.begin());
    if (site.empty() || end != folder_.end()) {
      return std::nullopt;  // "..": outside
    }
    const bool is_later =
        later_ && first_request_ && Clock::now() - *first_request_ >= *later_;
    std::string name = wanted.string();
    while (name.ends_with('/')) {
      name.pop_back();
    }
    for (const char* form : {".later", "", ".html.later", ".html", "/index.html"}) {
      const bool is_new_state = std::string_view(form).ends_with(".later");
      std::error_code ignored;
      if ((is_later || !is_new_state) && fs::is_regular_file(name + form, ignored)) {
        return name + form;
      }
    }
    return std::nullopt;
  }

  static std::string response(const std::string& status, const std::string& type,
                              const std::string& etag, const std::string& body,
                              bool has_body) {
    return "HTTP/1.1 " + status + "\r\nContent-Type: " + type +
           (etag.empty() ? "" : "\r\nETag: " + etag) + "\r\nCache-Control: max-age=1" +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           (has_body ? body : "");
  }

  fs::path folder_;
  std::optional<std::chrono::seconds> later_;
  std::optional<Clock::time_point> first_request_;
};

// One client, request after request.
asio::awaitable<void> serve(tcp::socket socket, Sites* sites) {
  std::string buffer;
  try {
    for (;;) {
      const std::size_t size =
          co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer, kMaxHead),
                                          "\r\n\r\n", asio::use_awaitable);
      const std::string reply = sites->answer(parse_request({buffer.data(), size}));
      buffer.erase(0, size);
      co_await asio::async_write(socket, asio::buffer(reply), asio::use_awaitable);
    }
  } catch (const boost::system::system_error&) {
    // The client went away, or sent what is no HTTP: its connection ends here.
  }
}

// All three outlive the io_context's work.
asio::awaitable<void> listen(tcp::acceptor* acceptor, Sites* sites,
                             siftd::TaskGroup* clients) {
  for (;;) {
    tcp::socket socket = co_await acceptor->async_accept(asio::use_awaitable);
    clients->spawn(serve(std::move(socket), sites));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: siftd_demo_server FOLDER PORT [SECONDS]\n");
    return 64;
  }
  try {
    std::optional<std::chrono::seconds> later;
    if (argc == 4) {
      later = std::chrono::seconds(std::stoi(argv[3]));
    }
    Sites sites(fs::canonical(argv[1]), later);
    asio::io_context io(1);
    const auto port = static_cast<unsigned short>(std::stoi(argv[2]));
    tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), port});
    std::printf("port %u\n", acceptor.local_endpoint().port());
    std::fflush(stdout);
    siftd::TaskGroup tasks(io.get_executor());
    tasks.spawn(listen(&acceptor, &sites, &tasks));
    io.run();  // until it is killed
    tasks.check();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "siftd_demo_server: %s\n", failure.what());
    return 1;
  }
  return 0;
}
