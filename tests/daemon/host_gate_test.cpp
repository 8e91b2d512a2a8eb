#include "daemon/host_gate.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/task_group.hpp"
#include "tests/catch.hpp"

namespace {

using namespace siftd;
namespace asio = boost::asio;
using namespace std::chrono_literals;

struct Traffic {
  int now = 0;
  int most = 0;
  int served = 0;
};

asio::awaitable<void> visit(HostGate& gate, std::string host, Traffic& traffic) {
  const HostGate::Pass pass = co_await gate.enter(std::move(host), 2);
  traffic.most = std::max(traffic.most, ++traffic.now);
  asio::steady_timer timer(co_await asio::this_coro::executor, 1ms);
  co_await timer.async_wait(asio::use_awaitable);
  --traffic.now;
  ++traffic.served;
}

}  // namespace

TEST_CASE("host gate: no host sees more than its share, and all are served",
          "[host_gate]") {
  asio::io_context io(1);
  HostGate gate(io.get_executor(), 100);
  TaskGroup tasks(io.get_executor());
  Traffic a;
  Traffic b;
  for (int i = 0; i < 20; ++i) {
    tasks.spawn(visit(gate, "a", a));
    tasks.spawn(visit(gate, "b", b));
  }
  io.run();
  tasks.check();
  CHECK(a.most == 2);
  CHECK(b.most == 2);
  CHECK(a.served + b.served == 40);
  CHECK(gate.inside() == 0);
}

TEST_CASE("host gate: the total holds over all hosts", "[host_gate]") {
  asio::io_context io(1);
  HostGate gate(io.get_executor(), 3);
  TaskGroup tasks(io.get_executor());
  Traffic all;
  for (int i = 0; i < 30; ++i) {
    tasks.spawn(visit(gate, "host" + std::to_string(i % 10), all));
  }
  io.run();
  tasks.check();
  CHECK(all.most == 3);
  CHECK(all.served == 30);
}

TEST_CASE("host gate: those who are stopped while waiting leave no place behind",
          "[host_gate]") {
  asio::io_context io(1);
  HostGate gate(io.get_executor(), 2);
  Traffic all;
  {
    TaskGroup tasks(io.get_executor());
    for (int i = 0; i < 10; ++i) {
      tasks.spawn(visit(gate, "a", all));
    }
    io.poll();
    tasks.stop();
    io.run();
  }
  CHECK(gate.inside() == 0);
  TaskGroup later(io.get_executor());
  Traffic again;
  later.spawn(visit(gate, "a", again));
  io.restart();
  io.run();
  CHECK(again.served == 1);
}
