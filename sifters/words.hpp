#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace siftd {

// One word of a text, folded so that typography and encoding make no other word
// of it: lower case, accents, apostrophes, soft and line-end hyphens gone, digits
// of any script as ASCII, 12,000 as 12000, % and pct as percent.
struct Word {
  enum Script : std::uint8_t {
    spaced,  // scripts that put spaces between words
    han,     // Chinese and Japanese: one character is one word
    thai     // Thai, Lao, Khmer, Myanmar: likewise
  };
  std::uint64_t hash = 0;
  std::uint64_t stem = 0;    // hash without a plural or verb ending; story terms use it
  std::uint16_t length = 0;  // in characters, after folding
  std::uint16_t paragraph = 0;
  Script script = spaced;
  bool is_number = false;
  bool is_capital = false;   // starts with a capital, and not because a sentence does
  bool is_starting = false;  // first of its sentence
  bool is_upper = false;     // wholly capitals, two at least
  bool is_common = false;    // of a stop list: says nothing about the subject
  bool is_negation = false;
};

// Splits UTF-8 text into words, appended to `words`. Broken UTF-8 separates
// words. Linear; any input.
void read_words(std::string_view text, std::vector<Word>& words);

}  // namespace siftd
