#include "sifters/recogniser.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <unordered_map>
#include <vector>

#include "sifters/duplicates.hpp"
#include "sifters/remembered.hpp"
#include "sifters/stories.hpp"

namespace siftd {

namespace {

std::uint32_t to_unix(std::chrono::sys_seconds time) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(time.time_since_epoch().count(), 0, 0xFFFFFFFF));
}

}  // namespace

// Keeps the parts in step: records, the index of shingles, the stories, and the
// families, that is all copies of one text.
struct Recogniser::State {
  // A family of two or more.
  struct Family {
    std::uint64_t article;   // its oldest, even when that is dropped
    std::uint32_t youngest;  // the chain's end
  };

  explicit State(const Settings& given)
      : settings(given), duplicates(remembered), stories(remembered) {}

  // What an article was found to be, before it is remembered.
  struct Finding {
    Verdict verdict;
    std::uint32_t match = 0;  // ordinals; 0: none
    std::uint32_t story = 0;
    bool is_compared = false;  // with stories, and nothing else since
  };

  Finding judge(std::uint64_t article, const Fingerprint& print, std::uint32_t now,
                std::uint32_t except) {
    Finding finding;
    Verdict& verdict = finding.verdict;
    if (auto match = duplicates.find(print, search(now, except))) {
      finding.match = match->ordinal;
      verdict.similarity = match->similarity;
      verdict.kind = match->kind;
      verdict.adds_news = match->adds_news;
      verdict.duplicate_of = article_told(match->ordinal);
      verdict.family = family_article(match->ordinal);
    } else {
      verdict.family = article;
    }
    if (!settings.stories)
      return finding;
    finding.story = stories.find(print, now, finding.match);
    finding.is_compared = finding.match == 0;
    verdict.story = finding.story == 0 ? article : stories.name(finding.story);
    return finding;
  }

  Duplicates::Search search(std::uint32_t now, std::uint32_t except) const {
    std::int64_t window = settings.window.count();
    bool is_bounded = window > 0 && window < now;
    return {.now = now,
            .not_before = is_bounded ? now - static_cast<std::uint32_t>(window) : 0,
            .threshold = settings.threshold,
            .except = except};
  }

  // The article whose event said it: a copy's event was perhaps never seen.
  std::uint64_t article_told(std::uint32_t ordinal) const {
    std::uint32_t original = remembered[ordinal].original;
    return remembered[remembered.is_alive(original) ? original : ordinal].article;
  }

  std::uint64_t family_article(std::uint32_t ordinal) const {
    auto found = families.find(remembered.family(ordinal));
    return found == families.end() ? remembered[ordinal].article : found->second.article;
  }

  void remember(std::uint64_t article, const Fingerprint& print, std::uint32_t now,
                const Finding& finding) {
    std::uint32_t ordinal = remembered.add(
        article, now, print,
        finding.is_compared ? stories.terms_compared() : choose_terms(print));
    Remembered::Record& record = remembered[ordinal];
    record.original = ordinal;
    if (finding.match != 0) {
      const Remembered::Record& match = remembered[finding.match];
      if (!finding.verdict.adds_news)
        record.original =
            remembered.is_alive(match.original) ? match.original : finding.match;
      join_family(ordinal, remembered.family(finding.match), match.article);
    }
    duplicates.post_compared(ordinal);
    if (!settings.stories)
      return;
    stories.add(ordinal, finding.story, finding.verdict.story);
  }

  // The heaviest first; without stories, any order will do.
  std::span<const Remembered::PackedTerm> choose_terms(const Fingerprint& print) {
    if (settings.stories) {
      return stories.choose_terms(print);
    }
    terms.clear();
    std::transform(print.terms.begin(), print.terms.end(), std::back_inserter(terms),
                   pack_term);
    return terms;
  }

  void join_family(std::uint32_t ordinal, std::uint32_t family, std::uint64_t article) {
    auto [found, is_new] = families.try_emplace(family, Family{article, family});
    std::uint32_t youngest = found->second.youngest;
    if (remembered.is_in_memory(youngest))
      remembered[youngest].next = ordinal;
    found->second.youngest = ordinal;
    remembered.set_family(ordinal, family);
  }

  // The next living article of the family; 0: none.
  std::uint32_t next_of(std::uint32_t ordinal) const {
    std::uint32_t next = remembered[ordinal].next;
    while (next != 0 && !remembered.is_alive(next))
      next = remembered[next].next;
    return next;
  }

  void drop_first() {
    std::uint32_t first = remembered.first();
    std::uint32_t next = next_of(first);
    bool is_alive = remembered.is_alive(first);
    auto family =
        families.find(remembered.is_alive(first) ? remembered.family(first) : 0);
    if (family != families.end() && next == 0 && family->second.youngest == first)
      families.erase(family);
    if (is_alive && settings.stories)
      stories.remove(first);
    remembered.drop_first();
    // What the old one stood for in the index, the next of its family stands for.
    if (next != 0) {
      duplicates.post(next);
      if (settings.stories) {
        stories.post(next);
      }
    }
  }

  void forget(std::uint32_t ordinal) {
    if (settings.stories)
      stories.remove(ordinal);
    duplicates.unpost(ordinal);
    remembered.forget(ordinal);
    // Copies posted nothing that this one had posted: now they must.
    constexpr int kMost = 16;
    std::uint32_t next = next_of(ordinal);
    for (int i = 0; next != 0 && i < kMost; ++i, next = next_of(next))
      duplicates.post(next);
  }

  void end_restoring() {
    if (restored.empty())
      return;
    restored = {};
    restored_stories = {};
  }

  Settings settings;
  std::vector<Remembered::PackedTerm> terms;  // room
  Remembered remembered;
  Duplicates duplicates;
  Stories stories;
  std::unordered_map<std::uint32_t, Family> families;
  // While memories are put back: families by their oldest article, which itself
  // may be gone.
  std::unordered_map<std::uint64_t, std::uint32_t> restored;
  std::unordered_map<std::uint64_t, std::uint32_t> restored_stories;  // by name
};

Recogniser::Recogniser(const Settings& settings)
    : state_(std::make_unique<State>(settings)) {}
Recogniser::~Recogniser() = default;

Verdict Recogniser::recognise(std::uint64_t article, const Fingerprint& print,
                              std::chrono::sys_seconds now) {
  state_->end_restoring();
  State::Finding finding = state_->judge(article, print, to_unix(now), 0);
  state_->remember(article, print, to_unix(now), finding);
  return finding.verdict;
}

Verdict Recogniser::judge(std::uint64_t article, const Fingerprint& print,
                          std::chrono::sys_seconds now) const {
  return state_->judge(article, print, to_unix(now), 0).verdict;
}

Verdict Recogniser::replace(std::uint64_t article, const Fingerprint& print,
                            std::chrono::sys_seconds now) {
  std::uint32_t before = state_->remembered.find(article);
  if (before == 0)
    return recognise(article, print, now);
  state_->end_restoring();
  std::uint32_t story = state_->remembered[before].story;
  std::uint32_t chain = state_->next_of(before);
  state_->forget(before);
  // Its own copies are no argument against its next revision.
  State::Finding finding = state_->judge(article, print, to_unix(now), before);
  if (state_->settings.stories) {
    finding.story = story;
    finding.verdict.story = state_->stories.name(story);
  }
  std::uint32_t after = state_->remembered.end();
  state_->remember(article, print, to_unix(now), finding);
  for (; chain != 0; chain = state_->next_of(chain)) {
    if (state_->remembered[chain].original == before)
      state_->remembered[chain].original = after;
  }
  return finding.verdict;
}

void Recogniser::restore(std::uint64_t article, std::chrono::sys_seconds time,
                         const Fingerprint& print, const Verdict& verdict) {
  State::Finding finding;
  finding.verdict = verdict;
  if (verdict.duplicate_of)
    finding.match = state_->remembered.find(*verdict.duplicate_of);
  auto known = state_->restored.find(verdict.family);
  if (finding.match == 0 && verdict.duplicate_of && known != state_->restored.end())
    finding.match = known->second;
  std::uint32_t ordinal = state_->remembered.end();
  if (state_->settings.stories) {
    auto story =
        state_->restored_stories.try_emplace(verdict.story, ordinal).first->second;
    if (story != ordinal && state_->stories.is_alive(story))
      finding.story = story;
  }
  state_->remember(article, print, to_unix(time), finding);
  state_->restored.try_emplace(verdict.family, ordinal);
}

void Recogniser::forget(std::uint64_t article) {
  if (std::uint32_t ordinal = state_->remembered.find(article))
    state_->forget(ordinal);
}

void Recogniser::expire(std::chrono::sys_seconds now) {
  Remembered& remembered = state_->remembered;
  const Settings& settings = state_->settings;
  if (settings.window <= std::chrono::seconds(0)) {
    return;
  }
  std::chrono::seconds kept = std::max(settings.window, settings.memory);
  std::int64_t oldest = (now - kept).time_since_epoch().count();
  while (remembered.first() < remembered.end() &&
         static_cast<std::int64_t>(remembered[remembered.first()].time) < oldest)
    state_->drop_first();
}

Recogniser::Sizes Recogniser::sizes() const {
  // A node of an unordered_map, with its share of the buckets.
  constexpr std::size_t kNode = 48;
  return {state_->remembered.size(), state_->stories.size(),
          state_->remembered.bytes() + state_->duplicates.bytes() +
              state_->stories.bytes() + state_->families.size() * kNode};
}

}  // namespace siftd
