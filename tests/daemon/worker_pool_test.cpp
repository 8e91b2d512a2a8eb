#include "daemon/worker_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/catch.hpp"

namespace {

using namespace siftd;
namespace asio = boost::asio;

asio::awaitable<void> use(WorkerPool& pool, std::string& got,
                          std::thread::id& resumed_on) {
  std::function<std::string()> work = [] {
    return std::string("done");
  };
  got = co_await pool.run(std::move(work));
  resumed_on = std::this_thread::get_id();
}

asio::awaitable<void> fail(WorkerPool& pool) {
  std::function<int()> work = []() -> int {
    throw std::runtime_error("broken");
  };
  co_await pool.run(std::move(work));
}

}  // namespace

TEST_CASE("worker pool: a value comes back to the loop's thread", "[worker_pool]") {
  asio::io_context io(1);
  WorkerPool pool(2);
  std::string got;
  std::thread::id resumed_on;
  std::exception_ptr failure;
  asio::co_spawn(io, use(pool, got, resumed_on),
                 [&](std::exception_ptr e) { failure = e; });
  io.run();  // ends by itself: the work kept the loop alive until it was back
  CHECK_FALSE(failure);
  CHECK(got == "done");
  CHECK(resumed_on == std::this_thread::get_id());
}

TEST_CASE("worker pool: what the work throws, the caller gets", "[worker_pool]") {
  asio::io_context io(1);
  WorkerPool pool(1);
  std::exception_ptr failure;
  asio::co_spawn(io, fail(pool), [&](std::exception_ptr e) { failure = e; });
  io.run();
  REQUIRE(failure);
  CHECK_THROWS_AS(std::rethrow_exception(failure), std::runtime_error);
}
