#include "sifters/article_trim.hpp"

#include <algorithm>
#include <string>

#include "parsers/chars.hpp"
#include "parsers/date.hpp"
#include "sifters/text.hpp"
#include "sifters/text_evidence.hpp"
#include "sifters/vocabulary.hpp"

namespace siftd {

namespace {

bool is_mostly_links(const Block& block) {
  return block.link_weight * 3 > block.weight * 2;
}

// A paragraph that can begin an article.
bool is_paragraph(const Block& block) {
  return block.heading == 0 && block.weight >= 60 && block.likely >= 0.4F &&
         !is_mostly_links(block);
}

// Whether what stands between headline and text is the story's first paragraph, as
// is the custom of most countries' press, or a line of advertising for it, as in
// English. Unknown languages are taken for English.
bool has_leads(const PageMetadata& metadata) {
  return !metadata.language.empty() &&
         !starts_with_ignoring_case(metadata.language, "en");
}

class Trimming {
 public:
  Trimming(PageBlocks& page, const Choice& choice, const PageMetadata& metadata)
      : page_(page),
        choice_(choice),
        metadata_(metadata),
        title_(squeeze_text(metadata.title)) {}

  void run() {
    for (std::size_t i = choice_.first; i < choice_.last; ++i) {
      Block& block = page_.blocks[i];
      if (block.rule == nullptr) {
        block.rule = rule_for(block);
      }
    }
    drop_teasers();
    drop_boxes();
    trim_head();
    trim_tail();
  }

 private:
  const char* rule_for(const Block& block) const {
    if (block.heading == 1 || is_title(block.text)) {
      return "title";
    }
    if (is_mostly_links(block) && (block.weight < 200 || block.links > 3) &&
        !is_linked_sentence(block)) {
      return "links";
    }
    return nullptr;
  }

  // Most blocks are too short or too long to be the title, however much of them is marks.
  bool is_title(std::string_view text) const {
    return text.size() >= title_.size() && text.size() <= 4 * title_.size() + 100 &&
           squeeze_text(text) == title_;
  }

  // A paragraph that is one long link is text in some listicles and briefs.
  static bool is_linked_sentence(const Block& block) {
    return block.tag == Tag::p && block.weight >= 80 && block.links == 1 &&
           ends_sentence(block.text);
  }

  // Above the first paragraph stand bylines, dates, sections, reading times.
  void trim_head() {
    const std::size_t text = first_paragraph();
    for (std::size_t i = choice_.first; i < text; ++i) {
      Block& block = page_.blocks[i];
      if (block.rule != nullptr || block.tag == Tag::li || block.tag == Tag::tr) {
        continue;
      }
      if (block.heading != 0
              ? block.weight < 25
              : is_byline(block) || (block.tag != Tag::p && block.weight < 60 &&
                                     !ends_sentence(block.text))) {
        block.rule = block.heading != 0 ? "title" : "byline";
      }
    }
  }

  // The first block that is surely text; the choice's first when none is.
  std::size_t first_paragraph() const {
    for (std::size_t i = choice_.first; i < choice_.last; ++i) {
      if (page_.blocks[i].rule == nullptr && is_paragraph(page_.blocks[i])) {
        return i;
      }
    }
    return choice_.first;
  }

  bool is_byline(const Block& block) const {
    if (block.weight > 120) {
      return false;
    }
    const bool names_author = std::any_of(
        metadata_.authors.begin(), metadata_.authors.end(), [&](const Author& author) {
          return find_ignoring_case(block.text, to_ascii_lower(author.name)) !=
                 std::string::npos;
        });
    return names_author || parse_date(block.text).has_value();
  }

  // Below the last paragraph: labels, links, headings. A list that ends a text stays.
  void trim_tail() {
    for (std::size_t i = choice_.last; i-- > choice_.first;) {
      Block& block = page_.blocks[i];
      if (block.rule != nullptr) {
        continue;
      }
      if (block.heading == 0 &&
          (block.weight >= 30 || ends_sentence(block.text) || block.tag == Tag::li ||
           block.tag == Tag::tr || block.tag == Tag::p)) {
        return;
      }
      block.rule = block.heading != 0 ? "heading" : "tail";
    }
  }

  // Teasers go from an article; on a page that is a list of them they are the text.
  void drop_teasers() {
    std::uint32_t teasers = 0;
    std::uint32_t rest = 0;
    for (std::size_t i = choice_.first; i < choice_.last; ++i) {
      const Block& block = page_.blocks[i];
      if (block.rule == nullptr && !is_mostly_links(block)) {
        (block.is_teaser ? teasers : rest) += block.weight;
      }
    }
    for (std::size_t i = choice_.first; i < choice_.last && rest > teasers; ++i) {
      Block& block = page_.blocks[i];
      if (block.rule == nullptr && block.is_teaser && block.likely < 0.5F) {
        block.rule = "teasers";
      }
    }
  }

  // Where almost all of the text stands together, what stands apart in the middle of
  // it is a box: calls to subscribe, notes on the author, facts, teasers.
  void drop_boxes() {
    double together = 0;
    double all = 0;
    for (std::size_t i = choice_.first; i < choice_.last; ++i) {
      const Block& block = page_.blocks[i];
      const double likely = static_cast<double>(block.likely) * block.weight;
      all += block.rule == nullptr ? likely : 0;
      together += block.rule == nullptr && block.company > 0.5F ? likely : 0;
    }
    if (together < 0.7 * all || together < 600) {
      return;
    }
    bool is_above = true;  // the first of the text that stands together
    for (std::size_t i = choice_.first; i < choice_.last; ++i) {
      Block& block = page_.blocks[i];
      is_above = is_above && (block.company <= 0.5F || !is_paragraph(block));
      const bool may_be_lead = is_above && has_leads(metadata_) && block.weight >= 60;
      if (block.rule == nullptr && block.company < 0.12F && !may_be_lead &&
          !is_quoted(block)) {
        block.rule = "box";
      }
    }
  }

  // Quotes, code and tables stand apart by nature.
  bool is_quoted(const Block& block) const {
    const HtmlTree& tree = *page_.tree;
    HtmlTree::Index at = block.owner;
    for (int level = 0; level < 5 && at != HtmlTree::kNone;
         ++level, at = tree[at].parent) {
      const Tag tag = tree[at].tag;
      if (tag == Tag::blockquote || tag == Tag::pre || tag == Tag::tr) {
        return true;
      }
    }
    return false;
  }

  PageBlocks& page_;
  Choice choice_;
  const PageMetadata& metadata_;
  std::string title_;
};

}  // namespace

std::optional<std::size_t> find_lead(const PageBlocks& page, const Choice& choice,
                                     const PageMetadata& metadata) {
  if (!has_leads(metadata) || !choice.headline || *choice.headline >= choice.first ||
      choice.first - *choice.headline > 40) {
    return std::nullopt;
  }
  std::string below;
  for (std::size_t i = choice.first; i < choice.last && below.size() < 4000; ++i) {
    below += page.blocks[i].rule == nullptr ? page.blocks[i].text + "\n" : "";
  }
  const TextEvidence text(below);
  const TextEvidence summary(metadata.summary);
  for (std::size_t i = *choice.headline + 1; i < choice.first; ++i) {
    const Block& block = page.blocks[i];
    if (block.rule != nullptr || block.weight < 40 || is_mostly_links(block) ||
        text.share_of(block.text) > 0.5) {
      continue;
    }
    const bool is_summary = summary.share_of(block.text) > 0.6;
    const bool is_named = (block.marks & kMarkLead) != 0;
    if (is_summary || (is_named && block.weight >= 50) ||
        (block.weight >= 70 && ends_sentence(block.text) && block.likely > 0.3F)) {
      return i;
    }
  }
  return std::nullopt;
}

void trim_article(PageBlocks& page, const Choice& choice, const PageMetadata& metadata) {
  Trimming(page, choice, metadata).run();
}

}  // namespace siftd
