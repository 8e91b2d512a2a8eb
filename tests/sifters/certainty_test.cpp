// The model of copies, on evidence that was seen.
#include <algorithm>
#include <random>

#include "sifters/duplicates.hpp"
#include "tests/catch.hpp"

using siftd::certainty;
using siftd::Evidence;

TEST_CASE(
    "recogniser: two passages of a small sample are no copy unless both speak alike",
    "[recogniser]") {
  // Seen: 280 words of other sentences, of which two of the four sampled runs stood in
  // a text of 1,200 words by chance.
  Evidence found{.shared = 1.6,
                 .here = 1.8,
                 .there = 20,
                 .count_shared = 2,
                 .count_here = 4,
                 .count_there = 29,
                 .facts_shared = 3,
                 .facts_here = 4,
                 .facts_there = 16,
                 .terms_shared = 2,
                 .terms_here = 24,
                 .terms_there = 24,
                 .title_here = 3,
                 .title_there = 5,
                 .words_here = 280,
                 .words_there = 1200};
  Evidence same = found;
  same.shared = 1.8;
  same.facts_shared = 4;
  same.terms_shared = 20;
  same.title_here = 0;
  same.title_there = 0;
  same.count_shared = 4;
  CHECK(certainty(same) > 0.8);
  CHECK(certainty(found) < 0.8);
  Evidence headed = found;
  headed.title_shared = 3;
  headed.terms_shared = 3;
  CHECK(certainty(headed) > certainty(found));
}

TEST_CASE("certainty: a passage of an article under the same headline is a copy of it",
          "[recogniser]") {
  // Seen: a third of the text, between other boilerplate, and no word of the headline
  // changed. Under another headline it is one passage in common.
  Evidence cut{.shared = 5.4,
               .here = 16.5,
               .there = 30.6,
               .count_shared = 6,
               .count_here = 32,
               .count_there = 32,
               .slots_agree = 2,
               .facts_shared = 6,
               .facts_here = 16,
               .facts_there = 13,
               .terms_shared = 9,
               .terms_here = 24,
               .terms_there = 24,
               .title_shared = 4,
               .title_here = 4,
               .title_there = 4,
               .leads_here = 2,
               .leads_there = 2,
               .days = 0.2,
               .words_here = 127,
               .words_there = 162};
  CHECK(certainty(cut) > 0.8);
  Evidence other = cut;
  other.title_shared = 1;
  other.terms_shared = 6;
  CHECK(certainty(other) < 0.8);
}

TEST_CASE("certainty: a negation in the boilerplate is no argument against a copy",
          "[recogniser]") {
  Evidence evidence{.shared = 5,
                    .here = 5.1,
                    .there = 5,
                    .count_shared = 15,
                    .count_here = 15,
                    .count_there = 15,
                    .slots_agree = 6,
                    .facts_shared = 12,
                    .facts_here = 12,
                    .facts_there = 12,
                    .terms_shared = 20,
                    .terms_here = 24,
                    .terms_there = 24,
                    .title_shared = 4,
                    .title_here = 4,
                    .title_there = 4,
                    .words_here = 113,
                    .words_there = 113};
  CHECK(certainty(evidence) > 0.8);
  evidence.negated_here = 1;  // "dies", "does not die"
  CHECK(certainty(evidence) < 0.8);
  evidence.count_here = 21;  // with a footer that many articles have
  evidence.words_here = 161;
  CHECK(certainty(evidence) > 0.8);
}

TEST_CASE("certainty: what is ruled out early is never above its bound", "[recogniser]") {
  std::mt19937 random(7);
  const auto up_to = [&random](int most) {
    return std::uniform_int_distribution<>(0, most)(random);
  };
  int ruled_out = 0;
  int sure = 0;
  for (int round = 0; round < 200000; ++round) {
    Evidence e;
    e.count_shared = up_to(36);
    e.count_here = e.count_shared + up_to(36);
    e.count_there = e.count_shared + up_to(36);
    e.shared = e.count_shared * 0.01 * up_to(100);
    e.here = e.shared + (e.count_here - e.count_shared) * 0.01 * up_to(100);
    e.there = e.shared + (e.count_there - e.count_shared) * 0.01 * up_to(100);
    e.facts_shared = up_to(8);
    e.facts_here = e.facts_shared + up_to(8);
    e.facts_there = e.facts_shared + up_to(8);
    e.title_shared = up_to(8);
    e.title_here = e.title_shared + up_to(3);
    e.title_there = e.title_shared + up_to(3);
    e.terms_shared = e.title_shared + up_to(16);
    e.terms_here = std::max(e.terms_shared, e.title_here);
    e.terms_there = std::max(e.terms_shared, e.title_there);
    e.leads_missing_here = up_to(1);
    e.leads_here = e.leads_there = 2;
    e.words_here = static_cast<std::uint32_t>(up_to(2000));
    e.words_there = static_cast<std::uint32_t>(up_to(2000));
    const double found = certainty(e);
    const double by_shingles = siftd::most_by_shingles(e);
    const double by_counts = siftd::most_by_counts(e);
    if (found > by_shingles || found > by_counts) {
      CAPTURE(e.count_shared, e.count_here, e.count_there, e.title_shared);
      FAIL(found << " is above " << by_shingles << " or " << by_counts);
    }
    ruled_out += by_shingles < 0.6 ? 1 : 0;
    sure += found > 0.8 ? 1 : 0;
  }
  // The check has seen both kinds.
  CHECK(ruled_out > 1000);
  CHECK(sure > 1000);
}

TEST_CASE("certainty: reports of a series share their formula, not their headlines",
          "[recogniser]") {
  // Seen: two of three paragraphs the same but for a name in each, one of three another.
  const Evidence report{.shared = 14,
                        .here = 22,
                        .there = 23,
                        .count_shared = 20,
                        .count_here = 32,
                        .count_there = 33,
                        .facts_shared = 9,
                        .facts_here = 14,
                        .facts_there = 14,
                        .terms_shared = 12,
                        .terms_here = 24,
                        .terms_there = 24,
                        .title_here = 5,
                        .title_there = 6,
                        .words_here = 520,
                        .words_there = 540};
  CHECK(certainty(report) < 0.8);
  Evidence untitled = report;
  untitled.title_here = untitled.title_there = 0;
  CHECK(certainty(untitled) > 0.8);
  Evidence agreeing = report;
  agreeing.title_shared = 3;
  CHECK(certainty(agreeing) > 0.8);
  Evidence whole = report;  // a copy that got another headline
  whole.shared = 20;
  whole.count_shared = 29;
  whole.facts_shared = 12;
  whole.terms_shared = 18;
  CHECK(certainty(whole) > 0.8);
}
