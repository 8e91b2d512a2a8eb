#pragma once

#include <string>
#include <string_view>

namespace siftd {

// The plain text of HTML on one line: markup gone, references decoded, blanks
// collapsed; block elements part words.
std::string text_of_html(std::string_view html);

// Whether a text holds a tag of an element that HTML knows, or a character reference.
bool looks_like_html(std::string_view text);

}  // namespace siftd
