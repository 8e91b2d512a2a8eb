// Which part of a page is its article. Each block gets a likelihood from what can be
// seen of it; a container's score is the F1 that taking it would give if those
// likelihoods were right. So a container that holds all of the text with little else
// wins, a body split over siblings is found in their parent, and a small block that
// happens to look good never does.
#include "sifters/article_choice.hpp"

#include <algorithm>
#include <cmath>

#include "sifters/vocabulary.hpp"

namespace siftd {

namespace {

using Index = HtmlTree::Index;

double share_of(double part, double all) {
  return all > 0 ? part / all : 0;
}

bool has_end_mark(std::string_view text) {
  static constexpr std::string_view kEnds[] = {".",  "!", "?", "…",  "。", "！",
                                               "？", "।", "؟", ".”", "”",  "\"",
                                               "»",  "“", ":", "」", "۔"};
  return std::any_of(std::begin(kEnds), std::end(kEnds),
                     [&](std::string_view end) { return text.ends_with(end); });
}

// The sum of likely weight before each block, for ranges in constant time.
class Sums {
 public:
  explicit Sums(const PageBlocks& page) {
    likely_.reserve(page.blocks.size() + 1);
    all_.reserve(page.blocks.size() + 1);
    likely_.push_back(0);
    all_.push_back(0);
    for (const Block& block : page.blocks) {
      const double weight = block.rule == nullptr ? block.weight : 0;
      likely_.push_back(likely_.back() + weight * static_cast<double>(block.likely));
      all_.push_back(all_.back() + weight);
    }
  }
  double likely(std::size_t first, std::size_t last) const {
    return likely_[last] - likely_[first];
  }
  double all(std::size_t first, std::size_t last) const {
    return all_[last] - all_[first];
  }
  double likely() const { return likely_.back(); }

 private:
  std::vector<double> likely_;
  std::vector<double> all_;
};

float first_likelihood(const Block& block) {
  const double links = share_of(block.link_weight, block.weight);
  if (links > 0.66) {
    return block.weight > 120 ? 0.1F : 0.04F;
  }
  double likely = 0;
  if (block.heading != 0) {
    likely = block.weight < 12 ? 0.3 : 0.5;
  } else if (block.weight >= 140) {
    likely = 0.95;
  } else if (block.weight >= 60) {
    likely = has_end_mark(block.text) ? 0.9 : 0.6;
  } else if (block.weight >= 25) {
    likely = has_end_mark(block.text) ? 0.75 : 0.4;
  } else {
    likely = has_end_mark(block.text) ? 0.45 : 0.25;
  }
  if (block.tag == Tag::p || block.tag == Tag::blockquote) {
    likely += 0.05;
  } else if (block.tag == Tag::li && block.weight < 60) {
    likely -= 0.1;
  }
  likely *= 1 - 1.2 * links;
  return static_cast<float>(std::clamp(likely, 0.02, 0.98));
}

// One kind of thing that is not the article.
struct Removal {
  std::uint32_t mark;
  const char* rule;
  double most;        // of the page's likely text: what holds more is misnamed
  double most_block;  // and of one such element's own weight, 0: any
};

constexpr Removal kRemovals[] = {
    {kMarkHidden, "hidden", 0.5, 0},
    {kMarkComments, "comments", 2, 0},
    {kMarkNav, "navigation", 0.3, 0},
    {kMarkForm, "form", 0.2, 0},
    {kMarkShare, "share-bar", 0.2, 600},
    {kMarkRelated, "related", 0.3, 0},
    {kMarkNewsletter, "newsletter", 0.2, 1500},
    {kMarkAd, "advertisement", 0.2, 2500},
    {kMarkPaywall, "paywall", 0.15, 1500},
    {kMarkCaption, "caption", 0.15, 1500},
    {kMarkBio, "author-note", 0.2, 2500},
    {kMarkByline, "byline", 0.1, 300},
    {kMarkTags, "tags", 0.15, 500},
    {kMarkMedia, "media", 0.2, 1200},
    {kMarkChrome, "page-frame", 0.3, 0},
};

}  // namespace

WordBag::WordBag(std::string_view text) {
  (void)text;
}

double WordBag::share_of(std::string_view) const {
  return 0;
}

void take_out_marked(PageBlocks& page) {
  const HtmlTree& tree = *page.tree;
  for (Block& block : page.blocks) {
    block.likely = first_likelihood(block);
  }
  const Sums sums(page);
  for (Index i = 1; i < tree.size();) {
    const std::size_t first = page.first_of(i);
    const std::size_t last = page.last_of(i);
    const char* rule = nullptr;
    for (const Removal& removal : kRemovals) {
      if ((page.marks[i] & removal.mark) != 0 && first < last &&
          sums.likely(first, last) <= removal.most * sums.likely() &&
          (removal.most_block == 0 || sums.all(first, last) <= removal.most_block)) {
        rule = removal.rule;
        break;
      }
    }
    if (rule == nullptr) {
      ++i;
      continue;
    }
    for (std::size_t k = first; k < last; ++k) {
      if (page.blocks[k].begin >= i && page.blocks[k].rule == nullptr) {
        page.blocks[k].rule = rule;
      }
    }
    i = tree[i].end;
  }
}

void judge_blocks(PageBlocks& page, const Evidence&) {
  for (Block& block : page.blocks) {
    block.likely = first_likelihood(block);
  }
}

std::vector<Candidate> choose_container(const PageBlocks& page, std::size_t limit) {
  const HtmlTree& tree = *page.tree;
  const Sums sums(page);
  std::vector<Candidate> all;
  for (Index i = 1; i < tree.size(); ++i) {
    const std::size_t first = page.first_of(i);
    const std::size_t last = page.last_of(i);
    if (first >= last || !is_block(tree[i].tag) || heading_level(tree[i].tag) != 0) {
      if (tree[i].tag != Tag::td) {
        continue;
      }
    }
    Candidate candidate;
    candidate.node = i;
    candidate.likely_weight = sums.likely(first, last);
    candidate.weight = sums.all(first, last);
    if (candidate.likely_weight < 0.2 * sums.likely()) {
      continue;
    }
    candidate.bonus = (page.marks[i] & kMarkBody) != 0      ? 1.15
                      : (page.marks[i] & kMarkArticle) != 0 ? 1.04
                                                            : 1;
    candidate.score = candidate.bonus * 2 * candidate.likely_weight /
                      (candidate.weight + sums.likely());
    all.push_back(candidate);
  }
  std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return a.score > b.score;
  });
  if (all.size() > limit) {
    all.resize(limit);
  }
  return all;
}

}  // namespace siftd
