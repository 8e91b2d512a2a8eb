#pragma once

#include <string_view>

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

}  // namespace siftd
