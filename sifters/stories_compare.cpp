// Which story an article is of: its terms, the articles that share the heaviest of them,
// and how their stories go with it.
#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

#include "sifters/stories.hpp"
#include "sifters/term_weights.hpp"
#include "sifters/usual_words.hpp"

namespace siftd {

float Stories::idf(std::uint32_t hash24) const {
  return std::max(0.02F, 1 - log_of(counts()[hash24 % kCounts] + 1) * per_log_articles_);
}

float Stories::weigh(Remembered::PackedTerm term) const {
  return raw_weight(term) * idf(term_hash(term));
}

// Before the first article: whoever wants no stories does not pay for it.
void Stories::count_usual_words() {
  if (std::exchange(has_usual_words_, true)) {
    return;
  }
  for (const UsualWord& word : usual_words()) {
    counts()[(word.hash >> 8) % kCounts] +=
        static_cast<std::uint32_t>(word.share * kUsualArticles);
  }
}

void Stories::load_query(const Fingerprint& print) {
  count_usual_words();
  Query& q = query_;
  q.terms.clear();
  q.packed.clear();
  per_log_articles_ = 1 / std::log(static_cast<float>(articles_) + kPriorArticles);
  for (const Fingerprint::Term& term : print.terms)
    __builtin_prefetch(&counts()[(term.hash >> 8) % kCounts]);
  std::array<std::pair<float, Remembered::PackedTerm>, 64> sorted;
  std::size_t n = 0;
  for (const Fingerprint::Term& term : print.terms) {
    Remembered::PackedTerm packed = pack_term(term);
    sorted[n++] = {weigh(packed), packed};
    if (n == sorted.size())
      break;
  }
  std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(n),
            [](const auto& a, const auto& b) {
              return a.first != b.first ? a.first > b.first : a.second < b.second;
            });
  q.slots.fill(0);
  float squares = 0;
  float names = 0;
  q.title = q.sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::uint32_t hash = term_hash(sorted[i].second);
    q.sum += sorted[i].first;
    if (term_in_title(sorted[i].second))
      q.title += sorted[i].first;
    if (term_kind(sorted[i].second) != Fingerprint::Term::word)
      names += sorted[i].first;
    q.terms.push_back({hash, sorted[i].first});
    q.packed.push_back(sorted[i].second);
    squares += sorted[i].first * sorted[i].first;
    if (term_is_part(sorted[i].second)) {
      continue;  // not looked for
    }
    std::size_t at = hash % q.slots.size();
    while (q.slots[at] != 0)
      at = (at + 1) % q.slots.size();
    q.slots[at] = static_cast<std::uint8_t>(i + 1);
  }
  q.norm = std::sqrt(squares);
  q.names = names;
}

std::span<const Remembered::PackedTerm> Stories::choose_terms(const Fingerprint& print) {
  load_query(print);
  return query_.packed;
}

// The index of a query's term; -1: it has none such.
int Stories::find_term(std::uint32_t hash24) const {
  for (std::size_t at = hash24 % query_.slots.size(); query_.slots[at] != 0;
       at = (at + 1) % query_.slots.size()) {
    int index = query_.slots[at] - 1;
    if (query_.terms[static_cast<std::size_t>(index)].hash == hash24)
      return index;
  }
  return -1;
}

// The articles that have some of the heaviest terms, one hit each, the heaviest
// first, and not too many.
void Stories::gather_hits() {
  static_assert(kProbes * kMaxPostings * 2 < std::tuple_size_v<decltype(slots_)>);
  hits_.clear();
  slots_.fill({0, 0});
  std::size_t probes = std::min(kProbes, query_.terms.size());
  for (std::size_t i = 0; i < probes; ++i)
    table_.prefetch(spread(query_.terms[i].hash));
  std::array<std::uint32_t, kMaxPostings> found;
  for (std::size_t i = 0; i < probes; ++i) {
    std::size_t count =
        table_.find(spread(query_.terms[i].hash), remembered_.first(), found);
    for (std::size_t k = 0; k < count; ++k) {
      std::size_t at = found[k] * 0x9E3779B1U >> 24;
      while (slots_[at].ordinal != 0 && slots_[at].ordinal != found[k])
        at = (at + 1) % slots_.size();
      slots_[at].ordinal = found[k];
      slots_[at].weight += query_.terms[i].weight;
    }
  }
  for (const Hit& hit : slots_) {
    if (hit.ordinal != 0) {
      hits_.push_back(hit);
    }
  }
  auto lighter = [](const Hit& a, const Hit& b) {
    return a.weight != b.weight ? a.weight < b.weight : a.ordinal < b.ordinal;
  };
  // A heap: who is alive is asked of the heaviest only, since each costs a cache miss.
  std::make_heap(hits_.begin(), hits_.end(), lighter);
  std::array<Hit, kMaxHits> heaviest;
  std::size_t count = 0;
  while (!hits_.empty() && count < kMaxHits) {
    std::size_t end = count;
    for (; !hits_.empty() && end < kMaxHits; ++end) {
      std::pop_heap(hits_.begin(), hits_.end(), lighter);
      heaviest[end] = hits_.back();
      hits_.pop_back();
      remembered_.prefetch_entry(heaviest[end].ordinal);
    }
    for (std::size_t i = count; i < end; ++i) {
      if (remembered_.is_alive(heaviest[i].ordinal)) {
        remembered_.prefetch_terms(heaviest[i].ordinal);
        heaviest[count++] = heaviest[i];
      }
    }
  }
  hits_.assign(heaviest.begin(), heaviest.begin() + count);
}

Stories::Match Stories::match(std::uint32_t ordinal) const {
  Match match{.ordinal = ordinal};
  for (Remembered::PackedTerm term : remembered_[ordinal].terms()) {
    int index = find_term(term_hash(term));
    if (index < 0)
      continue;
    auto i = static_cast<std::size_t>(index);
    const Weight& mine = query_.terms[i];
    // A term's idf is in its weight here.
    float idf_here = mine.weight / raw_weight(query_.packed[i]);
    float product = mine.weight * raw_weight(term) * idf_here;
    match.dot += product;
    match.distinct += product * idf_here;
    match.shared += mine.weight;
    if (term_in_title(query_.packed[i]))
      match.title += mine.weight;
    bool is_named = term_kind(query_.packed[i]) != Fingerprint::Term::word ||
                    term_kind(term) != Fingerprint::Term::word;
    if (is_named)
      match.names += mine.weight;
  }
  return match;
}

void Stories::add_norms(Match& match) const {
  float squares = 0;
  for (Remembered::PackedTerm term : remembered_[match.ordinal].terms()) {
    float weight = weigh(term);
    squares += weight * weight;
  }
  match.distinct /= std::max(1e-6F, match.dot);
  match.cosine = match.dot / std::max(1e-6F, query_.norm * std::sqrt(squares));
  // A text without names is not like another for a single one.
  match.names /= std::max(query_.names, query_.sum * 0.25F) + 1e-6F;
  match.names = std::min(1.0F, match.names);
}

void Stories::compare_with(const Story& story, Likeness& likeness) const {
  float dot = 0;
  float squares = 0;
  float typical = 0;
  auto size = static_cast<float>(story.texts);
  for (const StoryTerm& term : story.terms()) {
    float weight = term.weight * idf(term.hash());
    squares += weight * weight;
    int index = find_term(term.hash());
    if (index < 0)
      continue;
    float mine = query_.terms[static_cast<std::size_t>(index)].weight;
    dot += mine * weight;
    typical += mine * std::min(1.0F, static_cast<float>(term.count()) / size);
  }
  likeness.centroid = dot / std::max(1e-6F, query_.norm * std::sqrt(squares));
  likeness.typical = typical / std::max(1e-6F, query_.sum);
}

std::span<const Stories::Likeness> Stories::compare(const Fingerprint& print,
                                                    std::uint32_t now) {
  constexpr std::size_t kMost = 8;
  likenesses_.clear();
  load_query(print);
  gather_hits();
  std::vector<Match>& matches = matches_;
  matches.clear();
  for (const Hit& hit : hits_) {
    matches.push_back(match(hit.ordinal));
    const Remembered::Record& record = remembered_[hit.ordinal];
    if (record.has_company) {
      stories_.prefetch(record.story);
    }
  }
  std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
    return a.dot != b.dot ? a.dot > b.dot : a.ordinal > b.ordinal;
  });
  const std::size_t count = std::min(matches.size(), kMost);
  for (std::size_t i = 0; i < count; ++i) {
    for (const Remembered::PackedTerm term : remembered_[matches[i].ordinal].terms()) {
      __builtin_prefetch(&counts()[term_hash(term) % kCounts]);
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    Match& found = matches[i];
    const Remembered::Record& record = remembered_[found.ordinal];
    add_norms(found);
    auto at = std::find_if(likenesses_.begin(), likenesses_.end(),
                           [&](const Likeness& l) { return l.story == record.story; });
    if (at != likenesses_.end() && at->member >= found.cosine)
      continue;
    bool is_new = at == likenesses_.end();
    if (is_new)
      at = likenesses_.insert(at, Likeness{.story = record.story});
    at->member = found.cosine;
    at->distinct = found.distinct;
    at->names = found.names;
    at->title = found.title / std::max(1e-6F, query_.title);
    at->terms =
        static_cast<float>(std::min<std::size_t>(query_.terms.size(), record.term_count));
    const Story* story = record.has_company ? stories_.find(record.story) : nullptr;
    bool is_single = story == nullptr || story->term_count == 0;
    if (is_single) {
      at->centroid = found.cosine;
      at->typical = found.shared / std::max(1e-6F, query_.sum);
    } else if (is_new) {
      compare_with(*story, *at);
    }
    at->size = is_single ? 1 : static_cast<float>(story->count);
    std::uint32_t then = story == nullptr ? record.time : story->latest;
    at->days = now > then ? static_cast<float>(now - then) / 86400.0F : 0;
  }
  return likenesses_;
}

float Stories::score(const Likeness& l) {
  float few = 1 - std::min(l.terms, 24.0F) / 24;
  // Days cost the less, the rarer is what both have: a name that nobody else has
  // carries a story over weeks, a president's does not.
  float days = std::log1p(l.days) * (0.385F * l.distinct - 0.414F);
  // A short text needs less, and less by its title, which is most of what it says.
  return -0.254F + 0.484F * l.member + 0.678F * l.centroid + 0.07F * l.typical -
         0.158F * l.names + 0.043F * l.title + days +
         few * (0.066F - 0.05F * l.member + 0.448F * l.centroid - 0.01F * l.title +
                0.047F * l.distinct);
}

float Stories::appeal_of_size(float articles) {
  return 0.03F * std::log(articles);
}

std::uint32_t Stories::find(const Fingerprint& print, std::uint32_t now,
                            std::uint32_t copied) {
  if (copied != 0)
    return remembered_[copied].story;
  float best = 0;
  std::uint32_t story = 0;
  for (const Likeness& likeness : compare(print, now)) {
    const float value = score(likeness);
    if (value < 0)
      continue;
    const float appeal = value + appeal_of_size(likeness.size);
    if (appeal < best)
      continue;
    best = appeal;
    story = likeness.story;
  }
  return story;
}

}  // namespace siftd
