#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// A page's title without its site's name: `raw` (from <title> or og:title) is cut at
// " | ", " - ", " – ", " · ", ": " and such where what goes is the site's name (one of
// `site_names`, or a word of `host`), or where what stays is the page's own headline.
std::string article_title(std::string_view raw, std::string_view headline,
                          const std::vector<std::string>& site_names,
                          std::string_view host);

// Whether a page's title ends in this name behind a separator: then it is the site's,
// though the page shows it as its first heading.
bool ends_title(std::string_view raw, std::string_view name);

// Whether a page's title is this name, a separator and `rest` (its og:title): "Blog:
// post".
bool begins_title(std::string_view raw, std::string_view name, std::string_view rest);

}  // namespace siftd
