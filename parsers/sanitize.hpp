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

}  // namespace siftd
