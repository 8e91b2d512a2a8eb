#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>

namespace siftd::test {

// Runs `loop` until `is_so()`, however slow the machine is: 30 s at most, then false.
// For what other threads, processes and timers have a hand in; a test that waits a
// fixed time for them fails where they are late.
template <class Condition>
bool run_until(boost::asio::io_context& loop, const Condition& is_so) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const auto look_again = std::chrono::milliseconds(5);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > give_up) {
      return false;
    }
    loop.restart();
    loop.run_for(look_again);
  }
  loop.restart();
  return true;
}

}  // namespace siftd::test
