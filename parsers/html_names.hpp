#pragma once

#include <optional>
#include <string_view>

#include "parsers/html.hpp"

// Names in HTML, in any case: what they are to HtmlTree and to those who read it.
namespace siftd {

// The attribute of that name; none when HtmlTree does not keep it.
std::optional<Attr> attribute_of(std::string_view name);

// Of attributes that are not kept: whether the shape of the tree depends on it, because
// it ends or enters SVG or MathML.
bool is_shaping(std::string_view name);

// What an element is to its reader.
enum class HtmlElement {
  running,   // its text runs on from what is before it
  line,      // lines begin and end at its tags: white space next to them is not shown
  unread,    // it is left out, unless it is data; it holds nothing
  code,      // the same; it holds text that is no markup
  raw_text,  // between its tags everything is text
  drawing,
  as_it_is,  // the same as line, but it keeps the white space in it
  endless,   // no tag ends it
};

HtmlElement html_element_of(std::string_view name);

// Whether it is known to stand in drawings.
bool is_drawn(std::string_view name);

}  // namespace siftd
