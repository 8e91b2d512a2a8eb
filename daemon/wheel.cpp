#include "daemon/wheel.hpp"

#include <algorithm>
#include <bit>

namespace siftd {
namespace {

constexpr std::chrono::milliseconds kTick{8};

}  // namespace

Wheel::Wheel(Time start) : start_(start) {
  for (Level& level : levels_) {
    level.heads.fill(kNone);
  }
}

bool Wheel::contains(Id id) const {
  return id < nodes_.size() && nodes_[id].slot != kNone;
}

void Wheel::set(Id id, Time due) {
  cancel(id);
  if (id >= nodes_.size()) {
    nodes_.resize(std::max<std::size_t>(id + 1, nodes_.size() * 3 / 2));
  }
  // Rounded up: never early. What is overdue goes into the tick at hand.
  const auto wait = due <= start_ ? Time::duration(0) : due - start_;
  const auto tick =
      static_cast<std::uint64_t>((wait + kTick - Time::duration(1)) / kTick);
  constexpr std::uint64_t kFarthest = (1ull << (kBits * kLevels)) - 1;
  nodes_[id].tick = std::clamp(tick, tick_, tick_ + kFarthest);
  insert(id);
  ++count_;
}

void Wheel::cancel(Id id) {
  if (contains(id)) {
    unlink(id);
    --count_;
  }
}

// The level is that of the highest group of bits in which its tick differs from the
// present one, so that it comes down a level each time that group turns.
void Wheel::insert(Id id) {
  Node& node = nodes_[id];
  const std::uint64_t differs = node.tick ^ tick_;
  const unsigned top =
      differs == 0 ? 0 : static_cast<unsigned>(63 - std::countl_zero(differs));
  const unsigned level = std::min(top / kBits, kLevels - 1);
  const auto slot =
      static_cast<std::uint32_t>(node.tick >> (level * kBits) & (kSlots - 1));
  Level& its = levels_[level];
  node.slot = level * kSlots + slot;
  node.previous = kNone;
  node.next = its.heads[slot];
  if (node.next != kNone) {
    nodes_[node.next].previous = id;
  }
  its.heads[slot] = id;
  its.used[slot / 64] |= 1ull << slot % 64;
}

void Wheel::unlink(Id id) {
  Node& node = nodes_[id];
  Level& level = levels_[node.slot / kSlots];
  const std::uint32_t slot = node.slot % kSlots;
  if (node.previous == kNone) {
    level.heads[slot] = node.next;
    if (node.next == kNone) {
      level.used[slot / 64] &= ~(1ull << slot % 64);
    }
  } else {
    nodes_[node.previous].next = node.next;
  }
  if (node.next != kNone) {
    nodes_[node.next].previous = node.previous;
  }
  node.slot = kNone;
}

// The first used slot of a level at or after `from`; kSlots: none.
unsigned Wheel::first_used(const Level& level, unsigned from) {
  for (unsigned word = from / 64; word < kSlots / 64; ++word) {
    const std::uint64_t bits =
        level.used[word] & (word == from / 64 ? ~0ull << from % 64 : ~0ull);
    if (bits != 0) {
      return word * 64 + static_cast<unsigned>(std::countr_zero(bits));
    }
  }
  return kSlots;
}

// The next tick at which something is due or has to come down a level.
std::uint64_t Wheel::next_tick() const {
  std::uint64_t earliest = ~0ull;
  for (unsigned level = 0; level < kLevels; ++level) {
    const unsigned shift = level * kBits;
    const auto here = static_cast<unsigned>(tick_ >> shift & (kSlots - 1));
    // What lies in the present slot of a higher level has come down already, unless
    // it is a whole turn of the topmost away.
    unsigned slot = first_used(levels_[level], level == 0 ? here : here + 1);
    std::uint64_t base = tick_ >> shift >> kBits << kBits;
    if (slot == kSlots && level == kLevels - 1) {
      slot = first_used(levels_[level], 0);
      base += kSlots;
    }
    if (slot != kSlots) {
      earliest = std::min(earliest, (base | slot) << shift);
    }
  }
  return earliest;
}

void Wheel::come_down() {
  for (unsigned level = 1; level < kLevels; ++level) {
    const unsigned shift = level * kBits;
    if ((tick_ & ((1ull << shift) - 1)) != 0) {
      return;
    }
    const auto slot = static_cast<unsigned>(tick_ >> shift & (kSlots - 1));
    Level& its = levels_[level];
    Id id = its.heads[slot];
    its.heads[slot] = kNone;
    its.used[slot / 64] &= ~(1ull << slot % 64);
    while (id != kNone) {
      const Id next = nodes_[id].next;
      insert(id);
      id = next;
    }
  }
}

std::optional<Wheel::Id> Wheel::pop(Time now) {
  if (count_ == 0 || now < start_) {
    return std::nullopt;
  }
  const auto today = static_cast<std::uint64_t>((now - start_) / kTick);
  while (true) {
    const std::uint64_t next = next_tick();
    if (next > today) {
      return std::nullopt;
    }
    if (next > tick_) {
      tick_ = next;
      come_down();
      continue;
    }
    const Id id = levels_[0].heads[tick_ & (kSlots - 1)];
    unlink(id);
    --count_;
    return id;
  }
}

std::optional<Wheel::Time> Wheel::wake_at() const {
  if (count_ == 0) {
    return std::nullopt;
  }
  return start_ + kTick * static_cast<std::int64_t>(next_tick());
}

}  // namespace siftd
