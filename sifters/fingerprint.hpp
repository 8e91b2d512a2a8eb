#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// What the memory of copies and stories keeps of a text: some 400 bytes, from
// which neither words nor sentences can be had back. A value; see
// docs/recognising.md for why each part is there.
struct Fingerprint {
  // A number in its place: the hash of the words around it, and of its value.
  // Look-alikes have the places in common and not the values.
  struct Slot {
    std::uint16_t place = 0;
    std::uint16_t value = 0;
    auto operator<=>(const Slot&) const = default;
  };

  // A word that may tell what the text is about. A single digit says nothing of that,
  // but "Part 1" and "Part 2" are two: such a one is kept of titles only, and is not
  // early (term_is_part()).
  struct Term {
    enum Kind : std::uint8_t { word = 0, name = 1, number = 2 };
    std::uint32_t hash = 0;
    std::uint8_t count = 0;  // in the text, 15 at most
    Kind kind = word;
    bool in_title = false;
    bool is_early = false;  // in the first sentences
    bool operator==(const Term&) const = default;
  };

  static constexpr std::size_t kMaxShingles = 36;
  static constexpr std::size_t kMaxSlots = 12;
  static constexpr std::size_t kMaxFacts = 16;
  static constexpr std::size_t kMaxNegations = 6;
  static constexpr std::size_t kMaxTerms = 24;

  std::uint64_t words_hash = 0;         // of all words in order; equal: an exact copy
  std::uint32_t words = 0;              // how many words the text has
  std::uint8_t level = 0;               // one of 2^level shingles is kept
  std::vector<std::uint32_t> shingles;  // sorted; the level's low bits are zero
  std::vector<Slot> slots;              // sorted
  // Samples, sorted, of the numbers and names (`facts`), and of what is negated:
  // the smallest hashes, so that those of two texts are comparable. The samples
  // are complete when they are shorter than their limits below.
  std::vector<std::uint16_t> facts;
  std::vector<std::uint16_t> negations;
  std::vector<Term> terms;  // the most telling first

  bool is_empty() const { return words == 0 && terms.empty(); }
  bool operator==(const Fingerprint&) const = default;
};

// Takes the fingerprint of an article: UTF-8, plain text; broken UTF-8 only
// separates words. Pure; safe on any thread; linear in the text's length, of
// which no more than limits::kMaxFingerprintBytes are read.
Fingerprint fingerprint(std::string_view title, std::string_view text);

}  // namespace siftd
