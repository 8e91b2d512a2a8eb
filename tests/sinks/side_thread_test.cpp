#include "sinks/side_thread.hpp"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "base/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/run_until.hpp"

using namespace siftd;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> call(SideThread& thread, std::function<void()> work,
                           std::string& said) {
  try {
    co_await thread.run(std::move(work));
    said += "done ";
  } catch (const std::runtime_error& failure) {
    said += std::string(failure.what()) + ' ';
  }
}

}  // namespace

TEST_CASE("side thread: calls run one after another, and what they throw is thrown") {
  asio::io_context loop;
  SideThread thread(loop.get_executor());
  TaskGroup group(loop.get_executor());
  std::string order;  // of the thread
  std::string said;   // of the loop
  group.spawn(call(
      thread, [&] { order += "first "; }, said));
  group.spawn(call(
      thread,
      [&] {
        order += "second ";
        throw std::runtime_error("failed");
      },
      said));
  group.spawn(call(
      thread, [&] { order += "third "; }, said));
  CHECK(test::run_until(loop, [&] { return said == "done failed done "; }));
  CHECK(order == "first second third ");
  group.check();
}

TEST_CASE("side thread: neither its end nor the loop's waits for a call that hangs") {
  std::promise<void> begun;
  std::promise<void> released;
  std::promise<void> ended;
  std::string said;
  {
    std::optional<SideThread> thread;
    asio::io_context loop;
    thread.emplace(loop.get_executor());
    TaskGroup group(loop.get_executor());
    asio::awaitable<void> task = call(
        *thread,
        [&begun, &ended, hanging = released.get_future().share()] {
          begun.set_value();
          hanging.wait();
          ended.set_value();
        },
        said);
    group.spawn(std::move(task));
    loop.poll();
    begun.get_future().wait();
    const bool is_stopped_first = GENERATE(true, false);
    if (!is_stopped_first) {
      thread.reset();
    }
    group.stop();
    loop.poll();
    thread.reset();
  }
  CHECK(said.find("done") == std::string::npos);
  // The thread finds nobody, and touches nothing that is gone.
  released.set_value();
  ended.get_future().wait();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
}
