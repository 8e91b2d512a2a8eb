#include "daemon/wheel.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "tests/catch.hpp"

using siftd::Wheel;
using namespace std::chrono_literals;

namespace {

const Wheel::Time kStart = Wheel::Time() + 1000h;

}  // namespace

TEST_CASE("wheel: never early, late by a tick at most, in order of ticks") {
  Wheel wheel(kStart);
  const std::chrono::milliseconds waits[] = {
      0ms,  1ms, 8ms, 9ms,     2048ms,    2049ms, 1min,   524s,
      525s, 37h, 38h, 7 * 24h, 300 * 24h, -5s,    2047ms, 524288ms};
  std::map<Wheel::Id, Wheel::Time> due;
  Wheel::Id id = 0;
  for (const auto wait : waits) {
    due[id] = kStart + wait;
    wheel.set(id++, kStart + wait);
  }
  Wheel::Time now = kStart;
  std::size_t fired = 0;
  while (const auto wake = wheel.wake_at()) {
    now = std::max(now, *wake);
    while (const auto popped = wheel.pop(now)) {
      ++fired;
      const Wheel::Time wanted = std::max(due[*popped], kStart);
      CHECK(now >= wanted);
      CHECK(now - wanted <= 8ms);
      CHECK_FALSE(wheel.contains(*popped));
    }
  }
  CHECK(fired == std::size(waits));
}

TEST_CASE("wheel: it agrees with a sorted list, whatever is set, moved and cancelled") {
  std::mt19937_64 random(7);
  Wheel wheel(kStart);
  std::map<Wheel::Id, Wheel::Time> due;
  Wheel::Time now = kStart;
  const auto any = [&](std::uint64_t below) {
    return random() % below;
  };
  for (int step = 0; step < 20000; ++step) {
    const auto id = static_cast<Wheel::Id>(any(500));
    const std::uint64_t what = any(10);
    if (what < 6) {
      const auto wait = std::chrono::milliseconds(1ull << any(34));
      wheel.set(id, now + wait);
      due[id] = now + wait;
    } else if (what < 7) {
      wheel.cancel(id);
      due.erase(id);
    } else {
      now += std::chrono::milliseconds(any(1ull << any(28)));
      while (const auto popped = wheel.pop(now)) {
        REQUIRE(due.count(*popped) == 1);
        REQUIRE(due[*popped] <= now);
        due.erase(*popped);
      }
      for (const auto& [left, when] : due) {
        REQUIRE(when > now - 8ms);
        REQUIRE(wheel.contains(left));
      }
    }
  }
}

TEST_CASE("wheel: it is not woken often for what lies far ahead") {
  Wheel wheel(kStart);
  wheel.set(1, kStart + 7 * 24h);
  int wakes = 0;
  Wheel::Time now = kStart;
  while (!wheel.pop(now)) {
    now = *wheel.wake_at();
    ++wakes;
  }
  CHECK(wakes <= 5);
  CHECK(now >= kStart + 7 * 24h);
}
