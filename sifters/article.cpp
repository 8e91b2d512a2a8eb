#include "sifters/article.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "parsers/charset.hpp"
#include "parsers/html.hpp"
#include "parsers/metadata.hpp"
#include "sifters/article_choice.hpp"
#include "sifters/article_explain.hpp"
#include "sifters/article_trim.hpp"
#include "sifters/page_blocks.hpp"
#include "sifters/text.hpp"

namespace siftd {

namespace {

// Blocks to text: an empty line between them, but for items of a list and rows of a
// table that follow one another.
std::string lay_out(const std::vector<const Block*>& blocks) {
  const auto is_line = [](const Block& block) {
    return block.tag == Tag::li || block.tag == Tag::tr || block.tag == Tag::dd ||
           block.tag == Tag::dt;
  };
  std::string text;
  const Block* before = nullptr;
  for (const Block* block : blocks) {
    if (before != nullptr) {
      text += is_line(*before) && is_line(*block) ? "\n" : "\n\n";
    }
    text += block->text;
    before = block;
  }
  return normalize_text(text);
}

void note_removed(const Block& block, Article& article) {
  if (article.removed.size() < limits::kMaxRemoved) {
    article.removed.push_back(
        {block.rule, normalize_text(block.text.substr(0, limits::kMaxRemovedBytes))});
  }
}

void take_metadata(PageMetadata&& metadata, Article& article) {
  article.title = std::move(metadata.title);
  article.authors = std::move(metadata.authors);
  article.published = metadata.published;
  article.modified = metadata.modified;
  article.language = std::move(metadata.language);
  article.canonical_url = std::move(metadata.canonical_url);
  article.image = std::move(metadata.image);
  article.site_name = std::move(metadata.site_name);
  article.section = std::move(metadata.section);
  article.summary = std::move(metadata.summary);
  article.tags = std::move(metadata.tags);
}

Evidence gather_evidence(const PageMetadata& metadata, const ArticleHints& hints) {
  Evidence evidence;
  evidence.title = metadata.title.empty() ? hints.title : metadata.title;
  const std::string& body = metadata.article_body;
  evidence.body =
      TextEvidence(body.find('<') == std::string::npos ? body : html_to_text(body));
  evidence.feed =
      TextEvidence(hints.text + "\n" + hints.summary + "\n" + metadata.summary);
  return evidence;
}

// The whole way from bytes to an article; `report` may be null.
Article find_article(std::string_view html, std::string_view content_type,
                     std::string_view url, const ArticleHints& hints,
                     std::string* report) {
  const HtmlTree tree = parse_html(
      to_utf8(html.substr(0, limits::kMaxPageBytes), content_type, DocumentKind::html));
  PageMetadata metadata = read_metadata(tree, url);
  Article article;
  PageBlocks page = cut_into_blocks(tree);
  const auto headline = find_headline(page, metadata.title);
  const Evidence evidence = gather_evidence(metadata, hints);
  judge_shapes(page);
  take_out_marked(page, headline);
  judge_blocks(page, headline, evidence);
  const std::vector<Candidate> candidates = choose_container(page, headline, 5);
  if (!candidates.empty()) {
    const HtmlTree::Index node = candidates.front().node;
    const Choice choice{page.first_of(node), page.last_of(node), headline};
    trim_article(page, choice, metadata);
    std::vector<const Block*> kept;
    if (const auto lead = find_lead(page, choice, metadata)) {
      kept.push_back(&page.blocks[*lead]);
    }
    for (std::size_t i = choice.first; i < choice.last; ++i) {
      if (page.blocks[i].rule == nullptr) {
        kept.push_back(&page.blocks[i]);
      } else {
        note_removed(page.blocks[i], article);
      }
    }
    article.text = lay_out(kept);
    article.found = !article.text.empty();
  }
  take_metadata(std::move(metadata), article);
  if (report != nullptr) {
    *report = explain_choice(page, candidates, article);
  }
  return article;
}

}  // namespace

Article extract_article(std::string_view html, std::string_view content_type,
                        std::string_view url, const ArticleHints& hints) {
  return find_article(html, content_type, url, hints, nullptr);
}

Article explain_article(std::string_view html, std::string_view content_type,
                        std::string_view url, const ArticleHints& hints,
                        std::string& report) {
  return find_article(html, content_type, url, hints, &report);
}

std::string html_to_text(std::string_view html) {
  const HtmlTree tree = parse_html(html);
  PageBlocks page = cut_into_blocks(tree);
  std::vector<const Block*> kept;
  for (const Block& block : page.blocks) {
    kept.push_back(&block);
  }
  return lay_out(kept);
}

}  // namespace siftd
