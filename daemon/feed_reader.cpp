#include "daemon/feed_reader.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "base/limits.hpp"
#include "daemon/feed_pace.hpp"
#include "daemon/journal_log.hpp"
#include "fetchers/fetch_error.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

using Steady = std::chrono::steady_clock;

// Nothing that an event could say.
bool is_blank(const Item& item) {
  return item.id.empty() && item.url.empty() && item.title.empty() &&
         item.summary.empty() && item.content_html.empty() && item.content_text.empty();
}

// The items that a poll looks at. Of more than limits::kMaxTakenItems the latest by
// their dates (a sitemap's end is as likely new as its beginning), without dates the
// first.
class TakenItems {
 public:
  void add(Item item) {
    items_.push_back(std::move(item));
    if (items_.size() >= 2 * limits::kMaxTakenItems) {
      shrink();
    }
  }
  std::vector<Item> finish() {
    shrink();
    return std::move(items_);
  }

 private:
  static std::chrono::sys_seconds date_of(const Item& item) {
    return item.published.value_or(item.updated.value_or(std::chrono::sys_seconds()));
  }
  void shrink() {
    if (items_.size() <= limits::kMaxTakenItems) {
      return;
    }
    std::vector<std::pair<std::chrono::sys_seconds, std::size_t>> order;
    order.reserve(items_.size());
    for (const Item& item : items_) {
      order.emplace_back(date_of(item), order.size());
    }
    const auto last = order.begin() + limits::kMaxTakenItems;
    std::nth_element(order.begin(), last, order.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    order.erase(last, order.end());
    std::sort(order.begin(), order.end(),
              [](const auto& a, const auto& b) { return a.second < b.second; });
    std::vector<Item> kept;
    kept.reserve(order.size());
    for (const auto& [date, place] : order) {
      kept.push_back(std::move(items_[place]));
    }
    items_ = std::move(kept);
  }

  std::vector<Item> items_;
};

ParsedFeed parse_on_pool(const Page& page, const std::string& feed_url) {
  ParsedFeed parsed;
  TakenItems items;
  parsed.info = parse_feed(page, [&](Item item) {
    parsed.digest.add(item);
    if (!is_blank(item)) {
      items.add(std::move(item));
    }
  });
  if (parsed.info) {
    parsed.items = identify(feed_url, items.finish());
  } else {
    parsed.named_feeds = discover_feeds(page);
  }
  return parsed;
}

std::string_view site_of(const std::string& host) {
  std::string_view site = host;
  if (site.starts_with("www.")) {
    site.remove_prefix(4);
  }
  return site;
}

bool is_news(const SitemapLink& sitemap) {
  std::string path =
      sitemap.url.substr(std::min(sitemap.url.find('/', 8), sitemap.url.size()));
  std::transform(path.begin(), path.end(), path.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return path.find("news") != std::string::npos &&
         path.find("newsletter") == std::string::npos;
}

SitemapState known_state(const FeedState& state, const std::string& url) {
  if (state.sitemaps) {
    for (const SitemapState& known : *state.sitemaps) {
      if (known.url == url) {
        return known;
      }
    }
  }
  SitemapState fresh;
  fresh.url = url;
  return fresh;
}

std::vector<std::string> urls_of(const std::vector<SitemapState>& sitemaps) {
  std::vector<std::string> urls;
  for (const SitemapState& sitemap : sitemaps) {
    urls.push_back(sitemap.url);
  }
  return urls;
}

}  // namespace

std::vector<std::string> pick_sitemaps(const std::vector<SitemapLink>& sitemaps,
                                       std::string_view index_url) {
  const std::string index_host = host_of(index_url);
  std::vector<const SitemapLink*> dated;
  std::vector<const SitemapLink*> undated;
  std::vector<const SitemapLink*> ranked;
  std::unordered_set<std::string_view> seen = {index_url};
  for (const SitemapLink& sitemap : sitemaps) {
    if (site_of(host_of(sitemap.url)) == site_of(index_host) &&
        seen.insert(sitemap.url).second) {
      (is_news(sitemap)   ? ranked
       : sitemap.modified ? dated
                          : undated)
          .push_back(&sitemap);
    }
  }
  const auto latest_first = [](const SitemapLink* a, const SitemapLink* b) {
    return a->modified > b->modified;  // one without a date comes last
  };
  std::stable_sort(ranked.begin(), ranked.end(), latest_first);
  std::stable_sort(dated.begin(), dated.end(), latest_first);
  ranked.insert(ranked.end(), dated.begin(), dated.end());
  for (std::size_t i = 0; i < undated.size(); ++i) {
    ranked.push_back(i % 2 == 0 ? undated[i / 2] : undated[undated.size() - 1 - i / 2]);
  }
  ranked.resize(std::min(ranked.size(), limits::kIndexSitemaps));
  std::vector<std::string> picked;
  for (const SitemapLink* sitemap : ranked) {
    picked.push_back(sitemap->url);
  }
  return picked;
}

asio::awaitable<ParsedFeed> FeedReader::parse(std::shared_ptr<const Page> page,
                                              std::string feed_url) {
  std::function<ParsedFeed()> work = [page = std::move(page), url = std::move(feed_url)] {
    return parse_on_pool(*page, url);
  };
  ParsedFeed parsed = co_await parts_.pool.run(std::move(work));
  if (parsed.info) {
    parts_.metrics.feed_formats.add(parsed.info->format);
    parts_.metrics.items += parsed.items.size();
  }
  co_return parsed;
}

asio::awaitable<FeedAnswer> FeedReader::poll(PolledFeed& feed) {
  Request request = request_for(*feed.config, feed.state, feed.access, wall_now());
  const auto started = Steady::now();
  Result<Page> page = co_await parts_.fetcher.fetch(std::move(request));
  parts_.metrics.poll_seconds.observe(Steady::now() - started);
  parts_.metrics.polls.add(page ? std::to_string(page->status) : "error");
  ++feed.polls;
  FeedAnswer answer;
  answer.outcome = read_answer(feed.state, page);
  if (page) {
    feed.bytes += page->body.size();
    parts_.metrics.feed_bytes += page->body.size();
  } else {
    parts_.metrics.fetch_errors.add(page.error().code.message());
  }
  if (answer.outcome.kind == PollOutcome::Kind::parse) {
    co_await read(feed, std::move(*page), answer);
  } else if (answer.outcome.kind == PollOutcome::Kind::unchanged && feed.state.sitemaps) {
    // An index that is as it was may name sitemaps that are not.
    co_await read_sitemaps(feed, urls_of(*feed.state.sitemaps), answer);
  }
  feed.unchanged += answer.outcome.kind == PollOutcome::Kind::unchanged ? 1 : 0;
  co_return answer;
}

// Parses the body; when it is an HTML page that names its feed, fetches that one.
asio::awaitable<void> FeedReader::read(PolledFeed& feed, Page body, FeedAnswer& answer) {
  for (bool may_discover = true;; may_discover = false) {
    auto page = std::make_shared<const Page>(std::move(body));
    const std::string url = page->url;
    ParsedFeed parsed = co_await parse(std::move(page), feed.config->url.str());
    if (parsed.info) {
      feed.title = parsed.info->title;
      feed.home_page = parsed.info->home_page_url;
      answer.outcome.info = std::move(*parsed.info);
      answer.outcome.digest = std::move(parsed.digest);
      answer.items = std::move(parsed.items);
      if (answer.outcome.info.format == "sitemapindex") {
        co_await read_sitemaps(feed, pick_sitemaps(answer.outcome.info.sitemaps, url),
                               answer);
      }
      co_return;
    }
    if (!may_discover || parsed.named_feeds.empty()) {
      ++parts_.metrics.parse_failures;
      answer.outcome.fail(parsed.info.error());
      co_return;
    }
    const std::string& named_url = parsed.named_feeds.front();
    Request request = found_request_for(*feed.config, named_url, feed.access);
    Result<Page> named = co_await parts_.fetcher.fetch(std::move(request));
    answer.outcome = read_answer(feed.state, named);
    answer.outcome.found_url = named_url;
    if (answer.outcome.kind != PollOutcome::Kind::parse) {
      co_return;
    }
    body = std::move(*named);
  }
}

// One after the other, in the turn that the feed has at its host. One that fails
// keeps what was known of it and leaves the others alone; when all fail, so does the
// poll.
asio::awaitable<void> FeedReader::read_sitemaps(PolledFeed& feed,
                                                std::vector<std::string> urls,
                                                FeedAnswer& answer) {
  PollOutcome& outcome = answer.outcome;
  auto states = std::make_shared<std::vector<SitemapState>>();
  std::optional<Error> failure;
  std::vector<std::pair<std::string, Error>> left_out;  // for the first time
  bool any_read = false;
  bool any_changed = outcome.kind == PollOutcome::Kind::parse;
  for (const std::string& url : urls) {
    SitemapState state = known_state(feed.state, url);
    const SitemapState before = state;
    ParsedFeed sitemap = co_await read_sitemap(feed, state);
    if (sitemap.info) {
      any_read = true;
      if (state.last_whole != before.last_whole) {
        const auto day = [](std::chrono::sys_seconds time) {
          return floor<std::chrono::days>(time);
        };
        answer.has_first |= before.last_whole == std::chrono::sys_seconds();
        answer.has_first_of_day |= day(state.last_whole) != day(before.last_whole);
      }
      any_changed =
          any_changed || answer.has_first_of_day || state.content != before.content;
      outcome.digest.add(sitemap.digest);
      const std::size_t room =
          limits::kMaxTakenItems - std::min(limits::kMaxTakenItems, answer.items.size());
      sitemap.items.resize(std::min(sitemap.items.size(), room));
      std::move(sitemap.items.begin(), sitemap.items.end(),
                std::back_inserter(answer.items));
    } else {
      outcome.digest.add_unread(before.content);
      const Error& why = sitemap.info.error();
      if (!state.is_failing) {
        left_out.emplace_back(url, why);
      }
      failure = failure ? std::move(failure) : why;
    }
    state.is_failing = !sitemap.info;
    states->push_back(std::move(state));
  }
  if (failure && !any_read) {
    failure->detail += " (and none of the other sitemaps of the index can be read)";
    outcome.fail(std::move(*failure));
    co_return;
  }
  for (const auto& [url, why] : left_out) {
    log(parts_.logger, LogLevel::warning,
        "feed " + feed.config->name.str() + ": its sitemap " + url +
            " is left out: " + why.code.message() + ": " + why.detail,
        {{"feed", feed.config->name}, {"url", url}, {"error", why.detail}});
  }
  if (any_changed && outcome.kind == PollOutcome::Kind::unchanged) {
    outcome.kind = PollOutcome::Kind::parse;
    outcome.body_hash = feed.state.body;
  }
  outcome.sitemaps = std::move(states);
}

// Unchanged: no items, and a digest that is the one before. Else `state` is what has
// to be remembered once the items are recorded.
asio::awaitable<ParsedFeed> FeedReader::read_sitemap(PolledFeed& feed,
                                                     SitemapState& state) {
  Request request = found_request_for(*feed.config, state.url, feed.access);
  FeedState read_last;
  read_last.last_whole = state.last_whole;
  if (!wants_whole(*feed.config, read_last, wall_now())) {
    request.etag = state.etag;
    request.last_modified = state.last_modified;
  }
  const bool is_conditional = !request.etag.empty() || !request.last_modified.empty();
  Result<Page> page = co_await parts_.fetcher.fetch(std::move(request));
  ParsedFeed parsed;
  if (!page) {
    parsed.info = page.error();
    co_return parsed;
  }
  feed.bytes += page->body.size();
  parts_.metrics.feed_bytes += page->body.size();
  if (page->status == 304 && is_conditional) {
    parsed.info = FeedInfo{};
    parsed.digest.add_unread(state.content);
    co_return parsed;
  }
  if (page->status != 200) {
    parsed.info = fetch_error(FetchErrc::failed,
                              "the server answers " + std::to_string(page->status));
    co_return parsed;
  }
  // Validators hold for the URL that gave them (RFC 9110 8.8).
  const bool is_own = page->url == state.url;
  std::string etag = is_own ? std::move(page->etag) : std::string();
  std::string last_modified = is_own ? std::move(page->last_modified) : std::string();
  auto body = std::make_shared<const Page>(std::move(*page));
  parsed = co_await parse(std::move(body), feed.config->url.str());
  if (!parsed.info) {
    co_return parsed;
  }
  if (parsed.info->format == "sitemapindex") {
    parsed.info = fetch_error(
        FetchErrc::failed, "an index within an index is not followed; name it as a feed");
    co_return parsed;
  }
  state.etag = std::move(etag);
  state.last_modified = std::move(last_modified);
  state.content = parsed.digest.hash();
  state.last_whole = floor<std::chrono::seconds>(wall_now());
  co_return parsed;
}

}  // namespace siftd
