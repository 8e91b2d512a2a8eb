#include "daemon/notify.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/text.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

std::optional<std::uint64_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return value;
}

// The manager compares it with CLOCK_MONOTONIC to tell which reload this answers.
std::uint64_t monotonic_usec() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

}  // namespace

Notifier::Notifier() {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || (path[0] != '/' && path[0] != '@') ||
      std::strlen(path) >= sizeof(sockaddr_un::sun_path)) {
    return;
  }
  address_ = path;
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto usec = number_in("WATCHDOG_USEC");
  const auto pid = number_in("WATCHDOG_PID");
  if (usec && *usec > 0 && (!pid || *pid == static_cast<std::uint64_t>(::getpid()))) {
    watchdog_ = std::chrono::microseconds(*usec);
  }
}

Notifier::~Notifier() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

void Notifier::ready(std::string_view line) {
  send("READY=1\nSTATUS=" + printable(line) + "\n");
}

void Notifier::status(std::string_view line) {
  send("STATUS=" + printable(line) + "\n");
}

void Notifier::reloading() {
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_usec()) + "\n");
}

void Notifier::stopping(std::string_view line) {
  send("STOPPING=1\nSTATUS=" + printable(line) + "\n");
}

void Notifier::extend_timeout(std::chrono::microseconds time) {
  send("EXTEND_TIMEOUT_USEC=" + std::to_string(time.count()) + "\n");
}

void Notifier::alive() {
  send("WATCHDOG=1\n");
}

void Notifier::send(const std::string& message) {
  if (socket_ < 0) {
    return;
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  if (address_[0] == '@') {
    address.sun_path[0] = '\0';
  }
  const auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  void* generic = &address;
  [[maybe_unused]] const auto sent =
      ::sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL,
               static_cast<const sockaddr*>(generic), length);
}

asio::awaitable<void> keep_watchdog(Notifier& notifier,
                                    std::function<bool()> makes_progress) {
  if (!notifier.watchdog()) {
    co_return;
  }
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  for (;;) {
    if (makes_progress()) {
      notifier.alive();
    }
    timer.expires_after(*notifier.watchdog() / 4);
    const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) {
      co_return;
    }
  }
}

}  // namespace siftd
