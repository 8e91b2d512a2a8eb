#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/item.hpp"
#include "sifters/event.hpp"

namespace siftd {

// What a feed's item says about the article: evidence for the right block of its
// page. Plain text; may all be empty.
struct ArticleHints {
  std::string title;
  std::string summary;
  std::string text;
};

// The article of a page. A value; UTF-8 in NFC without control characters.
struct Article {
  bool found = false;
  std::string reason;  // why not: "front page", "paywall", "error page", ...
  // Paragraphs, one a line, an empty line between blocks; list items and table rows
  // on lines of their own.
  std::string text;
  std::string title;  // plain, without the site's name
  std::vector<Author> authors;
  std::optional<std::chrono::sys_seconds> published;
  int published_offset = 0;  // minutes east of UTC, as the page wrote it
  std::optional<std::chrono::sys_seconds> modified;
  std::string language;  // BCP 47; empty: unknown
  std::string canonical_url;
  std::string image;
  std::string site_name;
  std::string section;
  std::string summary;
  std::vector<std::string> tags;
  bool retracted = false;  // the page says that the publisher took the article back
  // Blocks that were taken out of the article, in order, with the rule's name;
  // limits::kMaxRemoved of them, each cut to limits::kMaxRemovedBytes.
  std::vector<Removed> removed;
};

// Finds the article in an HTML page. `content_type` is the header as the server
// sent it (its charset counts), `url` where the page came from. Pure, any thread;
// time and memory are linear in the page, which counts up to
// limits::kMaxPageBytes. Never fails: a page without an article says why.
Article extract_article(std::string_view html, std::string_view content_type,
                        std::string_view url, const ArticleHints& hints = {});

// The same, and a report for people on stdout's scale: which blocks were
// candidates, which won and why, what each part was taken for.
Article explain_article(std::string_view html, std::string_view content_type,
                        std::string_view url, const ArticleHints& hints,
                        std::string& report);

// The text of a feed item's own HTML (UTF-8, sanitised): all of its blocks but
// those that are plainly not text of the article, laid out as Article::text.
std::string html_to_text(std::string_view html);

// Fills `data` from the feed's item and, if there is one, its page, field by field;
// `now` bounds dates (more than a day in the future is not believed). Sets title,
// content_text, text_from, summary, authors, dates, language, tags, image, url and
// removed; leaves the rest of `data` alone. The rules stand in docs/extraction.md.
//  - text: the page's when it was found, unless the feed's own is full and the page's
//    is much shorter; else the feed's
//  - title, authors, published, tags, url: the feed's where it says something, else
//    the page's; language, image: the page's first
void reconcile(const Item& item, std::string_view feed_language, const Article* page,
               std::chrono::sys_seconds now, ArticleData& data);

}  // namespace siftd
