#include "fetchers/robots_cache.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

// A redirect that is not followed makes the file "unavailable", which allows all
// (2.3.1.2); no answer at all makes it "unreachable", which allows nothing (2.3.1.4).
bool is_unavailable(const boost::system::error_code& code) {
  return code == FetchErrc::too_many_redirects || code == FetchErrc::bad_redirect ||
         code == FetchErrc::scheme_denied || code == FetchErrc::downgrade_denied ||
         code == FetchErrc::address_denied || code == FetchErrc::bad_encoding;
}

std::string url_of(const Target& target) {
  const bool is_v6 = target.host.find(':') != std::string::npos;
  return target.scheme + "://" + (is_v6 ? "[" + target.host + "]" : target.host) + ":" +
         target.port + "/robots.txt";
}

}  // namespace

RobotsCache::RobotsCache(asio::any_io_executor executor, Fetch fetch)
    : executor_(std::move(executor)), fetch_(std::move(fetch)) {}

asio::awaitable<RobotsCache::Answer> RobotsCache::ask(Target target, Request asker,
                                                      std::string product) {
  const std::string origin = target.origin();
  while (true) {
    Entry& entry = entries_[origin];
    if (entry.is_known && Clock::now() < entry.until) {
      break;
    }
    if (entry.is_fetching) {
      const std::shared_ptr<asio::steady_timer> fetched = entry.fetched;
      co_await fetched->async_wait(asio::as_tuple(asio::use_awaitable));
      const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
      }
      continue;
    }
    asker.url = url_of(target);
    co_await fetch(origin, asker, product);
  }
  const RobotsRules& rules = entries_[origin].rules;
  Answer answer;
  answer.is_allowed = rules.allows(target.path);
  answer.crawl_delay = rules.crawl_delay();
  co_return answer;
}

asio::awaitable<void> RobotsCache::fetch(std::string origin, Request asker,
                                         std::string product) {
  Request request;
  request.url = asker.url;
  request.purpose = Purpose::robots;
  request.timeout =
      std::min<std::chrono::milliseconds>(asker.timeout, limits::kRobotsTimeout);
  // A little more than is read, so that a body that was cut is seen to be.
  request.max_body = limits::kMaxRobotsBytes + 64 * limits::kKiB;
  request.take_first = true;
  request.access = asker.access;
  Entry& begun = entries_[origin];
  begun.is_fetching = true;
  begun.fetched = std::make_shared<asio::steady_timer>(
      executor_, asio::steady_timer::time_point::max());
  // Whoever waits must be woken, and another may try, however this ends.
  struct Done {
    RobotsCache& cache;
    const std::string& origin;
    ~Done() {
      const auto place = cache.entries_.find(origin);
      if (place != cache.entries_.end()) {
        place->second.is_fetching = false;
        place->second.fetched->cancel();
      }
    }
  } done{*this, origin};
  const Result<Page> page = co_await fetch_(std::move(request));
  Entry& entry = entries_[origin];
  const bool is_new = entry.until == Clock::time_point();
  const bool is_unreachable =
      page ? page->status >= 500 : !is_unavailable(page.error().code);
  if (page && page->status == 200) {
    entry.rules = RobotsRules::parse(page->body, product);
  } else if (!is_unreachable) {
    entry.rules = RobotsRules();
  } else if (!entry.is_known) {
    entry.rules = RobotsRules::none_allowed();  // else what was known goes on
  }
  entry.is_known = true;
  entry.until = Clock::now() + (is_unreachable ? Clock::duration(limits::kRobotsRetry)
                                               : Clock::duration(limits::kRobotsLife));
  if (is_new) {
    order_.push_back(origin);
    forget();
  }
}

void RobotsCache::forget() {
  for (std::size_t tries = order_.size();
       order_.size() > limits::kRobotsHosts && tries > 0; --tries) {
    std::string oldest = std::move(order_.front());
    order_.pop_front();
    if (entries_[oldest].is_fetching) {
      order_.push_back(std::move(oldest));
    } else {
      entries_.erase(oldest);
    }
  }
}

}  // namespace siftd
