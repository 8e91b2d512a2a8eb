#pragma once

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "sinks/socket_sink.hpp"
#include "tests/catch.hpp"
#include "tests/sinks/memory_journal.hpp"

namespace siftd::test {

inline std::string lines(std::uint64_t from, std::uint64_t to, std::size_t size = 20) {
  std::string text;
  for (; from <= to; ++from) {
    text += MemoryJournal::line(from, size) + "\n";
  }
  return text;
}

// A client end, read by hand.
class SocketPeer {
 public:
  explicit SocketPeer(const std::filesystem::path& path, int receive_buffer = 0) {
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
                   sizeof receive_buffer);
    }
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
    REQUIRE(::connect(socket_, static_cast<sockaddr*>(static_cast<void*>(&name)),
                      sizeof name) == 0);
  }
  ~SocketPeer() { close(); }
  SocketPeer(const SocketPeer&) = delete;
  SocketPeer& operator=(const SocketPeer&) = delete;

  void close() {
    if (socket_ >= 0) {
      ::close(std::exchange(socket_, -1));
    }
  }

  void say(std::string_view text) {
    ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  void end_saying() { ::shutdown(socket_, SHUT_WR); }

  // All that is there; `is_closed` tells whether the end came.
  std::string take(std::size_t most = 1 << 26) {
    std::string text;
    std::string piece(65536, '\0');
    while (text.size() < most) {
      const ssize_t count =
          ::recv(socket_, piece.data(), std::min(piece.size(), most - text.size()),
                 MSG_DONTWAIT);
      if (count <= 0) {
        is_closed = count == 0 || errno == ECONNRESET;
        break;
      }
      text.append(piece.data(), static_cast<std::size_t>(count));
    }
    return text;
  }
  bool is_closed = false;

 private:
  int socket_ = -1;
};

// A socket sink in a loop of its own.
struct SocketBench {
  TemporaryDirectory dir;
  boost::asio::io_context context;
  MemoryJournal journal{context.get_executor()};
  SocketSinkOptions options;
  std::unique_ptr<SocketSink> sink;
  TaskGroup group{context.get_executor()};

  SocketBench() {
    options.name = "live";
    options.address.path = path().string();
  }
  ~SocketBench() { stop(); }

  std::filesystem::path path() const { return dir.path() / "run" / "events.sock"; }

  void start() {
    sink = std::make_unique<SocketSink>(context.get_executor(), journal, options);
    group.spawn(sink->run());
    pass(std::chrono::milliseconds(20));
  }
  // Lets `time` go by, and then does all that is ready: on a slow machine one handler
  // can take longer than `time`, and what it said is to be sent before anyone looks.
  void pass(std::chrono::milliseconds time) {
    context.run_for(time);
    context.restart();
    while (context.poll() > 0) {
    }
    context.restart();
  }
  void stop() {
    group.stop();
    context.restart();
    context.run();
    context.restart();
    group.check();
    sink.reset();
  }
  std::uint64_t acknowledged(const std::string& name) {
    const auto found = journal.cursors.find("consumer:live:" + name);
    return found == journal.cursors.end() ? 99999 : found->second.sequence;
  }
};

}  // namespace siftd::test
