#include "daemon/notify.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/run_until.hpp"

using namespace siftd;
using namespace std::chrono_literals;

namespace {

// A manager's end: an abstract socket that the notifier is told about.
class Manager {
 public:
  Manager() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    const std::string name = "siftd-notify-test-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, name.size());
    const void* generic = &address;
    const int bound =
        ::bind(socket_, static_cast<const sockaddr*>(generic),
               static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size()));
    REQUIRE(bound == 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~Manager() {
    ::close(socket_);
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
  }

  // The next datagram; empty: none is there.
  std::string next() const {
    char text[4096];
    const auto size = ::recv(socket_, text, sizeof(text), 0);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("notify: states are told to the manager, one line each", "[notify]") {
  const Manager manager;
  Notifier notifier;
  notifier.ready("3 feeds\nREADY=0");
  CHECK(manager.next() == "READY=1\nSTATUS=3 feeds\\nREADY=0\n");
  notifier.reloading();
  CHECK(manager.next().substr(0, 27) == "RELOADING=1\nMONOTONIC_USEC=");
  notifier.stopping("delivering 4 events");
  CHECK(manager.next() == "STOPPING=1\nSTATUS=delivering 4 events\n");
  notifier.extend_timeout(5s);
  CHECK(manager.next() == "EXTEND_TIMEOUT_USEC=5000000\n");
}

TEST_CASE("notify: without a manager nothing is said and nothing fails", "[notify]") {
  ::unsetenv("NOTIFY_SOCKET");
  Notifier notifier;
  CHECK(!notifier.is_active());
  CHECK(!notifier.watchdog());
  notifier.ready("");
}

TEST_CASE("notify: a watchdog meant for another process is not ours", "[notify]") {
  const Manager manager;
  ::setenv("WATCHDOG_USEC", "1000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK(!Notifier().watchdog());
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  CHECK(Notifier().watchdog() == 1s);
  ::setenv("WATCHDOG_USEC", "12x", 1);
  CHECK(!Notifier().watchdog());
}

TEST_CASE("notify: the watchdog is fed only while there is progress", "[notify]") {
  const Manager manager;
  ::setenv("WATCHDOG_USEC", "8000", 1);
  Notifier notifier;
  boost::asio::io_context io;
  TaskGroup tasks(io.get_executor());
  bool progress = true;
  tasks.spawn(keep_watchdog(notifier, [&] { return progress; }));
  int fed = 0;
  CHECK(test::run_until(io, [&] {
    while (!manager.next().empty()) {
      ++fed;
    }
    return fed >= 2;
  }));
  progress = false;
  io.run_for(20ms);
  CHECK(manager.next().empty());
  tasks.stop();
  io.run();
}
