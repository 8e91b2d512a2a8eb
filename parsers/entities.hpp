#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace siftd {

// Reads the character reference that begins with the '&' at text[at] and appends what
// it stands for as UTF-8. Returns how many bytes it took; 0: there is none, and the
// '&' means itself. All of HTML's names and numbers as HTML reads them (0x80 to 0x9F
// are windows-1252, NUL and surrogates U+FFFD); a name without its ';' counts when
// HTML allows that and neither a letter, a digit nor '=' follows, so that the '&' of
// "?a=1&copy=2" stays. No other entity exists for siftd: none can expand.
std::size_t decode_reference(std::string_view text, std::size_t at, std::string& out);

// The text with all its references decoded.
std::string decode_references(std::string_view text);

// Appends with &, <, > and " escaped: for HTML text and quoted attributes.
void append_html_escaped(std::string& out, std::string_view text);

}  // namespace siftd
