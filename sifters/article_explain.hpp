#pragma once

#include <string>
#include <vector>

#include "sifters/article.hpp"
#include "sifters/article_choice.hpp"

namespace siftd {

// The report of `siftd extract --explain`: what was found, which containers were
// considered with their figures, and every block of the page with its likelihood, the
// rule that took it out or "+", its place in the tree and its beginning.
std::string explain_choice(const PageBlocks& page,
                           const std::vector<Container>& containers,
                           const Article& article);

}  // namespace siftd
