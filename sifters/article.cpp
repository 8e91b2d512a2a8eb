#include "sifters/article.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/charset.hpp"
#include "parsers/html.hpp"
#include "parsers/metadata.hpp"
#include "sifters/article_choice.hpp"
#include "sifters/article_explain.hpp"
#include "sifters/article_trim.hpp"
#include "sifters/byline.hpp"
#include "sifters/language.hpp"
#include "sifters/page_blocks.hpp"
#include "sifters/page_verdict.hpp"
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

// Of the blocks that are surely text.
std::string page_language(const PageBlocks& page) {
  std::string sample;
  for (const Block& block : page.blocks) {
    if (block.likely > 0.8F && sample.size() < limits::kLanguageBytes) {
      sample += block.text + "\n";
    }
  }
  return detect_language(sample);
}

std::uint32_t lines_in(std::string_view text) {
  const std::vector<std::string_view> lines = split_lines(text);
  return static_cast<std::uint32_t>(
      std::count_if(lines.begin(), lines.end(), [](std::string_view line) {
        return line.find_first_not_of(" \t") != std::string_view::npos;
      }));
}

// `after`: lines of the text before it.
void note_removed(const Block& block, std::uint32_t after, Article& article) {
  if (article.removed.size() >= limits::kMaxRemoved) {
    return;
  }
  const std::size_t size = utf8_cut(block.text, limits::kMaxRemovedBytes);
  std::string text = normalize_text(std::string_view(block.text).substr(0, size));
  if (!text.empty()) {
    article.removed.push_back({block.rule, std::move(text), after, true});
  }
}

// One line without invisible characters, as fields other than the text are.
std::string tidy_line(std::string_view text) {
  return collapse_spaces(normalize_text(text));
}

void take_metadata(PageMetadata&& metadata, Article& article) {
  article.title = tidy_line(metadata.title);
  article.authors = std::move(metadata.authors);
  for (Author& author : article.authors) {
    author.name = tidy_line(author.name);
  }
  article.published = metadata.published;
  article.published_offset = metadata.published_offset;
  article.modified = metadata.modified;
  article.language = std::move(metadata.language);
  article.canonical_url = std::move(metadata.canonical_url);
  article.image = std::move(metadata.image);
  article.site_name = tidy_line(metadata.site_name);
  article.section = tidy_line(metadata.section);
  article.summary = tidy_line(metadata.summary);
  for (const std::string& tag : metadata.tags) {
    article.tags.push_back(tidy_line(tag));
  }
}

std::string body_text(const PageMetadata& metadata) {
  const std::string& body = metadata.article_body;
  return body.find('<') == std::string::npos ? body : html_to_text(body);
}

PageEvidence gather_evidence(const PageMetadata& metadata, const ArticleHints& hints) {
  PageEvidence evidence;
  evidence.body = TextEvidence(body_text(metadata));
  evidence.feed = TextEvidence(hints.text + "\n" + hints.summary);
  return evidence;
}

// The blocks of the article, its lead first; those that were taken out are noted.
std::string collect_text(const PageBlocks& page, const Choice& choice,
                         const PageMetadata& metadata, Article& article) {
  std::vector<const Block*> kept;
  std::uint32_t lines = 0;
  const auto keep = [&](const Block& block) {
    kept.push_back(&block);
    lines += lines_in(block.text);
  };
  if (const auto lead = find_lead(page, choice, metadata)) {
    keep(page.blocks[*lead]);
  }
  for (std::size_t i = choice.first; i < choice.last; ++i) {
    if (page.blocks[i].rule == nullptr) {
      keep(page.blocks[i]);
    } else {
      note_removed(page.blocks[i], lines, article);
    }
  }
  return lay_out(kept);
}

// Pages that scripts build carry their text in JSON-LD alone.
void fall_back_to_body(const PageMetadata& metadata, Article& article) {
  if (metadata.article_body.size() < 500 ||
      article.text.size() * 2 > metadata.article_body.size()) {
    return;
  }
  std::string text = normalize_text(body_text(metadata));
  if (text.size() >= 400 && article.text.size() * 2 < text.size()) {
    article.text = std::move(text);
    article.removed.clear();
  }
}

// The whole way from bytes to an article; `report` may be null.
Article find_article(std::string_view html, std::string_view content_type,
                     std::string_view url, const ArticleHints& hints,
                     std::string* report) {
  std::string decoded;
  const HtmlTree tree = parse_html(as_utf8(html.substr(0, limits::kMaxPageBytes),
                                           content_type, DocumentKind::html, decoded));
  PageMetadata metadata = read_metadata(tree, url);
  Article article;
  PageBlocks page = cut_into_blocks(tree);
  const auto headline =
      find_headline(page, metadata.title.empty() ? hints.title : metadata.title);
  judge_shapes(page);
  if (metadata.language.empty()) {
    metadata.language = page_language(page);
  }
  take_out_marked(page, headline);
  judge_blocks(page, headline, gather_evidence(metadata, hints));
  const std::vector<Container> containers = choose_container(page, 5);
  Choice choice{0, 0, headline};
  if (!containers.empty()) {
    const HtmlTree::Index node = containers.front().node;
    choice = {page.first_of(node), page.last_of(node), headline};
    read_byline(page, choice, metadata);
    trim_article(page, choice, metadata);
    article.text = collect_text(page, choice, metadata, article);
  }
  fall_back_to_body(metadata, article);
  const PageVerdict verdict = judge_page(page, choice, metadata, article.text, url);
  article.found = verdict.reason.empty();
  article.reason = verdict.reason;
  article.retracted = verdict.retracted;
  take_metadata(std::move(metadata), article);
  if (report != nullptr) {
    *report = explain_choice(page, containers, article);
  }
  if (!article.found) {
    article.text.clear();
    article.removed.clear();
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
  judge_shapes(page);
  take_out_marked(page, std::nullopt);
  std::vector<const Block*> kept;
  for (const Block& block : page.blocks) {
    if (block.rule == nullptr) {
      kept.push_back(&block);
    }
  }
  return lay_out(kept);
}

}  // namespace siftd
