#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace siftd {

struct PrettyOptions {
  bool color = false;           // SGR sequences; the only control characters written
  std::size_t width = 80;       // columns
  std::size_t text_lines = 12;  // of an article's text at most; 0: all
};

// One event line (docs/events.md) as a block for a person in a terminal, with a
// line end: when, where from, what kind; the title; the text; what was removed
// struck out, with its rule; what it is a copy of; what an update changed. A line
// that is no event is shown as it is, escaped.
std::string pretty(std::string_view event_line, const PrettyOptions& options);

}  // namespace siftd
