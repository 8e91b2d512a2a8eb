#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <spdlog/fwd.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/task_group.hpp"
#include "daemon/metrics.hpp"
#include "daemon/pipeline.hpp"
#include "fetchers/fetcher.hpp"

namespace siftd {

// The WebSub subscriptions of the feeds that name a hub (W3C 2018): asks the hubs,
// answers their verifications, takes what they deliver. Polling goes on at a slower
// pace, as hubs forget. What a hub delivers is parsed like a poll; what is not signed
// as agreed is dropped. On the loop's thread; what it is given outlives it.
class Subscriptions {
 public:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  struct Parts {
    Fetcher& fetcher;
    Pipeline& pipeline;
    Metrics& metrics;
    spdlog::logger& logger;
  };

  // `public_url` is where hubs can reach this daemon; empty: nothing is subscribed.
  Subscriptions(boost::asio::any_io_executor executor, Parts parts,
                std::string public_url);

  void set_public_url(std::string public_url) { public_url_ = std::move(public_url); }

  // So that the feed's key is known.
  void remember(const PolledFeed& feed);
  // Of a feed that was polled: asks its hub when there is no lease, or one that ends
  // before the feed is polled again.
  void renew(PolledFeed& feed);

  // The callback /websub/<key>; see Operations.
  bool knows(std::string_view key) const;
  std::optional<std::string> verify(const std::string& key, const Parameters& query);
  boost::asio::awaitable<bool> deliver(std::string key, Parameters headers,
                                       std::string body);

  void stop() { tasks_.stop(); }
  boost::asio::awaitable<void> join() { return tasks_.join(); }

 private:
  PolledFeed* feed_of(std::string_view key) const;
  boost::asio::awaitable<void> subscribe(std::string url, InUse in_use);
  boost::asio::awaitable<void> keep(std::string url);

  boost::asio::any_io_executor executor_;
  Parts parts_;
  std::string public_url_;
  std::unordered_map<std::string, std::string> feeds_;  // by key: the feed's URL
  TaskGroup tasks_;
};

}  // namespace siftd
