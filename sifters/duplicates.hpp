#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sifters/event.hpp"
#include "sifters/fingerprint.hpp"
#include "sifters/posting_table.hpp"
#include "sifters/remembered.hpp"

namespace siftd {

// What speaks for and against two texts being one article: `here` is the text
// that is judged, `there` the earlier one. Shingles are weighed: those that many
// articles share count little.
struct Evidence {
  double shared = 0;     // weight of the shingles in both
  double here = 0;       // of all shingles here, at the coarser of the levels
  double there = 0;      // of all there
  int count_shared = 0;  // the same three as plain counts: what many stories share
  int count_here = 0;    // weighs nothing, and is still another text
  int count_there = 0;
  int slots_agree = 0;   // numbers in the same place: the same
  int slots_differ = 0;  // another
  int facts_shared = 0;  // names and numbers in both samples
  int facts_here = 0;    // in the comparable part of the sample here
  int facts_there = 0;
  int negated_here = 0;   // what is negated here only
  int negated_there = 0;  // there only
  int terms_shared = 0;   // of the telling terms of both
  int terms_here = 0;
  int terms_there = 0;
  int title_shared = 0;  // of these, those in both titles
  int title_here = 0;
  int title_there = 0;
  int title_numbers_here = 0;  // numbers in the title
  int title_numbers_there = 0;
  int title_numbers_shared = 0;
  int leads_here = 0;  // of the terms, what the text here is about
  int leads_there = 0;
  int leads_missing_here = 0;   // of what the text there is about
  int leads_missing_there = 0;  // of what the text here is about
  double days = 0;              // between the two
  std::uint32_t words_here = 0;
  std::uint32_t words_there = 0;
};

// How sure, 0..1, that the two are one article: a logistic model of a few ratios
// of the evidence.
double certainty(const Evidence& evidence);

// What certainty() can be at most, before all of the evidence is in: by the three
// counts of shingles; and by all but `there`, the weight of the shingles there, which
// costs a look-up for each.
double most_by_shingles(const Evidence& evidence);
double most_by_counts(const Evidence& evidence);

// Finds copies: exact, near and contained ones, whole or cut. Owns the index of
// shingles; reads the records of Remembered, which outlives it.
class Duplicates {
 public:
  struct Candidate {
    std::uint32_t ordinal = 0;
    Evidence evidence;
  };
  struct Match {
    std::uint32_t ordinal = 0;
    double similarity = 0;
    CopyKind kind = CopyKind::none;
    bool adds_news = false;
  };

  explicit Duplicates(Remembered& remembered) : remembered_(remembered) {}

  struct Search {
    std::uint32_t now = 0;         // Unix seconds
    std::uint32_t not_before = 0;  // older articles are no match
    double threshold = 0.8;
    std::uint32_t except = 0;  // the copies of this one are no match
  };
  // The best match at or above the threshold.
  std::optional<Match> find(const Fingerprint& print, const Search& search);

  // An earlier article with the same words; 0: none.
  std::uint32_t find_exact(const Fingerprint& print, const Search& search);

  // The most promising earlier articles that can reach the threshold, compared; at
  // most kMaxCompared.
  std::span<const Candidate> compare(const Fingerprint& print, const Search& search);

  // Makes a remembered article findable; its family is set already.
  void post(std::uint32_t ordinal);

  // The same for the article that find() was just asked about, and faster.
  void post_compared(std::uint32_t ordinal);

  // Takes back what it posted, before it is forgotten.
  void unpost(std::uint32_t ordinal);

  std::size_t bytes() const { return table_.bytes(); }

  static constexpr std::size_t kMaxCompared = 6;

 private:
  // A shingle in more articles than this is boilerplate, and no longer posted.
  static constexpr std::size_t kMaxPostings = 12;

  struct Hit {
    std::uint32_t family;
    std::uint32_t ordinal;
    float weight;
  };

  void gather_hits(const Fingerprint& print);
  void choose(std::size_t most);
  std::optional<Evidence> compare_with(const Fingerprint& print,
                                       const Remembered::Record& record,
                                       double threshold);
  void post_hash(std::uint32_t hash, std::uint32_t ordinal, bool is_alone);
  void rebuild();

  Remembered& remembered_;
  PostingTable table_;
  std::uint64_t compared_ = 0;  // the words_hash that counts_ is of; 0: stale
  // Room from one call to the next.
  std::vector<std::uint8_t> counts_;  // of postings, for each shingle asked for
  std::vector<Hit> hits_;
  std::vector<Hit> chosen_;
  std::vector<Candidate> candidates_;
};

}  // namespace siftd
