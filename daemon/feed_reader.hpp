#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <spdlog/fwd.h>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/metrics.hpp"
#include "daemon/polled_feed.hpp"
#include "daemon/worker_pool.hpp"
#include "fetchers/fetcher.hpp"
#include "parsers/parse.hpp"
#include "sifters/identify.hpp"

namespace siftd {

// What the pool makes of a body.
struct ParsedFeed {
  Result<FeedInfo> info = Error{};
  std::vector<IdentifiedItem> items;
  ItemDigest digest;
  std::vector<std::string> named_feeds;  // of an HTML page
};

// One poll's answer, parsed.
struct FeedAnswer {
  PollOutcome outcome;
  std::vector<IdentifiedItem> items;
  // Of a sitemap index: one is read for the first time, or for the first time on this
  // day (its items have to be marked as still listed, or they would be forgotten).
  bool has_first = false;
  bool has_first_of_day = false;
};

// Makes one poll's requests and reads what they bring: the feed itself; the feed that
// an HTML page names; the sitemaps that an index names. Changes nothing but counters:
// what becomes of the answer is the pipeline's to judge. On the loop's thread; bodies
// are parsed on the pool.
class FeedReader {
 public:
  struct Parts {
    Fetcher& fetcher;
    WorkerPool& pool;
    Metrics& metrics;
    spdlog::logger& logger;
  };
  explicit FeedReader(Parts parts) : parts_(parts) {}

  boost::asio::awaitable<FeedAnswer> poll(PolledFeed& feed);
  boost::asio::awaitable<ParsedFeed> parse(std::shared_ptr<const Page> page,
                                           std::string feed_url);

 private:
  boost::asio::awaitable<void> read(PolledFeed& feed, Page body, FeedAnswer& answer);
  boost::asio::awaitable<void> read_sitemaps(PolledFeed& feed,
                                             std::vector<std::string> urls,
                                             FeedAnswer& answer);
  boost::asio::awaitable<ParsedFeed> read_sitemap(PolledFeed& feed, SitemapState& state);

  Parts parts_;
};

// The sitemaps of an index that a poll reads: absolute URLs on the index's own site
// (sitemaps.org: an index may name no others), each once and not the index itself.
// At most limits::kIndexSitemaps: those named after news first (they hold the last two
// days), then the latest changed, then those without a date from both ends of the
// list, since sites number them up as well as down.
std::vector<std::string> pick_sitemaps(const std::vector<SitemapLink>& sitemaps,
                                       std::string_view index_url);

}  // namespace siftd
