#pragma once

#include <cstdint>

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

// What a word is by the stop lists; by its unfinished hash.
enum class Stop : std::uint8_t { none, common, negation };
Stop stop_word(std::uint64_t hash);

}  // namespace siftd
