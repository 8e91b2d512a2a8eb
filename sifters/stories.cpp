#include "sifters/stories.hpp"

#include <algorithm>

#include "sifters/term_weights.hpp"

namespace siftd {

Stories::Stories(Remembered& remembered)
    : remembered_(remembered), counts_(allocate_big(kCounts * sizeof(std::uint32_t))) {
  rebuild();
}

void Stories::add(std::uint32_t ordinal, std::uint32_t story, std::uint64_t name) {
  Remembered::Record& record = remembered_[ordinal];
  for (Remembered::PackedTerm term : record.terms())
    ++counts()[term_hash(term) % kCounts];
  ++articles_;
  record.story = story == 0 ? ordinal : story;
  bool is_copy = remembered_.family(ordinal) != ordinal;
  if (story == 0 && name == record.article) {
    ++singles_;
  } else {
    Story* found = stories_.find(record.story);
    const bool is_new = found == nullptr;
    record.has_company = true;
    if (remembered_.is_in_memory(record.story)) {
      remembered_[record.story].has_company = true;
    }
    Story& all = is_new ? stories_.add(record.story) : *found;
    if (is_new) {
      all.name = name;
    }
    if (is_new && story != 0) {
      all.name = remembered_[story].article;
      all.latest = remembered_[story].time;
      all.count = 1;
      --singles_;
    }
    ++all.count;
    all.latest = std::max(all.latest, record.time);
    if (!is_copy && all.term_count == 0 && story != 0 &&
        remembered_.is_in_memory(story)) {
      absorb(all, remembered_[story]);
    }
    if (!is_copy) {
      absorb(all, record);
    }
  }
  // Its original is found by the same terms.
  if (!is_copy) {
    post(ordinal);
  }
}

void Stories::post(std::uint32_t ordinal) {
  // Common terms fill whole buckets, and long runs of full ones are slow to search.
  if (table_.used() > table_.slots() / 5 * 4) {
    rebuild();
  }
  std::span<const Remembered::PackedTerm> terms = remembered_[ordinal].terms();
  terms = terms.first(std::min(kProbes, terms.size()));
  for (Remembered::PackedTerm term : terms) {
    table_.prefetch(spread(term_hash(term)));
  }
  for (Remembered::PackedTerm term : terms) {
    if (term_is_part(term)) {
      continue;
    }
    table_.insert_recent(spread(term_hash(term)), ordinal, remembered_.first(),
                         kMaxPostings);
  }
}

void Stories::rebuild() {
  // Two slots for each posting there is, of the dead too, but for no more than kProbes of
  // each living article. In a table that is never small a foreign posting is seldom
  // taken for one of the term's.
  constexpr std::size_t kLeastPostings = std::size_t{1} << 16;
  const std::size_t postings = std::min(table_.used(), articles_ * kProbes);
  table_.clear(std::max(kLeastPostings, postings * 10 / 7));
  for (std::uint32_t i = remembered_.first(); i + 1 < remembered_.end(); ++i) {
    bool is_copy =
        remembered_.family(i) != i && remembered_.is_alive(remembered_.family(i));
    if (remembered_.is_alive(i) && !is_copy) {
      post(i);
    }
  }
}

void Stories::absorb(Story& story, const Remembered::Record& record) {
  if (story.texts < 255) {
    ++story.texts;
  }
  auto before = [](const StoryTerm& a, const StoryTerm& b) {
    return a.hash() < b.hash();
  };
  std::vector<StoryTerm>& terms = merged_;
  terms.assign(story.terms().begin(), story.terms().end());
  for (Remembered::PackedTerm packed : record.terms()) {
    StoryTerm term{term_hash(packed) << 8 | 1, raw_weight(packed)};
    auto at = std::lower_bound(terms.begin(), terms.end(), term, before);
    if (at != terms.end() && at->hash() == term.hash()) {
      at->weight += term.weight;
      at->packed += at->count() < 255 ? 1U : 0U;
    } else {
      terms.insert(at, term);
    }
  }
  if (terms.size() > kStoryTerms) {
    // The heaviest stay; equal ones by hash, so that it is always the same ones.
    std::nth_element(terms.begin(), terms.begin() + kStoryTerms, terms.end(),
                     [](const StoryTerm& a, const StoryTerm& b) {
                       return a.weight != b.weight ? a.weight > b.weight
                                                   : a.hash() < b.hash();
                     });
    terms.resize(kStoryTerms);
    std::sort(terms.begin(), terms.end(), before);
  }
  stories_.set_terms(story, terms);
}

void Stories::remove(std::uint32_t ordinal) {
  const Remembered::Record& record = remembered_[ordinal];
  for (Remembered::PackedTerm term : record.terms())
    --counts()[term_hash(term) % kCounts];
  --articles_;
  Story* story = stories_.find(record.story);
  if (story == nullptr) {
    --singles_;
  } else if (--story->count == 0) {
    stories_.erase(record.story);
  }
}

std::uint64_t Stories::name(std::uint32_t story) const {
  const Story* found = stories_.find(story);
  return found == nullptr ? remembered_[story].article : found->name;
}

std::size_t Stories::bytes() const {
  return table_.bytes() + kCounts * sizeof(std::uint32_t) + stories_.bytes();
}

}  // namespace siftd
