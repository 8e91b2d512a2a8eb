// Which part of a page is its article. Each block has a likelihood; a container's
// score is the F1 that taking it would give if those likelihoods were right. So a
// container that holds all of the text with little else wins, a body split over
// siblings is found in their parent, and a small block that happens to look good
// never does.
#include "sifters/article_choice.hpp"

#include <algorithm>

#include "sifters/block_sums.hpp"
#include "sifters/vocabulary.hpp"

namespace siftd {

namespace {

using Index = HtmlTree::Index;

bool can_hold_an_article(Tag tag) {
  return (is_block(tag) || tag == Tag::td || tag == Tag::other) &&
         heading_level(tag) == 0 && tag != Tag::html;
}

}  // namespace

std::vector<Container> choose_container(const PageBlocks& page, std::size_t limit) {
  const HtmlTree& tree = *page.tree;
  const BlockSums sums(page);
  std::vector<Container> all;
  for (Index i = 1; i < tree.size(); ++i) {
    const std::size_t first = page.first_of(i);
    const std::size_t last = page.last_of(i);
    if (first >= last || !can_hold_an_article(tree[i].tag)) {
      continue;
    }
    Container container;
    container.node = i;
    container.likely_weight = sums.likely(first, last);
    container.weight = sums.all(first, last);
    if (container.likely_weight < 0.2 * sums.likely() || container.likely_weight <= 0) {
      continue;
    }
    container.bonus = (page.marks[i] & kMarkBody) != 0      ? 1.15
                      : (page.marks[i] & kMarkArticle) != 0 ? 1.04
                                                            : 1;
    container.score = container.bonus * 2 * container.likely_weight /
                      (container.weight + sums.likely());
    all.push_back(container);
  }
  std::stable_sort(all.begin(), all.end(), [](const Container& a, const Container& b) {
    return a.score > b.score;
  });
  if (all.size() > limit) {
    all.resize(limit);
  }
  return all;
}

}  // namespace siftd
