#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace siftd {

// The words that tell what a text is about, as hashes: longer words; pairs of
// characters in scripts that do not separate words. `folded` is fold(text).
void add_topic_words(std::string_view folded, std::vector<std::uint32_t>& words);

// A Bloom filter of a sample of an article's topic words, 68 bytes: says how much
// of another article's vocabulary it shares. A value.
class TopicSketch {
 public:
  TopicSketch() = default;
  // Of these words, in any order, repeats allowed; sorts them.
  explicit TopicSketch(std::vector<std::uint32_t>& words);

  // The share of `words` (sorted, distinct) that this article has, 0 to 1, chance hits
  // of the filter taken off; nothing can be said (0) below a handful of words.
  double share_of(const std::vector<std::uint32_t>& words) const;

  std::uint32_t limit = 0;  // words whose hash is above were left out
  std::array<std::uint64_t, 8> bits{};
};

}  // namespace siftd
