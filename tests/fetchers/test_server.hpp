#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace siftd::test {

// One request as a TestServer saw it.
struct Seen {
  std::string line;  // "GET /x HTTP/1.1"
  std::string head;  // all of it, raw
  std::string body;
  int connection = 0;  // counted from 1
  std::string path() const;
  std::string header(std::string_view name) const;  // "": none
  bool has(std::string_view name) const;
};

// What it does with a request: bytes written as they are, with pauses between.
struct Script {
  std::vector<std::string> pieces;
  std::chrono::milliseconds pause{0};  // before each piece but the first
  std::size_t repeat_last = 0;         // the last piece again, so many times
  enum class End { keep, close, reset, hang } end = End::keep;
};

Script raw(std::string bytes, Script::End end = Script::End::keep);
// A whole answer with its Content-Length.
Script answer(int status, const std::vector<std::string>& headers,
              const std::string& body);

// A server on loopback that says exactly what a test wants, in the test's own loop.
class TestServer {
 public:
  using Handler = std::function<Script(const Seen&)>;

  TestServer(boost::asio::io_context& loop, Handler handler,
             const std::string& address = "127.0.0.1");
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string url(std::string_view path = "/") const;
  unsigned short port() const;
  const std::vector<Seen>& seen() const;
  int connections() const;
  std::uint64_t bytes_sent() const;

  // Lets go of everything, so that the loop can end.
  void stop();

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace siftd::test
