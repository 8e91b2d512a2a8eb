// What is stored: articles, stories, and the life of one URL.
#include <algorithm>
#include <charconv>
#include <rapidjson/document.h>
#include <set>
#include <utility>

#include "base/limits.hpp"
#include "daemon/control.hpp"
#include "daemon/reader.hpp"
#include "daemon/service.hpp"
#include "sifters/identity.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

std::chrono::sys_seconds seconds(std::int64_t unix_time) {
  return std::chrono::sys_seconds(std::chrono::seconds(unix_time));
}

std::vector<Removed> removed_of(const std::string& json) {
  std::vector<Removed> removed;
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (document.HasParseError() || !document.IsArray()) {
    return removed;
  }
  for (const rapidjson::Value& part : document.GetArray()) {
    if (part.IsObject() && part.HasMember("rule") && part["rule"].IsString() &&
        part.HasMember("text") && part["text"].IsString()) {
      const bool has_place = part.HasMember("after") && part["after"].IsUint();
      removed.push_back({part["rule"].GetString(),
                         {part["text"].GetString(), part["text"].GetStringLength()},
                         has_place ? part["after"].GetUint() : Removed::kAtEnd});
    }
  }
  return removed;
}

// The beginning of a text, cut between characters.
void cut(std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) {
    return;
  }
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) {
    --bytes;
  }
  text.resize(bytes);
}

ArticleView stored_view(ArticleRow row) {
  ArticleView view;
  view.id = row.id;
  view.feed = std::move(row.feed);
  view.guid = std::move(row.guid);
  view.url = std::move(row.url);
  view.title = std::move(row.title);
  view.text = std::move(row.text);
  view.removed = removed_of(row.removed_json);
  view.revision = row.revision;
  view.text_from = row.text_from;
  view.story = row.story;
  view.duplicate_of = row.duplicate_of;
  view.similarity = row.similarity;
  view.kind = row.kind;
  view.is_removed = row.is_removed;
  view.first_seen = seconds(row.first_seen);
  view.last_changed = seconds(row.last_changed);
  return view;
}

std::vector<ArticleView> views_of(std::vector<ArticleRow> rows, std::size_t text_bytes) {
  std::vector<ArticleView> views;
  views.reserve(rows.size());
  for (ArticleRow& row : rows) {
    views.push_back(stored_view(std::move(row)));
    cut(views.back().text, text_bytes);
  }
  return views;
}

std::optional<std::uint64_t> hex_id(const std::string& text) {
  std::uint64_t id = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), id, 16);
  const bool whole = text.size() == 16 && error == std::errc{} && end == text.data() + 16;
  return whole ? std::optional(id) : std::nullopt;
}

Error not_found(const std::string& which) {
  return Error{make_error_code(OperationErrc::not_found),
               "no stored article has the id, URL or guid " + which};
}

const char* event_words(EventType type) {
  switch (type) {
    case EventType::article_new:
      return "told as new";
    case EventType::article_updated:
      return "told as updated";
    case EventType::article_duplicate:
      return "told as a copy";
    case EventType::article_removed:
      return "told as removed by its publisher";
    case EventType::feed_status:
      break;
  }
  return "told";
}

std::string hex16(std::uint64_t id) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; id >>= 4) {
    text[i] = kDigits[id & 15U];
  }
  return text;
}

}  // namespace

asio::awaitable<Result<ArticlePage>> Control::articles(ArticleQuery query) {
  Reader::Query wanted;
  wanted.words = std::move(query.text);
  wanted.feed = std::move(query.feed);
  wanted.limit = query.limit;
  std::from_chars(query.after.data(), query.after.data() + query.after.size(),
                  wanted.before);
  ArticlePage page;
  if (query.story != 0) {
    Result<std::optional<Reader::Story>> story =
        co_await service_.reader().story(query.story);
    if (!story) {
      co_return story.error();
    }
    if (*story) {
      page.articles = views_of(std::move((*story)->articles), limits::kListedTextBytes);
    }
    co_return page;
  }
  Result<Reader::Articles> found = co_await service_.reader().search(std::move(wanted));
  if (!found) {
    co_return found.error();
  }
  if (!found->rows.empty() &&
      (found->rows.size() >= query.limit || !found->is_complete)) {
    page.next = std::to_string(found->rows.back().first_seen);
  }
  if (!query.copies) {
    std::erase_if(found->rows,
                  [](const ArticleRow& row) { return row.duplicate_of != 0; });
  }
  page.articles = views_of(std::move(found->rows), limits::kListedTextBytes);
  co_return page;
}

asio::awaitable<std::optional<ArticleView>> Control::view_of_article(std::uint64_t id) {
  Result<std::optional<ArticleRow>> row = co_await service_.reader().article(id);
  if (!row || !*row) {
    co_return std::nullopt;
  }
  co_return stored_view(std::move(**row));
}

asio::awaitable<Result<ArticleDetail>> Control::article(std::string which) {
  std::optional<ArticleView> found;
  if (const std::optional<std::uint64_t> id = hex_id(which)) {
    found = co_await view_of_article(*id);
  }
  if (!found) {
    const std::string canonical = canonical_url(which);
    std::string url = canonical.empty() ? which : canonical;
    Result<Reader::Articles> rows = co_await service_.reader().by_url(std::move(url));
    if (!rows) {
      co_return rows.error();
    }
    if (rows->rows.empty()) {
      co_return not_found(which);
    }
    found = stored_view(std::move(rows->rows.front()));
  }
  ArticleDetail detail;
  detail.article = std::move(*found);
  const std::uint64_t id = detail.article.id;
  Result<std::vector<StoredEvent>> events = co_await service_.reader().events(id);
  if (events) {
    detail.events = std::move(*events);
  }
  if (detail.article.duplicate_of != 0) {
    detail.original = co_await view_of_article(detail.article.duplicate_of);
  }
  Result<Reader::Articles> copies = co_await service_.reader().copies(id);
  if (copies) {
    detail.copies = views_of(std::move(copies->rows), limits::kMaxEventBytes);
  }
  Result<std::optional<Reader::Story>> story =
      co_await service_.reader().story(detail.article.story);
  if (story && *story) {
    detail.story = views_of(std::move((*story)->articles), 0);
    std::erase_if(detail.story, [&](const ArticleView& other) { return other.id == id; });
  }
  co_return detail;
}

asio::awaitable<Result<std::vector<StoryView>>> Control::stories(std::size_t limit) {
  Result<std::vector<Reader::Story>> found = co_await service_.reader().stories(limit);
  if (!found) {
    co_return found.error();
  }
  std::vector<StoryView> views;
  for (Reader::Story& story : *found) {
    if (story.articles.empty()) {
      continue;
    }
    StoryView view;
    view.id = story.id;
    view.title = story.articles.back().title;
    view.articles = story.articles.size();
    view.first = seconds(story.articles.back().first_seen);
    view.last = seconds(story.articles.front().first_seen);
    std::set<std::string> names;
    for (const ArticleRow& row : story.articles) {
      names.insert(row.feed);
    }
    view.feeds.assign(names.begin(), names.end());
    views.push_back(std::move(view));
  }
  co_return views;
}

// From what is stored: when it was seen, what its text came from, what it is a copy
// of, when it was told, and how far each sink has come.
asio::awaitable<Result<WhyView>> Control::why(std::string url) {
  WhyView view;
  Result<ArticleDetail> found = co_await article(url);
  if (!found) {
    for (const PolledFeed* feed : service_.pipeline().feeds()) {
      if (feed->config->url == url || feed->config->name == url) {
        view.steps.push_back({std::nullopt, "feed", view_of(*feed).why});
      }
    }
    if (view.steps.empty()) {
      co_return found.error();
    }
    co_return view;
  }
  const ArticleView& article = found->article;
  view.steps.push_back({article.first_seen, "seen", "first listed by " + article.feed});
  view.steps.push_back({article.first_seen, "text",
                        article.text_from == TextFrom::page
                            ? "text found on the article's page"
                            : "text taken from the feed itself"});
  if (!article.removed.empty()) {
    view.steps.push_back(
        {article.first_seen, "cleaned",
         std::to_string(article.removed.size()) + " passages taken out"});
  }
  if (article.duplicate_of != 0) {
    view.steps.push_back(
        {article.first_seen, "copy",
         "says what " +
             (found->original ? found->original->url : hex16(article.duplicate_of)) +
             " said before; similarity " + std::to_string(article.similarity)});
  }
  view.steps.push_back({article.first_seen, "story",
                        "in story " + hex16(article.story) + " with " +
                            std::to_string(found->story.size()) + " others"});
  for (const StoredEvent& event : found->events) {
    view.steps.push_back({std::nullopt, "event",
                          std::string(event_words(event.type)) + ", sequence " +
                              std::to_string(event.sequence)});
    for (const SinkView& sink : sinks()) {
      const bool has_it = sink.status.position >= event.sequence;
      view.steps.push_back(
          {std::nullopt, has_it ? "delivered" : "waiting",
           std::string(has_it ? "taken by sink " : "not yet taken by sink ") +
               sink.status.name});
    }
  }
  if (found->events.empty() && article.duplicate_of != 0) {
    view.steps.push_back({std::nullopt, "event", "none: copies are dropped"});
  }
  view.article = std::move(*found);
  co_return view;
}

}  // namespace siftd
