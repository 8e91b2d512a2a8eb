// How likely each block is text of the article: from its own shape, from the company
// it stands in, and from what the page and the feed say that the text is.
#include <algorithm>

#include "sifters/article_choice.hpp"
#include "sifters/text.hpp"
#include "sifters/vocabulary.hpp"

namespace siftd {

namespace {

using Index = HtmlTree::Index;

double share_of(double part, double all) {
  return all > 0 ? part / all : 0;
}

double own_likelihood(const Block& block) {
  const double links = share_of(block.link_weight, block.weight);
  if (links > 0.66) {
    return block.weight > 120 ? 0.1 : 0.04;
  }
  const bool has_end = ends_sentence(block.text);
  double likely = 0;
  if (block.heading != 0) {
    likely = block.weight < 12 ? 0.3 : 0.5;
  } else if (block.weight >= 140) {
    likely = 0.95;
  } else if (block.weight >= 60) {
    likely = has_end ? 0.9 : 0.6;
  } else if (block.weight >= 25) {
    likely = has_end ? 0.75 : 0.4;
  } else {
    likely = has_end ? 0.45 : 0.25;
  }
  if (block.tag == Tag::p || block.tag == Tag::blockquote) {
    likely += 0.05;
  } else if (block.tag == Tag::li && block.weight < 60) {
    likely -= 0.1;
  }
  return std::clamp(likely * (1 - 1.2 * links), 0.02, 0.98);
}

// Paragraphs of one text share a parent, or a parent's parent when each has a
// wrapper; a teaser's stand alone. The weight of a block's company is that of the
// paragraphs around it in this sense.
class Company {
 public:
  explicit Company(const PageBlocks& page)
      : tree_(*page.tree), children_(tree_.size()), grandchildren_(tree_.size()) {
    for (const Block& block : page.blocks) {
      if (block.rule != nullptr || block.weight < 50) {
        continue;
      }
      const float weight = static_cast<float>(block.weight) * block.likely;
      const Index parent = tree_[block.owner].parent;
      if (parent == HtmlTree::kNone) {
        continue;
      }
      children_[parent] += weight;
      const Index grandparent = tree_[parent].parent;
      if (grandparent != HtmlTree::kNone) {
        grandchildren_[grandparent] += weight;
      }
    }
    for (const Block& block : page.blocks) {
      largest_ = std::max(largest_, block.rule == nullptr ? of(block) : 0);
    }
  }

  // 0 to 1: of the largest company on the page.
  float share(const Block& block) const {
    return largest_ > 0 ? of(block) / largest_ : 1;
  }

 private:
  float of(const Block& block) const {
    const Index parent = tree_[block.owner].parent;
    if (parent == HtmlTree::kNone) {
      return 0;
    }
    const float near = children_[parent] + grandchildren_[parent];
    const Index grandparent = tree_[parent].parent;
    return grandparent == HtmlTree::kNone
               ? near
               : std::max(near,
                          children_[grandparent] + 0.8F * grandchildren_[grandparent]);
  }

  const HtmlTree& tree_;
  std::vector<float> children_;  // weight of paragraphs that are a node's children
  std::vector<float> grandchildren_;
  float largest_ = 0;
};

// Lists of other articles: three or more elements side by side that each hold a link
// that is a title, and little text.
class Cards {
 public:
  explicit Cards(PageBlocks& page, std::optional<std::size_t> headline)
      : page_(page), tree_(*page.tree), headline_(headline) {}

  void play_down() {
    for (Index i = 0; i < tree_.size(); ++i) {
      if (tree_[i].tag != Tag::text && tree_[i].end > i + 3) {
        judge_children(i);
      }
    }
  }

 private:
  static constexpr float kFactor = 0.2F;

  bool is_card(Index i) const {
    const std::size_t first = page_.first_of(i);
    const std::size_t last = page_.last_of(i);
    if (last < first + 2 || last > first + 10 ||
        (headline_ && *headline_ >= first && *headline_ < last)) {
      return false;
    }
    std::uint32_t text = 0;
    bool has_title = false;
    for (std::size_t k = first; k < last; ++k) {
      const Block& block = page_.blocks[k];
      const bool is_link = block.link_weight * 10 > block.weight * 8;
      has_title = has_title || (is_link && block.weight >= 15);
      text += is_link ? 0 : block.weight;
    }
    return has_title && text <= 420;
  }

  void judge_children(Index parent) {
    cards_.clear();
    std::size_t others = 0;
    for (Index child = parent + 1; child < tree_[parent].end; child = tree_[child].end) {
      if (tree_[child].tag == Tag::text ||
          page_.first_of(child) == page_.last_of(child)) {
        continue;
      }
      if (is_card(child)) {
        cards_.push_back(child);
      } else {
        ++others;
      }
    }
    if (cards_.size() < 3 || cards_.size() < others) {
      return;
    }
    for (const Index card : cards_) {
      const std::size_t last = page_.last_of(card);
      for (std::size_t k = page_.first_of(card); k < last; ++k) {
        page_.blocks[k].likely *= kFactor;
        page_.blocks[k].is_teaser = true;
      }
    }
  }

  PageBlocks& page_;
  const HtmlTree& tree_;
  std::optional<std::size_t> headline_;
  std::vector<Index> cards_;
};

// What the page's own articleBody and the feed say: blocks found there are text;
// where the body is there in full, long blocks that are not in it are none.
void weigh_evidence(PageBlocks& page, const PageEvidence& evidence) {
  if (evidence.feed.size() >= 60) {
    for (Block& block : page.blocks) {
      if (block.weight >= 40 && evidence.feed.share_of(block.text) > 0.6) {
        block.likely = std::max(block.likely, 0.9F);
      }
    }
  }
  if (evidence.body.size() < 300) {
    return;
  }
  std::vector<float> shares(page.blocks.size());
  double found = 0;
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    const Block& block = page.blocks[i];
    if (block.weight >= 40 && block.likely > 0.02F) {
      shares[i] = static_cast<float>(evidence.body.share_of(block.text));
      found += shares[i] > 0.6F && block.rule == nullptr
                   ? static_cast<double>(block.text.size())
                   : 0;
    }
  }
  const bool is_whole = found > 0.85 * static_cast<double>(evidence.body.size());
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    Block& block = page.blocks[i];
    if (block.weight < 40) {
      continue;
    }
    if (shares[i] > 0.6F) {
      block.likely = std::max(block.likely, 0.97F);
    } else if (is_whole && shares[i] < 0.2F) {
      block.likely *= 0.5F;
    }
  }
}

}  // namespace

void judge_blocks(PageBlocks& page, std::optional<std::size_t> headline,
                  const PageEvidence& evidence) {
  Cards(page, headline).play_down();
  const Company company(page);
  for (Block& block : page.blocks) {
    block.company = company.share(block);
    block.likely *= 0.45F + 0.55F * std::min(1.0F, block.company / 0.2F);
  }
  weigh_evidence(page, evidence);
}

void judge_shapes(PageBlocks& page) {
  for (Block& block : page.blocks) {
    block.likely = static_cast<float>(own_likelihood(block));
  }
}

}  // namespace siftd
