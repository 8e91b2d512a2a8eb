#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "daemon/feed.hpp"
#include "fetchers/fetch_error.hpp"

namespace siftd::test {

// Sunday 22 November 2026, 11:30:00 UTC.
inline const WallTime kNow = WallTime(std::chrono::seconds(1795347000));

inline FeedConfig config_of(const std::string& url = "http://a.example/feed") {
  FeedConfig config;
  config.url = url;
  config.name = "a";
  return config;
}

inline Page page_of(int status, const std::string& body = "<rss/>") {
  Page page;
  page.url = "http://a.example/feed";
  page.status = status;
  page.body = status == 200 ? body : "";
  return page;
}

inline Item item_of(const std::string& id) {
  Item item;
  item.id = id;
  item.title = "Story " + id;
  return item;
}

// One feed, its state and its clock; what is done to it is one poll each.
struct Life {
  FeedConfig config = config_of();
  FeedState state;
  WallTime now = kNow;
  Judgement last;
  HostVerdict host;
  FeedInfo info;
  std::vector<Item> items = {item_of("1")};

  Request request() const { return request_for(config, state, nullptr, now); }

  Judgement poll(const Result<Page>& page, bool is_feed = true) {
    PollOutcome outcome = read_answer(state, page);
    if (outcome.kind == PollOutcome::Kind::parse) {
      if (is_feed) {
        outcome.info = info;
        for (const Item& item : items) {
          outcome.digest.add(item);
        }
      } else {
        outcome.fail(fetch_error(FetchErrc::failed, "it is an HTML page, no feed"));
      }
    }
    host = judge_host(outcome);
    last = judge(config, state, outcome, now);
    state = last.state;
    return last;
  }
  std::chrono::milliseconds wait() const { return state.next_poll - now; }
  void pass() { now = std::max(now + std::chrono::seconds(1), state.next_poll); }
};

inline Result<Page> error_page(FetchErrc code) {
  return fetch_error(code, "because of the test");
}

}  // namespace siftd::test
