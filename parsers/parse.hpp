#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "fetchers/page.hpp"
#include "parsers/item.hpp"

namespace siftd {

// What a sitemap index says of one of its sitemaps.
struct SitemapLink {
  std::string url;  // absolute, http or https
  std::optional<std::chrono::sys_seconds> modified;
  bool operator==(const SitemapLink&) const = default;
};

// What a feed says about itself, known when the last item has been handed on.
struct FeedInfo {
  std::string format;  // "rss 2.0", "atom 1.0", "rdf 1.0", "json 1.1", "sitemap", ...
  std::string title;
  std::string home_page_url;
  std::string feed_url;
  std::string description;
  std::string language;
  std::string icon;
  std::string favicon;
  std::vector<Author> authors;
  std::vector<std::string> hubs;  // WebSub, from the body
  std::string self;               // rel=self, the hub's topic
  std::string next_url;           // RFC 5005 next or prev-archive
  bool expired = false;           // JSON Feed: no more will come
  bool truncated = false;  // the document was cut or over a limit: items may be missing
  std::string truncated_why;
  // What the publisher asks for. skip_hours has bit h for hour h UTC, skip_days
  // bit d for day d, Monday = 0.
  std::optional<std::chrono::minutes> ttl;
  std::optional<std::chrono::seconds> update_period;  // sy:updatePeriod / frequency
  std::uint32_t skip_hours = 0;
  std::uint8_t skip_days = 0;
  std::vector<SitemapLink> sitemaps;  // of a sitemap index, in its order
  std::string extensions_json;        // as in Item
};

// Reads a feed of any format that siftd knows, told apart by content and not
// by content type; hands each item on as soon as it is whole, in document
// order. Pure: no I/O, no clock, no request; safe on any thread. An Error: the
// body is no feed (its detail says what it is instead).
Result<FeedInfo> parse_feed(const Page& page, const std::function<void(Item)>& on_item);

// The feeds that an HTML page names by <link rel=alternate>, absolute, best first.
std::vector<std::string> discover_feeds(const Page& page);

}  // namespace siftd
