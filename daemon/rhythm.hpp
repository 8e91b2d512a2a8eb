#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

namespace siftd {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

inline WallTime wall_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// How a feed publishes: its rate (Gamma-Poisson, older observations count less) and
// the hours of the day (UTC) at which it does. A value; pure.
struct Rhythm {
  float weight = 0;                      // hours watched, decayed
  float news = 0;                        // items that appeared in them, decayed
  std::array<std::uint8_t, 24> hours{};  // how much of it in each hour, relative
  bool operator==(const Rhythm&) const = default;

  // A poll that watched from `since` to `now` (`since` 0: the first one, which learns
  // from the dates of the items it lists) and found `items_changed`.
  void learn(WallTime since, WallTime now, bool items_changed,
             const std::vector<std::chrono::sys_seconds>& dates);

  // Items an hour, on average.
  double rate() const;

  // The wait that spends polls where they gain most: to keep the sum of all items'
  // delays least for a given number of polls, a feed of rate r is polled every
  // c / sqrt(r) (Lagrange; Cho and Garcia-Molina 2003 for why not c / r), and more
  // often in the hours in which it publishes, by the same root. `interval` is what a
  // feed of three items a day gets.
  std::chrono::milliseconds wait(std::chrono::milliseconds interval, WallTime now) const;

 private:
  void add_hour(std::chrono::sys_seconds time);
};

}  // namespace siftd
