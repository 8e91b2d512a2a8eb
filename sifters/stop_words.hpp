#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace siftd {

// The hash that read_words() gives a word, byte for byte.
constexpr std::uint64_t kWordSeed = 0x9E3779B97F4A7C15ULL;
constexpr std::uint64_t add_byte(std::uint64_t hash, unsigned char byte) {
  return (hash ^ byte) * 0x9FB21C651E98DF25ULL;
}
constexpr std::uint64_t finish_word(std::uint64_t hash) {
  hash ^= hash >> 32;
  hash *= 0xD6E8FEB86659FD93ULL;
  hash ^= hash >> 29;
  return hash;
}

// What a word is by the stop lists.
enum class Stop : std::uint8_t {
  none,
  common,
  negation,
  two  // and the numbers behind it up to nineteen
};

// The stop lists, by unfinished hash.
class StopWords {
 public:
  static const StopWords& built_in();

  Stop find(std::uint64_t hash) const {
    for (std::size_t i = slot_of(hash); keys_[i] != 0; i = (i + 1) % kSlots) {
      if (keys_[i] == hash) {
        return kinds_[i];
      }
    }
    return Stop::none;
  }

 private:
  // Few enough to stay in the first cache beside the text.
  static constexpr std::size_t kSlots = 2048;
  static std::size_t slot_of(std::uint64_t hash) { return hash >> 53; }

  StopWords();
  void add(std::string_view list, Stop kind);

  std::array<std::uint64_t, kSlots> keys_{};
  std::array<Stop, kSlots> kinds_{};
};

}  // namespace siftd
