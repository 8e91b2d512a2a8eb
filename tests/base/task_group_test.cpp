#include "base/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "tests/catch.hpp"

namespace {

namespace asio = boost::asio;
using siftd::TaskGroup;

asio::awaitable<void> sleep_for_ever(int& ended) {
  struct Count {
    int& n;
    ~Count() { ++n; }
  } count{ended};
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_at(asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> fail() {
  throw std::runtime_error("broken");
  co_return;
}

asio::awaitable<void> join(TaskGroup& group) {
  co_await group.join();
}

asio::awaitable<void> own(int& ended, bool& joined) {
  TaskGroup children(co_await asio::this_coro::executor);
  children.spawn(sleep_for_ever(ended));
  children.spawn(sleep_for_ever(ended));
  co_await children.join();
  joined = true;
}

void rethrow(std::exception_ptr failure) {
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace

TEST_CASE("task group: the first child to throw stops the others", "[task_group]") {
  asio::io_context io(1);
  TaskGroup group(io.get_executor());
  int ended = 0;
  group.spawn(sleep_for_ever(ended));
  group.spawn(sleep_for_ever(ended));
  group.spawn(fail());
  asio::co_spawn(io, join(group), rethrow);
  io.run();
  CHECK(ended == 2);
  CHECK_THROWS_AS(group.check(), std::runtime_error);
}

TEST_CASE("task group: a stopped child is no failure", "[task_group]") {
  asio::io_context io(1);
  TaskGroup group(io.get_executor());
  int ended = 0;
  group.spawn(sleep_for_ever(ended));
  asio::co_spawn(io, join(group), rethrow);
  io.poll();
  CHECK(ended == 0);
  group.stop();
  io.run();
  CHECK(ended == 1);
  group.check();
}

TEST_CASE("task group: an owner that is stopped takes its children along",
          "[task_group]") {
  asio::io_context io(1);
  TaskGroup group(io.get_executor());
  int ended = 0;
  bool joined = false;
  group.spawn(own(ended, joined));
  io.poll();
  group.stop();
  io.run();
  CHECK(ended == 2);
  CHECK(joined);
  group.check();
}
