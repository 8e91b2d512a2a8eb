#pragma once

#include <string>
#include <string_view>

#include "parsers/metadata.hpp"
#include "sifters/article_trim.hpp"
#include "sifters/page_blocks.hpp"

namespace siftd {

// What a page is when it is no article.
struct PageVerdict {
  std::string reason;      // empty: it may be an article
  bool retracted = false;  // the publisher took the article back
};

// Judges the text that was found on a page: "no text", "error page", "consent wall",
// "paywall", "front page", "withdrawn". Long texts are always articles.
PageVerdict judge_page(const PageBlocks& page, const Choice& choice,
                       const PageMetadata& metadata, std::string_view text,
                       std::string_view url);

}  // namespace siftd
