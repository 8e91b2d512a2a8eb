#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sifters/boilerplate.hpp"
#include "sifters/candidate.hpp"
#include "sifters/event.hpp"
#include "sifters/recogniser.hpp"
#include "sifters/records.hpp"
#include "sifters/site_memory.hpp"

namespace siftd {

// What one candidate came to: an event or none, and what to remember. The event
// and the rows belong into one transaction.
struct Sifted {
  std::optional<Event> event;
  std::vector<SeenRow> seen;
  std::vector<ArticleRow> articles;
  std::vector<MemoryRow> memory;
  std::vector<SiteRow> sites;
};

// The order of steps, and nothing else: know the item again, take out what its
// site is known to repeat, tell copies, revisions and stories. Holds the memory
// of what was said, so there is one Sifter and it stays on one thread. No clock:
// callers give the time.
class Sifter {
 public:
  struct Options {
    double threshold = 0.8;
    std::chrono::seconds window = std::chrono::hours(24 * 7);
    bool mark = false;       // duplicates become events too
    bool learn = true;       // each site's recurring lines
    bool look_again = true;  // at articles with a page of their own
  };

  Sifter(Options options, Archive& archive);

  // For a reload; the threshold and the window hold from the next start on.
  void configure(Options options);
  void set_rules(std::shared_ptr<const Rules> rules);

  // Rebuilds the memory of copies and stories, row by row in order of time.
  void restore(const MemoryRow& row);

  // Lets the memory of sites see several articles of one poll before the first of
  // them is told, so that what all of them repeat is known by then.
  void learn_from(const std::vector<Candidate>& candidates);

  // One event at most, and the rows that belong into its transaction.
  Sifted sift(Candidate candidate, std::chrono::sys_time<std::chrono::milliseconds> now);

  // The page of an article that is known was looked at again: `candidate` is what it
  // says now, without keys; nothing: it could not be read this time.
  Sifted revise(std::uint64_t article, std::optional<Candidate> candidate,
                std::chrono::sys_time<std::chrono::milliseconds> now);

  // The publisher took the article back. Nothing when that was told before, or when
  // the article never was an event.
  Sifted retract(std::uint64_t article, const Source& source, std::string reason,
                 std::chrono::sys_time<std::chrono::milliseconds> now);

  // What is known of an item by its keys, in order of trust. Its article is 0 when
  // it was only marked as seen.
  static std::optional<SeenRow> known(const Source& source, const IdentityKeys& keys,
                                      Archive& archive);

  // What was learned of sites and not yet given out: for an orderly end.
  std::vector<SiteRow> take_learned() { return sites_.take_changed(true); }

  const Recogniser& recogniser() const { return *recogniser_; }
  const SiteMemory& site_memory() const { return sites_; }

 private:
  struct Context;

  bool is_reused(const Context& context, const SeenRow& seen,
                 const ArticleRow& before) const;
  std::uint64_t new_article(const Candidate& candidate) const;
  void strip_learned(Context& context);
  void first_sight(Context& context, Sifted& result);
  void seen_before(Context& context, ArticleRow before, Sifted& result);
  ArticleRow new_row(const Context& context) const;
  void emit(Context& context, EventType type, ArticleRow& row,
            std::optional<Changes> changes, Sifted& result) const;
  void remember(const Context& context, const Verdict& verdict, Sifted& result) const;
  void note_seen(const Context& context, std::uint64_t article, Sifted& result) const;
  void plan_look(ArticleRow& row, std::chrono::sys_seconds now) const;
  void expire(std::chrono::sys_seconds now);

  Options options_;
  Archive& archive_;
  std::shared_ptr<const Rules> rules_{&Rules::built_in(), [](const Rules*) {
                                      }};
  std::unique_ptr<Recogniser> recogniser_;
  SiteMemory sites_;
  std::chrono::sys_seconds expired_{};
};

}  // namespace siftd
