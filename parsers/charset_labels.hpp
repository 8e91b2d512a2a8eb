#pragma once

#include <string_view>

namespace siftd {

// The name that iconv has for what a label stands for ("utf8", "x-sjis", "ISO-8859-1"
// which is windows-1252); null: unknown, and not to be tried. For parsers/charset only.
const char* charset_of(std::string_view label);

}  // namespace siftd
