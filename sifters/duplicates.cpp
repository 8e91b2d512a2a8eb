#include "sifters/duplicates.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace siftd {

namespace {

// What a shingle is worth that so many other articles have too.
constexpr std::array<float, 13> kWeight = {1,     0.8F,  0.5F,  0.3F, 0.18F, 0.1F, 0.06F,
                                           0.04F, 0.02F, 0.01F, 0,    0,     0};

float weight(std::size_t others) {
  return kWeight[std::min(others, kWeight.size() - 1)];
}

std::uint32_t exact_hash(std::uint64_t words_hash) {
  return static_cast<std::uint32_t>(words_hash >> 32) ^ 0x5BD1E995U;
}

struct Overlap {
  int shared = 0;
  int here = 0;
  int there = 0;
};

// Compares two samples of smallest values: up to where the shorter-sighted of
// the two ends.
Overlap overlap(std::span<const std::uint16_t> here, std::span<const std::uint16_t> there,
                std::size_t most) {
  std::uint32_t end = 0x10000;
  if (here.size() >= most)
    end = std::min<std::uint32_t>(end, here.back());
  if (there.size() >= most)
    end = std::min<std::uint32_t>(end, there.back());
  Overlap result;
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < here.size() || k < there.size()) {
    std::uint32_t a = i < here.size() ? here[i] : 0x10000;
    std::uint32_t b = k < there.size() ? there[k] : 0x10000;
    if (std::min(a, b) > end)
      break;
    if (a == b)
      ++result.shared;
    if (a <= b) {
      ++result.here;
      ++i;
    }
    if (b <= a) {
      ++result.there;
      ++k;
    }
  }
  return result;
}

// Counts the places that both texts have: with a number in common, or with
// other numbers only.
void compare_slots(std::span<const Fingerprint::Slot> here,
                   std::span<const Fingerprint::Slot> there, Evidence& evidence) {
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < here.size() && k < there.size()) {
    if (here[i].place != there[k].place) {
      (here[i].place < there[k].place ? i : k) += 1;
      continue;
    }
    std::uint16_t place = here[i].place;
    bool is_agreed = false;
    std::size_t last = k;
    while (last < there.size() && there[last].place == place)
      ++last;
    for (; i < here.size() && here[i].place == place; ++i) {
      for (std::size_t j = k; j < last; ++j)
        is_agreed |= here[i].value == there[j].value;
    }
    k = last;
    (is_agreed ? evidence.slots_agree : evidence.slots_differ) += 1;
  }
}

// What a text is about: in its title, and in the text too.
template <class Flags>
bool is_lead(const Flags& flags) {
  return flags.in_title && flags.count >= 2 && flags.kind != Fingerprint::Term::number;
}

struct PackedFlags {
  bool in_title;
  std::uint32_t count;
  Fingerprint::Term::Kind kind;

  explicit PackedFlags(Remembered::PackedTerm term)
      : in_title(term_in_title(term)), count(term_count(term)), kind(term_kind(term)) {}
};

void compare_terms(const Fingerprint& print,
                   std::span<const Remembered::PackedTerm> there, Evidence& evidence) {
  evidence.terms_here = static_cast<int>(print.terms.size());
  evidence.terms_there = static_cast<int>(there.size());
  int leads_found = 0;
  // Which hashes can be among those there: most are not, and need no search.
  std::uint64_t bits = 0;
  const auto bit = [](std::uint32_t hash24) {
    return std::uint64_t{1} << (hash24 & 63);
  };
  for (Remembered::PackedTerm other : there) {
    bits |= bit(term_hash(other));
    evidence.title_there += term_in_title(other);
    evidence.title_numbers_there +=
        term_in_title(other) && term_kind(other) == Fingerprint::Term::number;
    evidence.leads_there += is_lead(PackedFlags(other));
  }
  for (const Fingerprint::Term& term : print.terms) {
    evidence.title_here += term.in_title;
    evidence.title_numbers_here +=
        term.in_title && term.kind == Fingerprint::Term::number;
    evidence.leads_here += is_lead(term);
    auto other = there.end();
    if ((bits & bit(term.hash >> 8)) != 0) {
      other = std::find_if(there.begin(), there.end(), [&term](auto packed) {
        return term_hash(packed) == term.hash >> 8;
      });
    }
    if (other == there.end()) {
      evidence.leads_missing_there += is_lead(term);
      continue;
    }
    ++evidence.terms_shared;
    evidence.title_shared += term.in_title && term_in_title(*other);
    evidence.title_numbers_shared +=
        term.in_title && term_in_title(*other) && term.kind == Fingerprint::Term::number;
    leads_found += is_lead(PackedFlags(*other));
  }
  evidence.leads_missing_here = evidence.leads_there - leads_found;
}

// Whether the titles have a word in common, or one of them has none.
bool titles_agree(const Fingerprint& print,
                  std::span<const Remembered::PackedTerm> terms) {
  bool has_here = false;
  bool has_there = std::any_of(terms.begin(), terms.end(), term_in_title);
  for (const Fingerprint::Term& term : print.terms) {
    if (!term.in_title)
      continue;
    has_here = true;
    for (Remembered::PackedTerm other : terms) {
      if (term_in_title(other) && term_hash(other) == term.hash >> 8)
        return true;
    }
  }
  return !has_here || !has_there;
}

// What kind of copy it is, and whether it brings news.
void describe(const Evidence& e, Duplicates::Match& match) {
  double here = e.shared / std::max(e.here, 1e-6);
  double there = e.shared / std::max(e.there, 1e-6);
  // One of the two has much that the other has not.
  constexpr double kWhole = 0.75;
  constexpr double kUneven = 0.15;
  if (std::min(here, there) < kWhole && std::abs(here - there) > kUneven)
    match.kind = CopyKind::contained;
  // A fifth more, and some words at least: a byline and a place are no news.
  constexpr double kNews = 0.2;
  constexpr double kNewWords = 15;
  double grown = e.here - e.there;
  double words = grown / std::max(e.here, 1e-6) * e.words_here;
  match.adds_news = there > here && grown > kNews * e.there && words >= kNewWords;
  if (match.adds_news)
    match.kind = CopyKind::contained;
}

// Below so many words a text may be what a page says in place of an article: then
// the titles must agree.
constexpr std::uint32_t kFewWords = 40;

bool is_admitted(const Remembered::Record& record, const Duplicates::Search& search) {
  return record.original != search.except && record.time >= search.not_before;
}

}  // namespace

std::uint32_t Duplicates::find_exact(const Fingerprint& print, const Search& search) {
  if (print.words == 0)
    return 0;
  std::array<std::uint32_t, 32> found;
  std::size_t count =
      table_.find(exact_hash(print.words_hash), remembered_.first(), found);
  std::uint32_t best = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!remembered_.is_alive(found[i]))
      continue;
    const Remembered::Record& record = remembered_[found[i]];
    if (record.words_hash != print.words_hash || !is_admitted(record, search))
      continue;
    if (print.words < kFewWords && !titles_agree(print, record.terms()))
      continue;
    if (best == 0 || found[i] < best)
      best = found[i];
  }
  return best;
}

void Duplicates::gather_hits(const Fingerprint& print) {
  hits_.clear();
  counts_.clear();
  std::array<std::uint32_t, kMaxPostings> found;
  for (std::uint32_t shingle : print.shingles) {
    std::size_t count = table_.find(shingle, remembered_.first(), found);
    counts_.push_back(static_cast<std::uint8_t>(count));
    float worth = count == 0 ? 0 : weight(count - 1);
    if (worth <= 0)
      continue;
    for (std::size_t i = 0; i < count; ++i)
      hits_.push_back({0, found[i], worth});
  }
}

// Of the hits, the articles that together have the most weight: the best of the
// best families.
void Duplicates::choose(std::size_t most) {
  chosen_.clear();
  for (Hit& hit : hits_)
    hit.family = remembered_.family(hit.ordinal);
  std::sort(hits_.begin(), hits_.end(), [](const Hit& a, const Hit& b) {
    return a.family != b.family ? a.family < b.family : a.ordinal < b.ordinal;
  });
  // One entry a family, with its total and its heaviest article.
  for (std::size_t i = 0; i < hits_.size();) {
    Hit family{hits_[i].family, 0, 0};
    float best = 0;
    while (i < hits_.size() && hits_[i].family == family.family) {
      std::uint32_t ordinal = hits_[i].ordinal;
      float sum = 0;
      for (; i < hits_.size() && hits_[i].ordinal == ordinal; ++i)
        sum += hits_[i].weight;
      family.weight += sum;
      if (sum > best) {
        best = sum;
        family.ordinal = ordinal;
      }
    }
    chosen_.push_back(family);
  }
  auto heavier = [](const Hit& a, const Hit& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.ordinal < b.ordinal;
  };
  std::size_t kept = std::min(most, chosen_.size());
  std::partial_sort(chosen_.begin(), chosen_.begin() + static_cast<std::ptrdiff_t>(kept),
                    chosen_.end(), heavier);
  chosen_.resize(kept);
}

std::span<const Duplicates::Candidate> Duplicates::compare(const Fingerprint& print,
                                                           const Search& search) {
  // Less shared weight than this is chance or a common phrase.
  constexpr float kLeast = 0.9F;
  candidates_.clear();
  compared_ = print.words_hash;
  gather_hits(print);
  choose(kMaxCompared);
  while (!chosen_.empty() && chosen_.back().weight < kLeast)
    chosen_.pop_back();
  for (const Hit& hit : chosen_) {
    if (remembered_.is_alive(hit.ordinal))
      remembered_.prefetch(hit.ordinal);
  }
  for (const Hit& hit : chosen_) {
    if (!remembered_.is_alive(hit.ordinal))
      continue;
    const Remembered::Record& record = remembered_[hit.ordinal];
    std::optional<Evidence> evidence = compare_with(print, record, search.threshold);
    if (!evidence || evidence->shared <= 0)
      continue;
    std::uint32_t then = record.time;
    evidence->days =
        (search.now > then ? search.now - then : then - search.now) / 86400.0;
    candidates_.push_back({hit.ordinal, *evidence});
  }
  return candidates_;
}

// Nothing: it does not reach the threshold.
std::optional<Evidence> Duplicates::compare_with(const Fingerprint& print,
                                                 const Remembered::Record& record,
                                                 double threshold) {
  Evidence evidence;
  std::uint8_t level = std::max<std::uint8_t>(print.level, record.level);
  std::uint32_t mask = (1U << level) - 1;
  std::span<const std::uint32_t> there = record.shingles();
  std::array<std::uint32_t, Fingerprint::kMaxShingles> only;  // there
  std::size_t only_count = 0;
  std::size_t k = 0;
  const auto pass = [&](std::uint64_t limit) {
    for (; k < there.size() && there[k] < limit; ++k) {
      if ((there[k] & mask) == 0)
        only[only_count++] = there[k];
    }
  };
  for (std::size_t i = 0; i < print.shingles.size(); ++i) {
    std::uint32_t shingle = print.shingles[i];
    if ((shingle & mask) != 0)
      continue;
    pass(shingle);
    bool is_shared = k < there.size() && there[k] == shingle;
    std::size_t others = counts_[i];
    if (is_shared && others > 0)
      --others;
    float worth = weight(others);
    evidence.here += worth;
    ++evidence.count_here;
    if (is_shared) {
      evidence.shared += worth;
      ++evidence.count_shared;
      ++k;
    }
  }
  pass(std::uint64_t{1} << 32);
  evidence.count_there = evidence.count_shared + static_cast<int>(only_count);
  if (most_by_shingles(evidence) < threshold)
    return std::nullopt;
  compare_slots(print.slots, record.slots(), evidence);
  Overlap facts = overlap(print.facts, record.facts(), Fingerprint::kMaxFacts);
  evidence.facts_shared = facts.shared;
  evidence.facts_here = facts.here;
  evidence.facts_there = facts.there;
  Overlap negated =
      overlap(print.negations, record.negations(), Fingerprint::kMaxNegations);
  evidence.negated_here = negated.here - negated.shared;
  evidence.negated_there = negated.there - negated.shared;
  compare_terms(print, record.terms(), evidence);
  evidence.words_here = print.words;
  evidence.words_there = record.words;
  if (most_by_counts(evidence) < threshold)
    return std::nullopt;
  evidence.there = evidence.shared;
  const std::span<const std::uint32_t> rest(only.data(), only_count);
  for (std::uint32_t shingle : rest)
    table_.prefetch(shingle);
  std::array<std::uint32_t, kMaxPostings> found;
  for (std::uint32_t shingle : rest) {
    std::size_t others = table_.find(shingle, remembered_.first(), found);
    evidence.there += weight(others == 0 ? 0 : others - 1);
  }
  return evidence;
}

std::optional<Duplicates::Match> Duplicates::find(const Fingerprint& print,
                                                  const Search& search) {
  // What find_exact() and compare() look up, all at once.
  table_.prefetch(exact_hash(print.words_hash));
  for (std::uint32_t shingle : print.shingles)
    table_.prefetch(shingle);
  if (std::uint32_t exact = find_exact(print, search))
    return Match{exact, 1, CopyKind::exact, false};
  std::optional<Match> best;
  const Evidence* evidence = nullptr;
  for (const Candidate& candidate : compare(print, search)) {
    const Remembered::Record& record = remembered_[candidate.ordinal];
    bool is_short = std::min<std::uint32_t>(print.words, record.words) < kFewWords;
    if (is_short && !titles_agree(print, record.terms()))
      continue;
    if (!is_admitted(record, search))
      continue;
    double sure = certainty(candidate.evidence);
    if (sure < search.threshold || (best && sure <= best->similarity))
      continue;
    best = Match{candidate.ordinal, sure, CopyKind::near, false};
    evidence = &candidate.evidence;
  }
  if (!best)
    return best;
  describe(*evidence, *best);
  return best;
}

void Duplicates::post(std::uint32_t ordinal) {
  if (table_.is_full()) {
    rebuild();
  }
  const Remembered::Record& record = remembered_[ordinal];
  if (record.words == 0) {
    return;
  }
  // Nobody of its family can have posted for it: no need to ask who did.
  const bool is_alone = remembered_.family(ordinal) == ordinal && record.next == 0;
  post_hash(exact_hash(record.words_hash), ordinal, is_alone);
  for (std::uint32_t shingle : record.shingles()) {
    table_.prefetch(shingle);
  }
  for (std::uint32_t shingle : record.shingles()) {
    post_hash(shingle, ordinal, is_alone);
  }
}

void Duplicates::post_compared(std::uint32_t ordinal) {
  const Remembered::Record& record = remembered_[ordinal];
  bool is_known = std::exchange(compared_, 0) == record.words_hash && record.words != 0 &&
                  counts_.size() == record.shingle_count &&
                  remembered_.family(ordinal) == ordinal && !table_.is_full();
  if (!is_known) {
    return post(ordinal);
  }
  table_.insert(exact_hash(record.words_hash), ordinal, remembered_.first());
  std::span<const std::uint32_t> shingles = record.shingles();
  for (std::size_t i = 0; i < shingles.size(); ++i) {
    if (counts_[i] < kMaxPostings) {
      table_.insert(shingles[i], ordinal, remembered_.first());
    }
  }
}

// A family posts a hash once, so that postings count stories and not copies.
void Duplicates::post_hash(std::uint32_t hash, std::uint32_t ordinal, bool is_alone) {
  std::array<std::uint32_t, kMaxPostings> found;
  std::size_t count = table_.find(hash, remembered_.first(), found);
  if (count == kMaxPostings)
    return;
  const auto is_of_family = [this,
                             family = remembered_.family(ordinal)](std::uint32_t i) {
    return remembered_.is_alive(i) && remembered_.family(i) == family;
  };
  if (!is_alone && std::any_of(found.begin(), found.begin() + count, is_of_family)) {
    return;
  }
  table_.insert(hash, ordinal, remembered_.first());
}

void Duplicates::unpost(std::uint32_t ordinal) {
  const Remembered::Record& record = remembered_[ordinal];
  table_.erase(exact_hash(record.words_hash), ordinal);
  for (std::uint32_t shingle : record.shingles())
    table_.erase(shingle, ordinal);
}

void Duplicates::rebuild() {
  std::size_t postings = 0;
  for (std::uint32_t i = remembered_.first(); i < remembered_.end(); ++i) {
    if (remembered_.is_alive(i))
      postings += remembered_[i].shingle_count + 1U;
  }
  table_.clear(postings);
  for (std::uint32_t i = remembered_.first(); i + 1 < remembered_.end(); ++i) {
    if (remembered_.is_alive(i))
      post(i);
  }
}

}  // namespace siftd
