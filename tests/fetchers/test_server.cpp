#include "tests/fetchers/test_server.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <set>

namespace siftd::test {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

}  // namespace

std::string Seen::path() const {
  const std::size_t from = line.find(' ') + 1;
  return line.substr(from, line.find(' ', from) - from);
}

bool Seen::has(std::string_view name) const {
  return lower(head).find("\r\n" + lower(name) + ":") != std::string::npos;
}

std::string Seen::header(std::string_view name) const {
  const std::size_t at = lower(head).find("\r\n" + lower(name) + ":");
  if (at == std::string::npos) {
    return {};
  }
  const std::size_t from = at + name.size() + 3;
  std::string value = head.substr(from, head.find("\r\n", from) - from);
  value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
  return value;
}

Script raw(std::string bytes, Script::End end) {
  Script script;
  script.pieces.push_back(std::move(bytes));
  script.end = end;
  return script;
}

Script answer(int status, const std::vector<std::string>& headers,
              const std::string& body) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " X\r\n";
  for (const std::string& header : headers) {
    text += header + "\r\n";
  }
  if (status != 304) {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return raw(text + "\r\n" + body);
}

struct TestServer::Core : std::enable_shared_from_this<Core> {
  struct Connection {
    explicit Connection(asio::ip::tcp::socket with)
        : socket(std::move(with)), timer(socket.get_executor()) {}
    asio::ip::tcp::socket socket;
    asio::steady_timer timer;
    std::string input;
    Script script;
    std::size_t next = 0;
    int number = 0;
  };
  using Link = std::shared_ptr<Connection>;

  Core(asio::io_context& loop, Handler with, const std::string& address)
      : handler(std::move(with)),
        acceptor(loop, asio::ip::tcp::endpoint(asio::ip::make_address(address), 0)) {}

  void accept() {
    acceptor.async_accept(
        [self = shared_from_this()](error_code error, asio::ip::tcp::socket socket) {
          if (error) {
            return;
          }
          auto link = std::make_shared<Connection>(std::move(socket));
          link->number = ++self->count;
          self->open.insert(link);
          self->read(link);
          self->accept();
        });
  }

  void read(const Link& link) {
    asio::async_read_until(
        link->socket, asio::dynamic_buffer(link->input), "\r\n\r\n",
        [self = shared_from_this(), link](error_code error, std::size_t size) {
          if (error) {
            self->open.erase(link);
            return;
          }
          Seen seen;
          seen.connection = link->number;
          seen.head = link->input.substr(0, size);
          link->input.erase(0, size);
          seen.line = seen.head.substr(0, seen.head.find("\r\n"));
          const std::string length = seen.header("content-length");
          self->read_body(link, std::move(seen), length.empty() ? 0 : std::stoul(length));
        });
  }

  void read_body(const Link& link, Seen seen, std::size_t size) {
    if (link->input.size() >= size) {
      seen.body = link->input.substr(0, size);
      link->input.erase(0, size);
      requests.push_back(seen);
      link->script = handler(seen);
      link->next = 0;
      write(link);
      return;
    }
    auto buffer = std::make_shared<std::string>(size - link->input.size(), '\0');
    asio::async_read(link->socket, asio::buffer(*buffer),
                     [self = shared_from_this(), link, seen, size, buffer](
                         error_code error, std::size_t) mutable {
                       if (!error) {
                         link->input += *buffer;
                         self->read_body(link, std::move(seen), size);
                       }
                     });
  }

  void write(const Link& link) {
    if (link->next == link->script.pieces.size()) {
      if (link->script.repeat_last == 0) {
        end(link);
        return;
      }
      --link->script.repeat_last;
      --link->next;
    }
    const std::string& piece = link->script.pieces[link->next++];
    asio::async_write(
        link->socket, asio::buffer(piece),
        [self = shared_from_this(), link](error_code error, std::size_t size) {
          self->sent += size;
          if (error) {
            self->open.erase(link);
            return;
          }
          self->pause(link);
        });
  }

  void pause(const Link& link) {
    if (link->script.pause.count() == 0) {
      write(link);
      return;
    }
    link->timer.expires_after(link->script.pause);
    link->timer.async_wait([self = shared_from_this(), link](error_code error) {
      if (!error) {
        self->write(link);
      }
    });
  }

  void end(const Link& link) {
    error_code ignored;
    switch (link->script.end) {
      case Script::End::keep:
        read(link);
        return;
      case Script::End::hang:
        // Until the other side has enough.
        link->socket.async_wait(
            asio::ip::tcp::socket::wait_read,
            [self = shared_from_this(), link](error_code) { self->open.erase(link); });
        return;
      case Script::End::reset:
        link->socket.set_option(asio::socket_base::linger(true, 0), ignored);
        link->socket.close(ignored);
        break;
      case Script::End::close:
        link->socket.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
        link->socket.close(ignored);
        break;
    }
    open.erase(link);
  }

  void stop() {
    error_code ignored;
    acceptor.close(ignored);
    for (const Link& link : open) {
      link->timer.cancel();
      link->socket.close(ignored);
    }
    open.clear();
  }

  Handler handler;
  asio::ip::tcp::acceptor acceptor;
  std::set<Link> open;
  std::vector<Seen> requests;
  int count = 0;
  std::uint64_t sent = 0;
};

TestServer::TestServer(asio::io_context& loop, Handler handler,
                       const std::string& address)
    : core_(std::make_shared<Core>(loop, std::move(handler), address)) {
  std::signal(SIGPIPE, SIG_IGN);  // as the daemon does
  core_->accept();
}
TestServer::~TestServer() {
  core_->stop();
}

std::string TestServer::url(std::string_view path) const {
  const auto endpoint = core_->acceptor.local_endpoint();
  const std::string address = endpoint.address().to_string();
  const bool is_v6 = endpoint.address().is_v6();
  return "http://" + (is_v6 ? "[" + address + "]" : address) + ":" +
         std::to_string(endpoint.port()) + std::string(path);
}
unsigned short TestServer::port() const {
  return core_->acceptor.local_endpoint().port();
}
const std::vector<Seen>& TestServer::seen() const {
  return core_->requests;
}
int TestServer::connections() const {
  return core_->count;
}
std::uint64_t TestServer::bytes_sent() const {
  return core_->sent;
}
void TestServer::stop() {
  core_->stop();
}

}  // namespace siftd::test
