#pragma once

#include <cstddef>

#include "parsers/metadata.hpp"
#include "sifters/page_blocks.hpp"

namespace siftd {

// Takes out, of the winning container's blocks [first, last), what is not the text:
// the headline again, bylines, lists of links, headings over nothing. Sets Block::rule.
void trim_article(PageBlocks& page, std::size_t first, std::size_t last,
                  const PageMetadata& metadata);

}  // namespace siftd
