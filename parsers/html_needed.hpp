#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parsers/html.hpp"

namespace siftd {

// The attribute of that name, in any case; none when HtmlTree does not keep it.
std::optional<Attr> attribute_of(std::string_view name);

// What nobody reads in an HtmlTree is two thirds of most pages: scripts (but JSON-LD),
// styles, links (but the canonical one) and images, unless they are microdata; what
// drawings hold; attributes that are not kept, comments, indentation outside of <pre>.
// The page without these, for the parser, which gives the same tree but for them: a view
// of `page`, or of `storage`. Tags are told as the HTML Standard's tokenizer does; from
// where it is in doubt (an end that does not come) the page stays as it is. Linear.
std::string_view leave_out_unneeded(std::string_view page, std::string& storage);

}  // namespace siftd
