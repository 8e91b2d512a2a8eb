// The server on real sockets: its loop runs on a thread of its own, the test is the
// client.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <future>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include "base/limits.hpp"
#include "base/task_group.hpp"
#include "daemon/control_client.hpp"
#include "daemon/http.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/http_fakes.hpp"

using namespace siftd;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

class Rig {
 public:
  explicit Rig(HttpConfig http = {})
      : dir_(fs::temp_directory_path() / ("siftd-http-" + std::to_string(::getpid()))) {
    fs::create_directories(dir_);
    HttpServer::Options options;
    http.listen = "127.0.0.1:0";
    options.http = http;
    options.control_socket = socket();
    server_ =
        std::make_unique<HttpServer>(io_.get_executor(), options, operations, journal);
    port_ = server_->port();
    tasks_.spawn(server_->run());
    thread_ = std::thread([this] { io_.run(); });
  }
  // Ends by itself once the server was told to: nothing of it is left on the loop.
  ~Rig() {
    asio::post(io_, [this] { tasks_.stop(); });
    thread_.join();
    server_.reset();
    fs::remove_all(dir_);
  }

  fs::path socket() const { return dir_ / "control.sock"; }
  HttpServer& server() { return *server_; }
  unsigned short port() const { return port_; }

  // Runs on the server's thread.
  template <class Act>
  void on_loop(const Act& act) {
    std::promise<void> done;
    asio::post(io_, [&] {
      act();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Sends bytes over TCP and returns what comes until the server closes. A server
  // that has refused already may be gone before everything is sent: no error here.
  std::string raw(const std::string& bytes, bool half_close = true) const {
    asio::io_context io;
    asio::ip::tcp::socket peer(io);
    peer.connect({asio::ip::address_v4::loopback(), port_});
    boost::system::error_code error;
    asio::write(peer, asio::buffer(bytes), error);
    if (half_close) {
      peer.shutdown(asio::socket_base::shutdown_send, error);
    }
    std::string answer;
    asio::read(peer, asio::dynamic_buffer(answer), error);
    return answer;
  }

  asio::io_context io_;
  FakeOperations operations;
  FakeJournal journal{io_.get_executor()};

 private:
  fs::path dir_;
  TaskGroup tasks_{io_.get_executor()};
  std::unique_ptr<HttpServer> server_;
  unsigned short port_ = 0;
  std::thread thread_;
};

bool holds(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("http server: the control socket changes things without a token", "[http]") {
  Rig rig;
  const ControlClient client(rig.socket());
  const auto answer = client.ask("POST", "/api/feeds", R"({"url":"https://a.test/"})");
  REQUIRE(answer.has_value());
  CHECK(answer->status == 201);
  struct stat state {};
  REQUIRE(::stat(rig.socket().c_str(), &state) == 0);
  CHECK((state.st_mode & 0777) == 0660);
}

TEST_CASE("http server: TCP is judged before a body is read", "[http]") {
  Rig rig;
  const std::string post =
      "POST /api/feeds HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000000\r\n\r\n";
  CHECK(rig.raw(post).substr(0, 12) == "HTTP/1.1 403");
  const std::string get = "GET /api/feeds HTTP/1.1\r\nHost: evil.test\r\n\r\n";
  CHECK(rig.raw(get).substr(0, 12) == "HTTP/1.1 421");
  const std::string good = "GET /api/feeds HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string answer = rig.raw(good);
  CHECK(answer.substr(0, 12) == "HTTP/1.1 200");
  CHECK(holds(answer, "Content-Security-Policy: default-src 'none'"));
  CHECK(holds(answer, "X-Content-Type-Options: nosniff"));
}

TEST_CASE("http server: requests of one connection follow each other", "[http]") {
  Rig rig;
  const std::string get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string head = "HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string last = "GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n";
  const std::string answers = rig.raw(get + head + last);
  std::size_t statuses = 0;
  for (std::size_t at = 0; (at = answers.find("HTTP/1.1 ", at)) != std::string::npos;
       ++at) {
    ++statuses;
  }
  CHECK(statuses + (holds(answers, "HTTP/1.0 503") ? 1u : 0u) == 3);
}

TEST_CASE("http server: what is no request costs a line and the connection", "[http]") {
  Rig rig;
  CHECK(rig.raw("SSH-2.0-OpenSSH\r\n\r\n").substr(0, 12) == "HTTP/1.1 400");
  CHECK(rig.raw("GET http://x/ HTTP/1.1\r\nHost: localhost\r\n\r\n").substr(0, 12) ==
        "HTTP/1.1 400");
  const std::string large = "GET / HTTP/1.1\r\nHost: localhost\r\nX: " +
                            std::string(limits::kMaxHttpHeader, 'x') + "\r\n\r\n";
  CHECK(rig.raw(large, false).substr(0, 12) == "HTTP/1.1 431");
  CHECK(rig.raw("").empty());
  CHECK(rig.raw("GET / HT").empty());
}

TEST_CASE("http server: a body larger than its path takes is refused", "[http]") {
  HttpConfig http;
  http.token = "t";
  Rig rig(http);
  const std::string head =
      "POST /api/feeds HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n";
  CHECK(rig.raw(head + "Content-Length: 70000\r\n\r\n").substr(0, 12) == "HTTP/1.1 413");
  const std::string chunk = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
  CHECK(rig.raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk)
            .substr(0, 12) == "HTTP/1.1 413");
  const std::string body = R"({"url":"https://a.test/"})";
  CHECK(rig.raw(head + "Expect: 100-continue\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body)
            .substr(0, 12) == "HTTP/1.1 100");
}

TEST_CASE("http server: who asked for a close after a body gets it", "[http]") {
  HttpConfig http;
  http.token = "t";
  Rig rig(http);
  const std::string body = R"({"url":"https://a.test/"})";
  const std::string request =
      "POST /api/feeds HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n"
      "Connection: close\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  CHECK(rig.raw(request, false).substr(0, 12) == "HTTP/1.1 201");
}

TEST_CASE("http server: a question that throws costs its answer only", "[http]") {
  Rig rig;
  const ControlClient client(rig.socket());
  rig.on_loop([&] { rig.operations.is_broken = true; });
  const auto broken = client.ask("GET", "/api/articles");
  REQUIRE(broken.has_value());
  CHECK(broken->status == 500);
  const auto well = client.ask("GET", "/healthz");
  REQUIRE(well.has_value());
  CHECK(well->status == 200);
}

TEST_CASE("http server: a stream tells old events, then live ones", "[http]") {
  Rig rig;
  rig.on_loop([&] {
    rig.journal.append(EventType::article_new, "a", R"({"n":1})");
    rig.journal.append(EventType::article_updated, "a", R"({"n":2})");
    rig.journal.append(EventType::article_new, "b", R"({"n":3})");
  });
  const ControlClient client(rig.socket());
  std::vector<std::string> seen;
  const auto error = client.follow(
      "/events?from=beginning&type=new", "",
      [&](std::string_view name, std::string_view id, std::string_view data) {
        if (data.empty()) {
          return true;
        }
        seen.push_back(std::string(id) + ' ' + std::string(name) + ' ' +
                       std::string(data));
        if (seen.size() == 2) {
          asio::post(rig.io_, [&] {
            rig.journal.append(EventType::article_updated, "a", "{}");
            rig.journal.append(EventType::article_new, "c", R"({"n":5})");
          });
        }
        return seen.size() < 3;
      });
  CHECK(!error);
  CHECK(seen == std::vector<std::string>{R"(1 siftd.article.new {"n":1})",
                                         R"(3 siftd.article.new {"n":3})",
                                         R"(5 siftd.article.new {"n":5})"});
}

TEST_CASE("http server: a stream goes on after its last event and tells a gap",
          "[http]") {
  Rig rig;
  rig.on_loop([&] {
    for (int i = 0; i < 9; ++i) {
      rig.journal.append(EventType::article_new, "a", "{}");
    }
    rig.journal.trim(5);
  });
  const ControlClient client(rig.socket());
  std::vector<std::string> seen;
  const auto error = client.follow(
      "/events", "2",
      [&](std::string_view name, std::string_view id, std::string_view data) {
        seen.push_back(name == "gap" ? std::string(data) : std::string(id));
        return seen.size() < 3;
      });
  CHECK(!error);
  CHECK(seen == std::vector<std::string>{"2", R"({"wanted":3,"oldest":5})", "5"});
  const auto wrong = client.follow(
      "/events?from=x", "",
      [](std::string_view, std::string_view, std::string_view) { return false; });
  REQUIRE(wrong.has_value());
  CHECK(holds(wrong->detail, "from: not a sequence"));
}

TEST_CASE("http server: it ends although clients are connected", "[http]") {
  asio::io_context io;
  asio::ip::tcp::socket idle(io);
  asio::ip::tcp::socket stream(io);
  {
    Rig rig;
    idle.connect({asio::ip::address_v4::loopback(), rig.port()});
    stream.connect({asio::ip::address_v4::loopback(), rig.port()});
    asio::write(
        stream,
        asio::buffer(std::string("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")));
    std::array<char, 12> status{};
    asio::read(stream, asio::buffer(status));
    CHECK(std::string(status.data(), status.size()) == "HTTP/1.1 200");
  }
  boost::system::error_code error;
  char byte = 0;
  asio::read(idle, asio::buffer(&byte, 1), error);
  CHECK(error);
}

TEST_CASE("http server: a reload moves the address and keeps it when it cannot",
          "[http]") {
  Rig rig;
  rig.on_loop([&] {
    HttpConfig elsewhere;
    elsewhere.listen = "203.0.113.1:1";
    CHECK(rig.server().reconfigure(elsewhere).has_value());
    CHECK(rig.server().port() == rig.port());
    elsewhere.listen = "[::1]:0";
    if (!rig.server().reconfigure(elsewhere)) {
      CHECK(rig.server().port() != rig.port());
    }
    HttpConfig off;
    off.listen = "";
    CHECK(!rig.server().reconfigure(off));
    CHECK(rig.server().port() == 0);
  });
  CHECK(ControlClient(rig.socket()).ask("GET", "/healthz").has_value());
}

TEST_CASE("http server: a dead daemon's socket is replaced, a living one's is not",
          "[http]") {
  Rig rig;
  HttpServer::Options options;
  options.http.listen = "";
  options.control_socket = rig.socket();
  asio::io_context io;
  CHECK_THROWS_AS(HttpServer(io.get_executor(), options, rig.operations, rig.journal),
                  std::system_error);
  options.control_socket = rig.socket().parent_path() / "dead.sock";
  {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    options.control_socket.native().copy(name.sun_path, sizeof(name.sun_path) - 1);
    const void* generic = &name;
    REQUIRE(::bind(fd, static_cast<const sockaddr*>(generic), sizeof(name)) == 0);
    ::close(fd);
  }
  HttpServer server(io.get_executor(), options, rig.operations, rig.journal);
  CHECK(fs::exists(options.control_socket));
}
