// How sure it is that two texts are one article.
#include <algorithm>
#include <cmath>
#include <utility>

#include "sifters/duplicates.hpp"

namespace siftd {

namespace {

// The ratios that the model is made of. Directions are told apart by which text
// is the better contained in the other: a cut copy has all its shingles there,
// and not the other way round.
struct Ratios {
  double contained, containing;  // shared weight: of the better contained, of the other
  double facts, facts_other;     // facts in common, in the same two directions
  double body, title;            // terms in common

  explicit Ratios(const Evidence& e) {
    double here = e.shared / (e.here + 0.3);
    double there = e.shared / (e.there + 0.3);
    facts = (e.facts_shared + 0.5) / (e.facts_here + 1);
    facts_other = (e.facts_shared + 0.5) / (e.facts_there + 1);
    if (here < there)
      std::swap(facts, facts_other);
    contained = std::max(here, there);
    containing = std::min(here, there);
    int fewer = std::min(e.terms_here - e.title_here, e.terms_there - e.title_there);
    body = (e.terms_shared - e.title_shared + 0.5) / (std::max(0, fewer) + 1);
    title = (e.title_shared + 0.5) / (std::min(e.title_here, e.title_there) + 1);
  }
};

// The same as plain counts, of the text that has fewer.
double plain_share(const Evidence& e) {
  return e.count_shared / (std::min(e.count_here, e.count_there) + 0.3);
}

// The same headline, and what it is about is in both texts: the pairs of the fit
// seldom had whole headlines, which say more than the model knows.
bool has_same_title(const Evidence& e, const Ratios& r) {
  return r.title >= 0.88 && e.title_shared >= 4 &&
         e.leads_missing_here + e.leads_missing_there == 0;
}

// Of the shingles so many have to be common.
constexpr double kLeastShared = 0.2;
constexpr double kLeastSharedWithTitle = 0.13;

// Passages in common make a story; for a copy that is so far from its original the
// headline has to speak too. `plain` is the share in common.
bool is_mostly_other(const Evidence& e, const Ratios& r, double plain) {
  const bool has_title = r.title >= 0.6 && e.title_shared >= 2;
  // Two passages of a small sample may be a chance find: then the headline or what
  // both speak of has to agree.
  const bool is_chance = e.count_shared < 3 && r.body < 0.2 && !has_title;
  const double least = has_same_title(e, r) ? kLeastSharedWithTitle : kLeastShared;
  return plain < least || (plain < 0.4 && !has_title) || is_chance;
}

// Reports of one series share their formula and say other things; their headlines tell.
// A copy under a headline of its own has nearly all of its text in common.
bool is_of_a_series(const Evidence& e, double plain) {
  constexpr int kHeadline = 3;  // terms
  constexpr double kFormula = 0.7;
  return std::min(e.title_here, e.title_there) >= kHeadline && e.title_shared == 0 &&
         plain < kFormula;
}

// What a text scores at most that has something decisive against it.
constexpr double kDecisive = -0.5;
// Moves the point where the fewest mistakes are made to 0.8 on the scale.
constexpr double kBias = 0.686;

double to_probability(double z) {
  return 1 / (1 + std::exp(-z - kBias));
}

double not_shared(int shared, int all) {
  return all == 0 ? 1 : 1 - 1.0 * shared / all;
}

// The same words but for one place, and in that place another number or a
// negation: "dies" and "does not die". However alike, they say other things.

bool differs_in_a_word_that_matters(const Evidence& e) {
  constexpr double kWords = 10;       // about two shingles' worth
  constexpr double kPlainWords = 25;  // a footer's worth
  double here = (1 - e.shared / std::max(e.here, 1e-3)) * e.words_here;
  double there = (1 - e.shared / std::max(e.there, 1e-3)) * e.words_there;
  if (here > kWords || there > kWords) {
    return false;
  }
  // What many articles say weighs nothing and may hold a negation of its own.
  double plain_here = not_shared(e.count_shared, e.count_here) * e.words_here;
  double plain_there = not_shared(e.count_shared, e.count_there) * e.words_there;
  double grown = std::abs(1.0 * e.words_here - e.words_there);
  bool has_footer = std::max(plain_here, plain_there) > kPlainWords || grown > kWords;
  return e.slots_differ > 0 || (!has_footer && e.negated_here + e.negated_there > 0);
}

}  // namespace

double most_by_shingles(const Evidence& e) {
  return plain_share(e) < kLeastSharedWithTitle ? to_probability(kDecisive) : 1;
}

double most_by_counts(const Evidence& e) {
  return is_mostly_other(e, Ratios(e), plain_share(e)) ? to_probability(kDecisive) : 1;
}

double certainty(const Evidence& e) {
  // Fitted by logistic regression to 36,000 pairs of copies and look-alikes. Some of
  // the pairs had their titles taken away, so that no title is no argument. What is
  // the same in most of the text is scarcely judged by its title; short texts need
  // more than long ones.
  if (e.shared <= 0) {
    return 0;
  }
  Ratios r(e);
  double c = r.contained;
  double places = e.slots_agree + e.slots_differ + 1.0;
  double swapped =
      std::min(e.facts_here - e.facts_shared, e.facts_there - e.facts_shared) /
      (e.facts_shared + 1.0);
  double days = std::min(e.days, 7.0);
  double length = std::log(std::min(e.words_here, e.words_there) + 5.0);
  double uneven = std::abs(std::log((e.words_here + 9.0) / (e.words_there + 9.0)));
  double leads = std::min(e.leads_missing_there / (e.leads_here + 0.5),
                          e.leads_missing_here / (e.leads_there + 0.5));
  double z = -9.469;
  z +=
      8.298 * c - 1.685 * c * c - 1.258 * r.containing + 1.153 * std::log(e.shared + 0.1);
  z += 0.673 * length + 1.201 * length * r.containing + 0.193 * uneven;
  z += 1.171 * r.facts - 0.322 * r.facts * r.facts + 2.047 * r.facts * c +
       0.315 * r.facts_other + 0.1 * swapped * r.containing;
  z += -0.779 * e.slots_differ / places -
       2.21 * std::min(e.slots_differ, 3) * r.containing;
  z += -4.891 * r.body + 0.918 * (1 - c) * r.body + 1.607 * r.title +
       2.617 * (1 - c) * r.title - 8.796 * leads;
  z += -2.477 * std::log1p(days) + 0.571 * std::min(days, 1.0) * r.containing;
  // By plain counts too: what the rest of both says is often said, and yet not here.
  double plain = std::min(c, plain_share(e));
  bool has_title = has_same_title(e, r);
  constexpr double kSameTitle = 0.6;
  z += has_title ? kSameTitle : 0;
  bool is_other = c < 1.5 * (has_title ? kLeastSharedWithTitle : kLeastShared) ||
                  is_mostly_other(e, r, plain);
  // "Briefing 12" and "Briefing 13" are two, unless nearly all of the text is the same.
  bool is_next_in_series = plain < 0.8 && e.title_numbers_here > 0 &&
                           e.title_numbers_there > 0 && e.title_numbers_shared == 0;
  if (is_other || is_next_in_series || is_of_a_series(e, plain) ||
      differs_in_a_word_that_matters(e)) {
    z = std::min(z, kDecisive);
  }
  return to_probability(z);
}

}  // namespace siftd
