#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sifters/event.hpp"
#include "sifters/fingerprint.hpp"

namespace siftd {

// What the past says about an article.
struct Verdict {
  std::optional<std::uint64_t> duplicate_of;  // an earlier article
  double similarity = 0;                      // how sure: 0..1, 1 is the same words
  CopyKind kind = CopyKind::none;
  // Holds the earlier article and more than a fifth beside it: this is news
  // although duplicate_of names what it grew from.
  bool adds_news = false;
  std::uint64_t story = 0;   // the id of the story's first article
  std::uint64_t family = 0;  // the oldest of all copies of the same text; maybe itself
  bool operator==(const Verdict&) const = default;

  // What `[dedup] action` is about: says almost only what was said before.
  bool is_copy() const { return duplicate_of && !adds_news; }
};

// The memory of what was said: finds copies and stories among the articles of
// the window. Not thread-safe: one thread, and verdicts in the order of the
// calls. Deterministic: after the same calls it gives the same verdicts, and
// restore() in the order of time is as good as having been there.
class Recogniser {
 public:
  struct Settings {
    double threshold = 0.8;  // of `similarity`
    // How long an article can be copied; zero: for ever.
    std::chrono::seconds window = std::chrono::hours(7 * 24);
    // How long it is remembered, for its story, if that is longer; expire() uses it.
    std::chrono::seconds memory{};
    bool stories = true;
  };

  struct Sizes {
    std::size_t articles = 0;
    std::size_t stories = 0;
    std::size_t bytes = 0;  // of memory, the free room in its tables included
  };

  explicit Recogniser(const Settings& settings);
  ~Recogniser();
  Recogniser(const Recogniser&) = delete;
  Recogniser& operator=(const Recogniser&) = delete;

  // Judges an article by all before it, then remembers it. `article` is not 0
  // and not remembered yet; `now` may go back a little.
  Verdict recognise(std::uint64_t article, const Fingerprint& print,
                    std::chrono::sys_seconds now);

  // Judges only: what recognise() would say.
  Verdict judge(std::uint64_t article, const Fingerprint& print,
                std::chrono::sys_seconds now) const;

  // A revision: the article is judged afresh by the others and keeps its story.
  // An article that is not remembered any more is remembered again.
  Verdict replace(std::uint64_t article, const Fingerprint& print,
                  std::chrono::sys_seconds now);

  // Puts back what was remembered before a restart, as decode_memory() gave it.
  void restore(std::uint64_t article, std::chrono::sys_seconds time,
               const Fingerprint& print, const Verdict& verdict);

  void forget(std::uint64_t article);
  void expire(std::chrono::sys_seconds now);

  Sizes sizes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// An article's memory as the store keeps it (MemoryRow::blob): versioned,
// checked and bounded; about 300 bytes.
struct Memory {
  Fingerprint print;
  Verdict verdict;
};
std::string encode_memory(const Fingerprint& print, const Verdict& verdict);
// Nothing: a blob of another version, or a damaged one. Never throws; safe on
// any bytes.
std::optional<Memory> decode_memory(std::string_view blob);

}  // namespace siftd
