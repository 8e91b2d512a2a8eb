#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "parsers/html.hpp"
#include "parsers/json_ld.hpp"

namespace siftd {

// What one pass over a page finds of its metadata, by where it stood, before
// anything is judged. The first of each kind; white space collapsed.
struct Findings {
  LinkedData linked;
  std::string og_title, twitter_title, meta_title, title;
  std::vector<std::string> headings;  // h1 in order, those that lead home left out
  std::string og_site, application_name, twitter_site;
  std::string og_description, description;
  std::string og_image, twitter_image, item_image;
  std::string og_url, canonical, base;
  std::string og_type, og_locale, html_lang, content_language;
  std::string published_og, published_item, published_meta, published_time,
      published_text;
  std::string modified_og, modified_item, modified_meta, modified_time;
  std::string section;
  std::vector<std::string> tags, keywords;
  std::vector<std::string> meta_authors, item_authors, rel_authors, byline_authors;
  std::vector<std::string> headline_authors;  // of bylines right below the headline
};

Findings scan_page(const HtmlTree& tree);

}  // namespace siftd
