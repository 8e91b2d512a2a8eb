#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "sifters/remembered.hpp"

// What terms weigh when stories are compared. For sifters/stories only.
namespace siftd {

// What the place and kind of a term are worth, beside its rarity; how many articles
// the idf imagines before the first, and how many of them have used usual words. Chosen,
// like the weights in score(), by search over labelled streams of articles and
// headlines: what is good for the neighbours of the values too, not the single best.
inline constexpr float kNameWeight = 1.16F;
inline constexpr float kNumberWeight = 0.557F;
inline constexpr float kTitleWeight = 2.09F;
inline constexpr float kEarlyWeight = 1.87F;
inline constexpr float kPriorArticles = 10450;
inline constexpr float kUsualArticles = 8390;

// Logarithms of whole numbers: what idf is made of.
using Logarithms = std::array<float, 4096>;
inline const Logarithms kLogarithms = [] {
  Logarithms table{};
  for (std::size_t i = 1; i < table.size(); ++i) {
    table[i] = std::log(static_cast<float>(i));
  }
  return table;
}();

// Of a larger number by its first twelve bits: .0005 too little at most.
inline float log_of(std::uint32_t count) {
  constexpr float kLogOf2 = 0.693147181F;
  const int bits = std::max(0, static_cast<int>(std::bit_width(count)) - 12);
  return kLogarithms[count >> bits] + static_cast<float>(bits) * kLogOf2;
}

// Where a term's articles are looked for in the table of postings.
inline std::uint32_t spread(std::uint32_t hash24) {
  return hash24 * 0x9E3779B1U;
}

// What a term's place and kind make of it, whatever others say.
inline float raw_weight(Remembered::PackedTerm term) {
  if (term_is_part(term)) {
    return 0;
  }
  static constexpr float kCount[16] = {0,    1,    1.5F, 1.8F, 2.0F, 2.2F, 2.3F, 2.4F,
                                       2.5F, 2.6F, 2.6F, 2.7F, 2.7F, 2.8F, 2.8F, 2.8F};
  float weight = kCount[term_count(term)];
  if (term_kind(term) == Fingerprint::Term::name)
    weight *= kNameWeight;
  if (term_kind(term) == Fingerprint::Term::number)
    weight *= kNumberWeight;
  if (term_in_title(term))
    weight *= kTitleWeight;
  if (term_is_early(term))
    weight *= kEarlyWeight;
  return weight;
}

}  // namespace siftd
