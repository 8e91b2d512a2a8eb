#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace siftd {

// A hierarchical timing wheel (Varghese and Lauck 1987): numbers that become due,
// each at most once in it. Setting, cancelling and firing cost the same however
// many there are. Never early; late by one tick (8 ms) at most, and at most 397 days
// ahead. 24 bytes a number. One thread.
class Wheel {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Id = std::uint32_t;

  explicit Wheel(Time start);

  void set(Id id, Time due);  // again: moves it
  void cancel(Id id);
  bool contains(Id id) const;

  // One that is due, taken out; in the order of their ticks.
  std::optional<Id> pop(Time now);
  // When pop() is worth asking again; nothing: it is empty. May be early, when
  // entries far ahead have to be sorted anew.
  std::optional<Time> wake_at() const;

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr unsigned kLevels = 4, kBits = 8, kSlots = 1u << kBits;

  struct Node {
    std::uint64_t tick = 0;
    Id next = kNone, previous = kNone;
    std::uint32_t slot = kNone;  // level * kSlots + slot
  };
  struct Level {
    std::array<Id, kSlots> heads;
    std::array<std::uint64_t, kSlots / 64> used{};
  };

  static unsigned first_used(const Level& level, unsigned from);
  void insert(Id id);
  void unlink(Id id);
  std::uint64_t next_tick() const;
  void come_down();

  Time start_;
  std::uint64_t tick_ = 0;  // everything before has been popped
  std::size_t count_ = 0;
  std::array<Level, kLevels> levels_;
  std::vector<Node> nodes_;
};

}  // namespace siftd
