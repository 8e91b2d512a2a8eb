#pragma once

#include "parsers/metadata.hpp"
#include "sifters/article_choice.hpp"
#include "sifters/article_trim.hpp"

namespace siftd {

// Fills in who wrote the article, and when, from what readers see around its text, where
// the page's marks do not say: "By Ann Lee" and "8 January 2022" between headline and
// text, names that stand there beside a date, a signature below the last paragraph. Also
// completes a first name that the marks give alone.
void read_byline(const PageBlocks& page, const Choice& choice, PageMetadata& metadata);

}  // namespace siftd
