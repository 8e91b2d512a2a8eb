// Parts of a page that are known not to be its article by what they are called, and
// by being another article's. Names lie: what holds the headline or most of the text
// stays, whatever it is called.
#include <algorithm>

#include "sifters/article_choice.hpp"
#include "sifters/block_sums.hpp"
#include "sifters/rules.hpp"
#include "sifters/text.hpp"
#include "sifters/vocabulary.hpp"

namespace siftd {

namespace {

using Index = HtmlTree::Index;

// One kind of thing that is not the article.
struct Removal {
  std::uint32_t mark;
  const char* rule;
  double most;                 // of the page's likely text: what holds more is misnamed
  double most_weight;          // of one such element; 0: any
  bool spares_text = false;    // not when it holds paragraphs without links
  bool spares_quotes = false;  // not when it holds a quote or table
};

constexpr Removal kRemovals[] = {
    {kMarkHidden, "hidden", 0.5, 0},
    {kMarkComments, "comments", 0.95, 0},
    {kMarkNav, "navigation", 0.3, 0, true},
    {kMarkForm, "form", 0.2, 0, true},
    {kMarkShare, "share-bar", 0.2, 600, true, true},
    {kMarkRelated, "related", 0.35, 0, true},
    {kMarkNewsletter, "newsletter", 0.2, 1500},
    {kMarkAd, "advertisement", 0.2, 2500, true},
    {kMarkPaywall, "paywall", 0.15, 1500},
    {kMarkCaption, "caption", 0.15, 1500, true, true},
    {kMarkBio, "author-note", 0.2, 2500},
    {kMarkByline, "byline", 0.1, 300},
    {kMarkTags, "tags", 0.15, 500},
    {kMarkMedia, "media", 0.2, 1200, true, true},
    {kMarkFrame, "page-frame", 0.35, 0},
    {kMarkChrome, "page-frame", 0.35, 0, true},
};

class Removing {
 public:
  Removing(PageBlocks& page, std::optional<std::size_t> headline)
      : page_(page), tree_(*page.tree), sums_(page), headline_(headline) {}

  void take_out_named() {
    for (Index i = 1; i < tree_.size();) {
      const char* rule = rule_for(i);
      if (rule == nullptr) {
        ++i;
        continue;
      }
      take_out(i, rule);
      i = tree_[i].end;
    }
    for (const Removal& removal : kRemovals) {
      put_back_misnamed(removal);
    }
  }

  // A heading that is called "related" or "comments", or that says so, heads what
  // stands beside it, until the next heading like it.
  void take_out_headed() {
    const double all = sums_.likely();
    for (std::size_t k = 0; k < page_.blocks.size(); ++k) {
      const Block& block = page_.blocks[k];
      const Index heading = block.owner;
      const char* rule =
          heading_level(tree_[heading].tag) < 2 ? nullptr : rule_for_heading(block);
      if (rule == nullptr) {
        continue;
      }
      const Index end = tree_[tree_[heading].parent].end;
      Index last = tree_[heading].end;
      while (last < end && tree_[last].tag != tree_[heading].tag &&
             !holds_headline(last)) {
        last = tree_[last].end;
      }
      // Where most of the text would go, the heading heads the article.
      if (sums_.likely(k, page_.first_of(last)) <= 0.5 * all ||
          sums_.likely(0, k) >= 0.15 * all) {
        for (Index i = heading; i < last; i = tree_[i].end) {
          take_out(i, rule);
        }
      }
    }
  }

  const char* rule_for_heading(const Block& block) const {
    if (block.rule != nullptr) {
      return nullptr;
    }
    const std::uint32_t marks = page_.marks[block.owner];
    if ((marks & kMarkRelated) != 0) {
      return "related";
    }
    if ((marks & kMarkComments) != 0) {
      return "comments";
    }
    if (block.weight > 60) {
      return nullptr;
    }
    const Rules::Rule* rule = Rules::built_in().match(fold(block.text), "", "");
    const bool heads_other_things =
        rule != nullptr && (rule->kind == RuleKind::tail || rule->kind == RuleKind::end);
    return heads_other_things ? rule->name.c_str() : nullptr;
  }

  // Of several <article> elements the one with the headline is the page's; those
  // inside it and beside it are teasers, or the next article of an endless page.
  void take_out_other_articles() {
    const Index own = own_article();
    if (own == HtmlTree::kNone) {
      return;
    }
    const double own_likely = sums_.likely(page_.first_of(own), page_.last_of(own));
    for (Index i = 1; i < tree_.size();) {
      const bool holds_own = i <= own && own < tree_[i].end;
      if (tree_[i].tag != Tag::article || holds_own ||
          sums_.likely(page_.first_of(i), page_.last_of(i)) >
              0.6 * own_likely + outside_share(i, own)) {
        ++i;
        continue;
      }
      take_out(i, "other-article");
      i = tree_[i].end;
    }
  }

 private:
  // Paragraphs without links: text, whatever the element is called.
  bool looks_like_text(std::size_t first, std::size_t last) const {
    std::uint32_t paragraphs = 0;
    std::uint32_t links = 0;
    std::uint32_t weight = 0;
    for (std::size_t k = first; k < last; ++k) {
      const Block& block = page_.blocks[k];
      const bool is_paragraph =
          block.weight >= 80 && block.link_weight * 5 < block.weight &&
          !block.text.ends_with("...") && !block.text.ends_with("…");
      paragraphs += is_paragraph ? 1 : 0;
      links += block.link_weight;
      weight += block.weight;
    }
    return paragraphs >= 4 && paragraphs * 2 >= last - first && weight >= 500 &&
           links * 8 < weight;
  }

  // Quotes and tables in a frame of their own belong to the text: embedded posts,
  // figures that are tables.
  bool holds_quote(Index i) const {
    for (Index k = i; k < tree_[i].end; ++k) {
      if (tree_[k].tag == Tag::blockquote || tree_[k].tag == Tag::table ||
          tree_[k].tag == Tag::pre) {
        return true;
      }
    }
    return false;
  }

  bool holds_headline(Index i) const {
    return headline_ && page_.blocks[*headline_].begin >= i &&
           page_.blocks[*headline_].begin < tree_[i].end;
  }

  // Articles that follow the page's own may be as long as it is.
  double outside_share(Index i, Index own) const {
    return i >= tree_[own].end ? sums_.likely() : 0;
  }

  const char* rule_for(Index i) const {
    const std::size_t first = page_.first_of(i);
    const std::size_t last = page_.last_of(i);
    if (page_.marks[i] == 0 || first >= last || holds_headline(i)) {
      return nullptr;
    }
    for (const Removal& removal : kRemovals) {
      const bool is_named = (page_.marks[i] & removal.mark) != 0;
      const bool is_small =
          sums_.likely(first, last) <= removal.most * sums_.likely() &&
          (removal.most_weight == 0 || sums_.all(first, last) <= removal.most_weight);
      if (is_named && is_small &&
          !(removal.spares_text && looks_like_text(first, last)) &&
          !(removal.spares_quotes && holds_quote(i))) {
        return removal.rule;
      }
    }
    return nullptr;
  }

  // Each element of a name may hold little, all of them most of the text: then the
  // name means something else on this page, and its paragraphs come back. Readers'
  // comments may well be longer than the article.
  void put_back_misnamed(const Removal& removal) {
    double out = 0;
    double rest = 0;
    for (const Block& block : page_.blocks) {
      const double likely = static_cast<double>(block.likely) * block.weight;
      if (block.rule == removal.rule) {
        out += likely;
      } else if (block.rule == nullptr) {
        rest += likely;
      }
    }
    if (out < 400 || out < 4 * rest || removal.mark == kMarkHidden ||
        (removal.mark == kMarkComments && rest > 150)) {
      return;
    }
    for (Block& block : page_.blocks) {
      if (block.rule == removal.rule && block.likely > 0.3F) {
        block.rule = nullptr;
      }
    }
  }

  Index own_article() const {
    if (!headline_) {
      return HtmlTree::kNone;
    }
    for (Index at = page_.blocks[*headline_].owner; at != HtmlTree::kNone;
         at = tree_[at].parent) {
      if (tree_[at].tag == Tag::article &&
          sums_.likely(page_.first_of(at), page_.last_of(at)) >= 0.3 * sums_.likely()) {
        return at;
      }
    }
    return HtmlTree::kNone;
  }

  void take_out(Index i, const char* rule) {
    const std::size_t last = page_.last_of(i);
    for (std::size_t k = page_.first_of(i); k < last; ++k) {
      if (page_.blocks[k].begin >= i && page_.blocks[k].rule == nullptr) {
        page_.blocks[k].rule = rule;
      }
    }
  }

  PageBlocks& page_;
  const HtmlTree& tree_;
  BlockSums sums_;
  std::optional<std::size_t> headline_;
};

// How far a block's text is the title, 0 to 1.
double title_likeness(std::string_view text, std::string_view title) {
  if (text.size() > 600) {
    return 0;
  }
  const std::string ours = squeeze_text(text);
  if (ours.size() < 4 || title.size() < 4) {
    return ours == title && !ours.empty() ? 1 : 0;
  }
  const bool is_inside = ours.size() <= title.size()
                             ? title.find(ours) != std::string_view::npos
                             : ours.find(title) != std::string::npos;
  const double shorter = static_cast<double>(std::min(ours.size(), title.size()));
  const double longer = static_cast<double>(std::max(ours.size(), title.size()));
  return is_inside ? shorter / longer : 0;
}

}  // namespace

std::optional<std::size_t> find_headline(const PageBlocks& page, std::string_view title) {
  const std::string wanted = squeeze_text(title);
  std::optional<std::size_t> best;
  double best_score = 0.5;
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    const Block& block = page.blocks[i];
    if (block.heading == 0 && (block.marks & kMarkTitle) == 0) {
      continue;
    }
    double score = title_likeness(block.text, wanted);
    score += score > 0 && block.heading == 1 ? 0.3 : 0;
    score += block.link_weight > 0 ? -0.2 : 0;
    if (score > best_score) {
      best = i;
      best_score = score;
    }
  }
  if (best) {
    return best;
  }
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    if (page.blocks[i].heading == 1 && page.blocks[i].weight >= 15 &&
        page.blocks[i].link_weight == 0) {
      return i;
    }
  }
  return std::nullopt;
}

void take_out_marked(PageBlocks& page, std::optional<std::size_t> headline) {
  Removing removing(page, headline);
  removing.take_out_named();
  removing.take_out_headed();
  removing.take_out_other_articles();
}

}  // namespace siftd
