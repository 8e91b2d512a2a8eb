#pragma once

#include <string>
#include <string_view>

namespace siftd {

// The one allow-list. What comes out is made of the elements and attributes in
// sanitize.cpp's tables and of nothing else, is written anew (every tag balanced,
// every attribute quoted), and carries nothing active: no script, handler, style,
// frame or form, no URL but http, https, mailto and tel, no tracking pixels. Links
// are resolved against `base`; a relative one without a base is dropped. Elements
// that are not on the list give way to their content, script and its like go whole.
// UTF-8 in and out; linear; nests no deeper than limits::kMaxContentDepth.
std::string sanitize_html(std::string_view html, std::string_view base);

// As sanitize_html, appending.
void sanitize_html(std::string_view html, std::string_view base, std::string& out);

// The plain text of HTML on one line: markup gone, references decoded, blanks
// collapsed; block elements part words.
std::string text_of_html(std::string_view html);

// Whether a text holds a tag of an element that HTML knows, or a character reference.
bool looks_like_html(std::string_view text);

}  // namespace siftd
