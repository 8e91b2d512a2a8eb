#include "sifters/topic_sketch.hpp"

#include <algorithm>
#include <cctype>
#include <xxhash.h>

#include "sifters/text.hpp"

namespace siftd {

namespace {

constexpr std::size_t kWordsToKeep = 160;  // fills a quarter of the filter
constexpr std::size_t kShortestWord = 5;   // letters; shorter ones are everywhere
constexpr std::size_t kWordsToJudge = 5;

std::uint32_t word_hash(std::string_view word) {
  return static_cast<std::uint32_t>(XXH3_64bits(word.data(), word.size()) >> 16);
}

}  // namespace

void add_topic_words(std::string_view folded, std::vector<std::uint32_t>& words) {
  std::size_t letters = 0;
  std::size_t word = 0;
  std::size_t before = 0;  // where the previous dense character begins
  bool was_dense = false;
  const auto end_word = [&](std::size_t to) {
    if (letters >= kShortestWord) {
      words.push_back(word_hash(folded.substr(word, to - word)));
    }
    letters = 0;
  };
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t start = at;
    const char32_t c = next_code_point(folded, at);
    const bool dense = c >= 0x80 && is_dense_script(c);
    const bool in_word = c < 0x80 ? std::isalnum(static_cast<int>(c)) != 0
                                  : !dense && c > 0xBF && !(c >= 0x2000 && c <= 0x206F);
    if (in_word) {
      if (letters++ == 0) {
        word = start;
      }
      was_dense = false;
      continue;
    }
    end_word(start);
    if (dense && was_dense) {
      words.push_back(word_hash(folded.substr(before, at - before)));
    }
    before = start;
    was_dense = dense;
  }
  end_word(folded.size());
}

TopicSketch::TopicSketch(std::vector<std::uint32_t>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  const std::size_t count = std::min(words.size(), kWordsToKeep);
  for (std::size_t i = 0; i < count; ++i) {
    bits[words[i] & 7] |= 1ull << (words[i] >> 3 & 63);
  }
  limit = words.size() > count ? words[count - 1] : 0xFFFFFFFFu;
}

double TopicSketch::share_of(const std::vector<std::uint32_t>& words) const {
  std::size_t asked = 0;
  std::size_t hits = 0;
  for (const std::uint32_t word : words) {
    if (word > limit) {
      break;
    }
    ++asked;
    hits += bits[word & 7] >> (word >> 3 & 63) & 1;
  }
  if (asked < kWordsToJudge) {
    return 0;
  }
  int ones = 0;
  for (const std::uint64_t block : bits) {
    ones += __builtin_popcountll(block);
  }
  const double fill = ones / 512.0;
  const double share = static_cast<double>(hits) / static_cast<double>(asked);
  return std::max(0.0, (share - fill) / std::max(0.05, 1 - fill));
}

}  // namespace siftd
