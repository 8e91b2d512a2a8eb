#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/item.hpp"

namespace siftd {

// What a page's JSON-LD (schema.org) says of its article; strings as they stand
// there, character references resolved. Empty: it does not say.
struct LinkedData {
  std::string type;  // "NewsArticle"; empty: no article among the objects
  std::string headline;
  std::string description;
  std::string article_body;
  std::string section;
  std::string language;
  std::string image;
  std::string publisher;
  std::string site_name;  // of a WebSite object
  std::string url;
  std::string published;
  std::string modified;
  std::vector<Author> authors;
  std::vector<std::string> keywords;
  std::optional<bool> is_free;
  std::vector<std::string> types;  // of all top objects, "WebSite", "ItemList", ...

  bool has_article() const { return !type.empty(); }
};

// Adds what one script says. Forgives what sites do to JSON: comments, trailing
// commas, raw line breaks in strings, CDATA marks. Bounded by limits::kMaxJsonLd*.
void read_json_ld(std::string_view script, LinkedData& data);

// Character references (&amp; and the like) resolved and tags dropped, for strings
// that were escaped once too often.
std::string resolve_references(std::string_view text);

}  // namespace siftd
