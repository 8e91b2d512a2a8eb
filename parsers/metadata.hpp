#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/html.hpp"
#include "parsers/item.hpp"

namespace siftd {

// What a page says about its article, in its head and in its marks. Each field by
// its own order of trust (docs/extraction.md); empty or absent: it does not say.
struct PageMetadata {
  std::string title;              // without the site's name
  std::vector<Author> authors;    // persons; no user names, no "Staff", no "By"
  bool authors_are_site = false;  // nobody is named: it is the site that signs
  std::optional<std::chrono::sys_seconds> published;
  int published_offset = 0;  // minutes east of UTC, as the page wrote it; 0: UTC or none
  // Another day that the marks call that of publication, when they do not agree and
  // neither the address nor <title> names one of the two; its offset likewise.
  std::optional<std::chrono::sys_seconds> published_else;
  int published_else_offset = 0;
  std::optional<std::chrono::sys_seconds> modified;
  std::string language;  // BCP 47
  std::string canonical_url;
  std::string image;
  std::string site_name;
  std::string section;
  std::string summary;
  std::vector<std::string> tags;
  // JSON-LD.
  std::string article_body;  // plain text or the HTML that some write there
  std::string type;          // "NewsArticle", "WebSite", ...; og:type when there is none
  std::optional<bool> is_free;  // isAccessibleForFree
};

// Reads a page's metadata. `url` is where it came from, the base of its links.
// Pure: no clock; the caller drops dates that lie in the future. Never fails.
PageMetadata read_metadata(const HtmlTree& tree, std::string_view url);

}  // namespace siftd
