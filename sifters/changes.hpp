#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sifters/event.hpp"

namespace siftd {

// What became of a text, and whether a reader would call it another text.
struct Revision {
  Changes changes;
  // False: only white space, typography, boilerplate, counters, dates or times
  // of publication differ; then `changes` still tells them.
  bool is_material = false;
};

// Compares two forms of one article: clean plain text, paragraphs divided by
// empty lines (or by line ends when there are none). A paragraph that was moved
// is no change. Linear for usual texts, bounded for any: beyond
// limits::kMaxComparedParagraphs the rest counts as one. Pure.
Revision compare(std::string_view title_before, std::string_view text_before,
                 std::string_view title_after, std::string_view text_after);

// Debounces headlines that a publisher tries out, and flips back to: a title that
// was told in the last day is not told again. A value of some 100 bytes, an
// article's state.
class TitleHistory {
 public:
  // Whether the title is news; then it is remembered as told.
  bool admits(std::string_view title, std::chrono::sys_seconds now);

  std::string encode() const;
  static TitleHistory decode(std::string_view blob);  // damaged: an empty one

 private:
  static constexpr std::size_t kMost = 8;
  static constexpr std::chrono::hours kMemory{24};
  struct Told {
    std::uint64_t hash;
    std::chrono::sys_seconds time;
  };
  std::vector<Told> told_;
};

}  // namespace siftd
