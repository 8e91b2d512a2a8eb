#include "sifters/prepare.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/limits.hpp"
#include "parsers/url.hpp"
#include "sifters/article.hpp"
#include "sifters/boilerplate.hpp"
#include "sifters/identity.hpp"
#include "sifters/text.hpp"

namespace siftd {

namespace {

// How feeds say that there is more on the page.
bool ends_cut(std::string_view text) {
  static constexpr std::array<std::string_view, 14> kEnds = {
      "…",           "...",           "[…]",         "[...]",
      "[&hellip;]",  "read more",     "read more »", "continue reading",
      "weiterlesen", "lire la suite", "leer más",    "leggi tutto",
      "lees meer",   "читать далее"};
  const std::string folded = fold(text.substr(text.size() > 80 ? text.size() - 80 : 0));
  std::string_view end = folded;
  while (!end.empty() && (end.back() == '.' || end.back() == ' ' || end.back() == '>')) {
    if (end.ends_with("...")) {
      return true;
    }
    end.remove_suffix(1);
  }
  return std::any_of(kEnds.begin(), kEnds.end(), [&](std::string_view cut) {
    return end.ends_with(cut) || std::string_view(folded).ends_with(cut);
  });
}

std::string item_text(const Item& item) {
  return item.content_html.empty() ? item.content_text : html_to_text(item.content_html);
}

std::size_t paragraphs(std::string_view text) {
  std::size_t count = 0;
  for (const std::string_view line : split_lines(text)) {
    if (line.size() > limits::kParagraphBytes) {
      ++count;
    }
  }
  return count;
}

std::string site_of(std::string_view url) {
  const std::optional<UrlParts> parts = split_url(url);
  return parts ? std::string(parts->host) : std::string();
}

}  // namespace

bool has_full_text(const Item& item) {
  const std::string text = item_text(item);
  const std::string_view trimmed = trim_blanks(text);
  if (trimmed.empty() || ends_cut(trimmed)) {
    return false;
  }
  if (item.has_full_content) {
    return true;
  }
  return measure(trimmed).words >= limits::kFullTextWords && paragraphs(trimmed) >= 3;
}

Candidate prepare(const FeedContext& feed, IdentifiedItem identified,
                  const FetchedPage* page, const Rules& rules,
                  std::chrono::sys_seconds now) {
  const Item& item = identified.item;
  Candidate candidate;
  candidate.source = feed.source;
  candidate.keys = identified.keys;
  candidate.item_hash = identified.item_hash;
  ArticleData& data = candidate.data;
  std::optional<Article> article;
  if (page != nullptr) {
    const ArticleHints hints{item.title, item.summary, item_text(item)};
    article = extract_article(page->body, page->content_type, page->url, hints);
  }
  candidate.is_retracted = article && article->retracted;
  reconcile(item, feed.language, article && article->found ? &*article : nullptr, now,
            data);
  if (std::string canonical = canonical_url(data.url.empty() ? item.url : data.url);
      !canonical.empty()) {
    data.url = std::move(canonical);
  }
  data.id = !item.id.empty() ? item.id : data.url;
  candidate.site = site_of(data.url.empty() ? feed.source.url : data.url);
  const CleanContext context{candidate.site, data.title, data.language, true};
  Cleaned cleaned = clean_text(data.content_text, context, rules);
  data.content_text = std::move(cleaned.text);
  add_removed(data.removed, std::move(cleaned.removed));
  data.words = measure(data.content_text).words;
  data.feed = feed.source.name;
  data.attachments = item.attachments;
  candidate.fingerprint = fingerprint(data.title, data.content_text);
  return candidate;
}

}  // namespace siftd
