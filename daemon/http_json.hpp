#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/operations.hpp"

namespace siftd {

// The API's JSON (docs/openapi.json). Times are RFC 3339 in UTC or null, ids are 16
// hex digits, absent strings are "". RapidJSON stays in the .cpp.

std::string json_error(std::string_view sentence);
std::string json_ok();

// What the page's sparklines show: sums at one moment.
struct Sample {
  std::uint64_t polls = 0;
  std::uint64_t failures = 0;  // polls that gave no good answer
  std::uint64_t articles = 0;  // new ones
  std::uint64_t copies = 0;
  std::uint64_t bytes = 0;
};
// The sums now.
Sample sample_of(const Metrics& metrics);

// `samples` are one each `every`, oldest first.
std::string json_status(const DaemonView& daemon, const Metrics& metrics,
                        const std::vector<FeedView>& feeds,
                        const std::vector<SinkView>& sinks, std::uint64_t oldest,
                        std::uint64_t newest, const std::vector<Sample>& samples,
                        std::chrono::seconds every);
// `total` counts the feeds that matched, of which `feeds` is a part.
std::string json_feeds(const std::vector<FeedView>& feeds, std::size_t total);
std::string json_feed(const FeedView& feed);
std::string json_sinks(const std::vector<SinkView>& sinks);
std::string json_articles(const ArticlePage& page);
std::string json_article(const ArticleDetail& detail);
std::string json_stories(const std::vector<StoryView>& stories);
std::string json_why(const WhyView& why);
std::string json_import(const ImportReport& report);
std::string json_health(const DaemonView& daemon, bool well);

// {"url","name","tags"}; an Error says what is wrong with it.
Result<NewFeed> new_feed_of(std::string_view json);
// {"from": SEQ | "beginning"}.
Result<std::uint64_t> replay_start_of(std::string_view json);

std::string_view health_name(FeedView::Health health);
std::string hex_id(std::uint64_t id);  // 16 digits

}  // namespace siftd
