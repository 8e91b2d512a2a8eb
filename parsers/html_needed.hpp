#pragma once

#include <string>
#include <string_view>

namespace siftd {

// What nobody reads in an HtmlTree is three quarters of most pages: scripts (but
// JSON-LD), styles, links (but the canonical one) and images, unless they are microdata;
// drawings; attributes that are not kept, comments; outside of <pre> indentation, and
// white space where a line begins or ends. The page without these, for the parser, which
// gives the same tree but for them (and formatting elements that nobody closed begin
// again at the next text instead of at white space before it): a view of `page`, or of
// `storage`. Tags are told as the HTML Standard's tokenizer does; from where it is in
// doubt (an end that does not come) the page stays as it is. Linear.
std::string_view leave_out_unneeded(std::string_view page, std::string& storage);

}  // namespace siftd
