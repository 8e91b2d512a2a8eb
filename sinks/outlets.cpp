#include "sinks/outlets.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "base/limits.hpp"

namespace siftd {

namespace asio = boost::asio;
namespace sys = boost::system;

namespace {

class ConnectOutlet : public Outlet {
 public:
  ConnectOutlet(Address address, TlsOptions tls)
      : address_(std::move(address)), tls_(std::move(tls)) {}

  asio::awaitable<std::unique_ptr<Stream>> open() override {
    std::unique_ptr<TlsContext> context;
    if (tls_.is_wanted()) {
      // Read anew each time: certificates are renewed.
      context = std::make_unique<TlsContext>(TlsContext::Side::client, tls_);
    }
    Stream::Socket socket = co_await connect(address_);
    notice_dead_peers(socket);
    if (!context) {
      co_return plain_stream(std::move(socket));
    }
    std::unique_ptr<Stream> stream =
        co_await context->secure(std::move(socket), address_.host);
    context_ = std::move(context);
    co_return stream;
  }

  asio::awaitable<void> close() override { co_return; }
  std::string type() const override { return "socket"; }
  std::string target() const override { return address_.to_string(); }

 private:
  const Address address_;
  const TlsOptions tls_;
  std::unique_ptr<TlsContext> context_;  // of the open stream
};

class ExecOutlet : public Outlet {
 public:
  ExecOutlet(asio::any_io_executor loop, std::vector<std::string> command)
      : loop_(std::move(loop)), command_(std::move(command)) {}
  ~ExecOutlet() override {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
  }

  asio::awaitable<std::unique_ptr<Stream>> open() override {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      fail("no socket for it", errno);
    }
    const int reason = start(ends[1]);
    ::close(ends[1]);
    if (reason != 0) {
      ::close(ends[0]);
      fail("cannot be started", reason);
    }
    Stream::Socket socket(loop_);
    socket.assign(boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[0]);
    co_return plain_stream(std::move(socket));
  }

  // Its input has ended: it is given some time to go by itself.
  asio::awaitable<void> close() override {
    if (child_ <= 0) {
      co_return;
    }
    const pid_t child = std::exchange(child_, 0);
    const int watched = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
    if (watched >= 0) {
      asio::posix::stream_descriptor ended(loop_, watched);
      for (const int signal : {0, SIGTERM, SIGKILL}) {
        if (signal != 0) {
          ::kill(child, signal);
        }
        asio::steady_timer patience(loop_);
        patience.expires_after(limits::kChildPatience);
        patience.async_wait([&ended](const sys::error_code& stopped) {
          if (!stopped) {
            ended.cancel();
          }
        });
        const auto [timed_out] =
            co_await ended.async_wait(asio::posix::stream_descriptor::wait_read,
                                      asio::as_tuple(asio::use_awaitable));
        patience.cancel();
        // The handler of a timer that has just expired refers to `ended`.
        co_await asio::post(loop_, asio::use_awaitable);
        if (!timed_out) {
          break;
        }
      }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    spdlog::debug("{} has ended with status {}", target(), status);
  }

  std::string type() const override { return "exec"; }
  std::string target() const override { return command_.empty() ? "" : command_.front(); }

 private:
  [[noreturn]] void fail(const std::string& what, int reason) const {
    throw sys::system_error(sys::error_code(reason, sys::system_category()),
                            target() + ": " + what);
  }

  // 0, or the errno.
  int start(int input) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes,
                               POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    std::vector<char*> arguments;
    for (std::string& argument : command_) {
      arguments.push_back(argument.data());
    }
    arguments.push_back(nullptr);
    const int reason = ::posix_spawnp(&child_, arguments.front(), &actions, &attributes,
                                      arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (reason != 0) {
      child_ = 0;
    }
    return reason;
  }

  asio::any_io_executor loop_;
  std::vector<std::string> command_;
  pid_t child_ = 0;
};

}  // namespace

std::unique_ptr<Outlet> connect_outlet(Address address, TlsOptions tls) {
  return std::make_unique<ConnectOutlet>(std::move(address), std::move(tls));
}

std::unique_ptr<Outlet> exec_outlet(asio::any_io_executor loop,
                                    std::vector<std::string> command) {
  return std::make_unique<ExecOutlet>(std::move(loop), std::move(command));
}

}  // namespace siftd
