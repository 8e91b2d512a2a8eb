#include "sifters/article_trim.hpp"

#include "sifters/vocabulary.hpp"

namespace siftd {

void trim_article(PageBlocks& page, std::size_t first, std::size_t last,
                  const PageMetadata& metadata) {
  for (std::size_t i = first; i < last; ++i) {
    Block& block = page.blocks[i];
    if (block.rule != nullptr) {
      continue;
    }
    if (block.heading == 1 || block.text == metadata.title) {
      block.rule = "title";
    } else if (block.link_weight * 3 > block.weight * 2 && block.weight < 200) {
      block.rule = "links";
    }
  }
}

}  // namespace siftd
