#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/result.hpp"
#include "fetchers/page.hpp"
#include "fetchers/robots.hpp"
#include "fetchers/target.hpp"

namespace siftd {

// The robots.txt of the origins that were asked lately; each is fetched once, by the
// first who needs it, and kept for a day (RFC 9309 2.4). One thread.
class RobotsCache {
 public:
  using Fetch = std::function<boost::asio::awaitable<Result<Page>>(Request)>;
  using Clock = std::chrono::steady_clock;

  // `fetch` must not ask for robots.txt in turn.
  RobotsCache(boost::asio::any_io_executor executor, Fetch fetch);

  struct Answer {
    bool is_allowed = true;
    std::optional<std::chrono::milliseconds> crawl_delay;
  };
  // `asker` gives access and timeout; `product` is our product token.
  boost::asio::awaitable<Answer> ask(Target target, Request asker, std::string product);

 private:
  struct Entry {
    RobotsRules rules;
    Clock::time_point until{};  // when they have to be fetched anew
    bool is_known = false;      // there are rules, perhaps stale ones
    bool is_fetching = false;
    std::shared_ptr<boost::asio::steady_timer> fetched;  // wakes who waits
  };

  boost::asio::awaitable<void> fetch(std::string origin, Request asker,
                                     std::string product);
  void forget();

  boost::asio::any_io_executor executor_;
  Fetch fetch_;
  std::unordered_map<std::string, Entry> entries_;  // by origin
  std::deque<std::string> order_;                   // oldest first
};

}  // namespace siftd
