#include <algorithm>

#include "sifters/article.hpp"

namespace siftd {

namespace {

using Date = std::optional<std::chrono::sys_seconds>;

// Publishers' clocks run ahead by hours, their calendars by zones; not by days.
constexpr std::chrono::hours kFutureSlack{24};

Date not_in_future(Date date, std::chrono::sys_seconds now) {
  return date && *date <= now + kFutureSlack ? date : std::nullopt;
}

std::string own_text(const Item& item) {
  return item.content_html.empty() ? item.content_text : html_to_text(item.content_html);
}

// The page's text unless the feed carries the whole article and the page shows much
// less of it, as paywalls and pages built by scripts do.
bool takes_page(const Article* page, const Item& item, const std::string& own) {
  if (page == nullptr || !page->found) {
    return false;
  }
  return !item.has_full_content || page->text.size() * 10 >= own.size() * 7;
}

std::vector<std::string> join_tags(const std::vector<std::string>& ours,
                                   const std::vector<std::string>& more) {
  std::vector<std::string> all = ours;
  for (const std::string& tag : more) {
    if (std::find(all.begin(), all.end(), tag) == all.end()) {
      all.push_back(tag);
    }
  }
  return all;
}

const std::string& first_of(const std::string& a, const std::string& b) {
  return a.empty() ? b : a;
}

}  // namespace

void reconcile(const Item& item, std::string_view feed_language, const Article* page,
               std::chrono::sys_seconds now, ArticleData& data) {
  static const Article kNone;
  const Article& seen = page == nullptr ? kNone : *page;
  std::string own = own_text(item);
  if (takes_page(page, item, own)) {
    data.content_text = seen.text;
    data.text_from = TextFrom::page;
    data.removed = seen.removed;
  } else {
    data.content_text = own.empty() ? item.summary : std::move(own);
    data.text_from = TextFrom::feed;
    data.removed.clear();
  }
  data.title = first_of(item.title, seen.title);
  data.summary = first_of(item.summary, seen.summary);
  data.authors = item.authors.empty() ? seen.authors : item.authors;
  data.published = not_in_future(item.published, now);
  if (!data.published) {
    data.published = not_in_future(seen.published, now);
  }
  data.modified = not_in_future(item.updated, now);
  if (!data.modified) {
    data.modified = not_in_future(seen.modified, now);
  }
  data.language = !item.language.empty()   ? item.language
                  : !seen.language.empty() ? seen.language
                                           : std::string(feed_language);
  data.tags =
      join_tags(item.tags, item.tags.empty() ? seen.tags : std::vector<std::string>{});
  data.image = first_of(item.image, first_of(seen.image, item.banner_image));
  data.url = first_of(seen.canonical_url, item.url);
}

}  // namespace siftd
