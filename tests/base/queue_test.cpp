#include "base/queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <vector>

#include "tests/catch.hpp"

namespace {

namespace asio = boost::asio;
using siftd::Queue;

asio::awaitable<void> produce(Queue<int>& queue, int count, int& pushed) {
  for (int i = 0; i < count; ++i) {
    const bool open = co_await queue.push(i);
    if (!open) {
      co_return;
    }
    ++pushed;
  }
  queue.close();
}

asio::awaitable<void> consume(Queue<int>& queue, std::vector<int>& got) {
  for (;;) {
    const std::optional<int> value = co_await queue.pop();
    if (!value) {
      co_return;
    }
    got.push_back(*value);
  }
}

void rethrow(std::exception_ptr failure) {
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace

TEST_CASE("queue: everything pushed before close is popped, in order", "[queue]") {
  asio::io_context io(1);
  Queue<int> queue(io.get_executor(), 2);
  int pushed = 0;
  std::vector<int> got;
  asio::co_spawn(io, produce(queue, 5, pushed), rethrow);
  asio::co_spawn(io, consume(queue, got), rethrow);
  io.run();
  CHECK(pushed == 5);
  CHECK(got == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("queue: a full queue holds its producer until close", "[queue]") {
  asio::io_context io(1);
  Queue<int> queue(io.get_executor(), 2);
  int pushed = 0;
  asio::co_spawn(io, produce(queue, 5, pushed), rethrow);
  io.poll();
  CHECK(pushed == 2);
  queue.close();
  io.run();
  CHECK(pushed == 2);
  CHECK(queue.size() == 2);
}
