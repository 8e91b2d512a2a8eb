#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// Text from outside on its way to a terminal or a log. Input is meant to be UTF-8
// and may be anything.

// The text with what could steer a terminal, break a line or reorder what is read
// made visible: C0 and C1 controls, DEL, line and paragraph separators, bidi
// controls and invalid bytes become \n, \t, \x1b or \u202e. One line out.
std::string printable(std::string_view text);

// Columns it takes in a terminal: wide characters two, combining marks none.
std::size_t display_width(std::string_view text);

// printable(), cut with "…" or filled with spaces to exactly `width` columns.
std::string fit(std::string_view text, std::size_t width);

// printable(), broken at spaces into lines of at most `width` columns; a word
// that is longer is broken inside.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace siftd
