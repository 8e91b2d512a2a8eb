#include "sinks/stream.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

namespace siftd {

namespace asio = boost::asio;
namespace sys = boost::system;

namespace {

// What one system call takes: a batch of lines with their ends.
constexpr std::size_t kPieces = 256;

[[noreturn]] void fail(const char* what) {
  throw sys::system_error(sys::error_code(errno, sys::system_category()), what);
}

// Tries first and waits only when it has to: a fast reader costs one call a batch.
class PlainStream : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {
    socket_.native_non_blocking(true);
  }

  asio::awaitable<std::size_t> read_some(std::span<char> to) override {
    while (true) {
      co_await socket_.async_wait(asio::socket_base::wait_read, asio::use_awaitable);
      const ssize_t count = ::recv(socket_.native_handle(), to.data(), to.size(), 0);
      if (count >= 0) {
        co_return static_cast<std::size_t>(count);
      }
      if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        fail("read");
      }
    }
  }

  asio::awaitable<std::size_t> write_some(
      std::span<const asio::const_buffer> from) override {
    std::array<iovec, kPieces> pieces;
    std::size_t used = 0;
    for (; used < from.size() && used < kPieces; ++used) {
      pieces[used].iov_base = const_cast<void*>(from[used].data());
      pieces[used].iov_len = from[used].size();
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = used;
    while (true) {
      const ssize_t count =
          ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count >= 0) {
        co_return static_cast<std::size_t>(count);
      }
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        co_await socket_.async_wait(asio::socket_base::wait_write, asio::use_awaitable);
      } else if (errno != EINTR) {
        fail("write");
      }
    }
  }

  asio::awaitable<void> wait_hangup() override {
    // Edge-triggered: look before waiting for a change.
    while (!is_hung_up()) {
      co_await socket_.async_wait(asio::socket_base::wait_error, asio::use_awaitable);
    }
  }

  void shutdown_write() override {
    sys::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
  }

  void close() override {
    sys::error_code ignored;
    socket_.close(ignored);
  }

  Socket& socket() override { return socket_; }

 private:
  bool is_hung_up() {
    pollfd state{socket_.native_handle(), 0, 0};
    return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLERR)) != 0;
  }

  Socket socket_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Stream::Socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace siftd
