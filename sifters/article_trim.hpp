#pragma once

#include <cstddef>
#include <optional>

#include "parsers/metadata.hpp"
#include "sifters/page_blocks.hpp"

namespace siftd {

// The blocks [first, last) that were chosen, and what is around them.
struct Choice {
  std::size_t first = 0;
  std::size_t last = 0;
  std::optional<std::size_t> headline;
};

// The block above the chosen ones that is the article's lead (standfirst): between
// the headline and the text, a sentence, not said again below. Nothing: none.
std::optional<std::size_t> find_lead(const PageBlocks& page, const Choice& choice,
                                     const PageMetadata& metadata);

// Takes out, of the chosen blocks, what is not the text: the headline again, bylines,
// dates, credits, lists of links, headings over nothing. Sets Block::rule.
void trim_article(PageBlocks& page, const Choice& choice, const PageMetadata& metadata);

}  // namespace siftd
