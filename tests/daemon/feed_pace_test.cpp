// When a feed is polled again.
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "daemon/feed.hpp"
#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/feed_life.hpp"

using namespace siftd;
using namespace siftd::test;
using namespace std::chrono_literals;
using Status = FeedStatusData::Status;

TEST_CASE("feed: failures back off with jitter, never sooner than the interval") {
  const int status = GENERATE(401, 403, 404, 451, 500, 502);
  INFO(status);
  Life life;
  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 12; ++i) {
    life.poll(page_of(status));
    waits.push_back(life.wait());
    CHECK(life.wait() >= 30min);
    CHECK(life.wait() <= 24h);
    life.pass();
  }
  CHECK(waits[0] < 61min);
  CHECK(waits[4] >= 2 * waits[0]);
  CHECK(waits[11] >= 19h);
  Life other;
  other.config.url = "http://b.example/feed";
  other.poll(page_of(status));
  CHECK(other.wait() != waits[0]);
}

TEST_CASE("feed: whatever chance does, each failure is waited for longer than the last") {
  for (int feed = 0; feed < 100; ++feed) {
    Life life;
    life.config.url = "http://" + std::to_string(feed) + ".example/feed";
    life.poll(page_of(503));
    for (int i = 0; i < 3; ++i) {
      const std::chrono::milliseconds before = life.wait();
      life.pass();
      life.poll(page_of(503));
      CHECK(life.wait() * 10 >= before * 14);
    }
  }
}

TEST_CASE("feed: hostile 30 and 33: Retry-After is kept, and clamped to a week") {
  Life life;
  Page page = page_of(429);
  page.freshness.retry_after = 3h;
  life.poll(page);
  CHECK(life.host.slow_down);
  CHECK_FALSE(life.host.failed);
  CHECK(life.wait() >= 3h);
  CHECK(life.wait() <= 4h);
  CHECK(life.state.why == Why::retry_after);
  CHECK_FALSE(may_poll_once(life.state, life.now + 1h));
  CHECK(may_poll_once(life.state, life.now + 4h));
  page.freshness.retry_after = std::chrono::seconds(1ll << 31);
  life.pass();
  life.poll(page);
  CHECK(life.wait() >= 7 * 24h);
  CHECK(life.wait() <= 7 * 24h + 1min);
  // None, or one that cannot be understood: hours, doubling.
  Life quiet;
  quiet.poll(page_of(429));
  CHECK(quiet.wait() >= 3h);
  const auto first = quiet.wait();
  quiet.pass();
  quiet.poll(page_of(429));
  CHECK(quiet.wait() > first);
}

TEST_CASE("feed: hostile 33: two days of 429 never quicken the pace") {
  Life life;
  std::chrono::milliseconds before{0};
  int events = 0;
  while (life.now < kNow + 2 * 24h) {
    Page page = page_of(429);
    page.freshness.retry_after = 60s;
    events += static_cast<int>(life.poll(page).events.size());
    CHECK(life.wait() >= std::min<std::chrono::milliseconds>(before / 2, 12h));
    before = life.wait();
    life.pass();
  }
  CHECK(events <= 1);
}

TEST_CASE("feed: hostile 31: freshness lengthens, never shortens, and has an end") {
  const auto wait_with = [](Freshness freshness) {
    Life life;
    Page page = page_of(200);
    page.freshness = freshness;
    life.poll(page);
    return life.wait();
  };
  Freshness fresh;
  const auto plain = wait_with(fresh);
  fresh.max_age = 0s;
  CHECK(wait_with(fresh) == plain);
  fresh.max_age = std::chrono::seconds(1ll << 31);
  CHECK(wait_with(fresh) >= 7 * 24h);
  CHECK(wait_with(fresh) <= 7 * 24h + 1min);
  fresh.max_age = 3h;
  CHECK(wait_with(fresh) >= 3h);
  CHECK(wait_with(fresh) <= 3h + 1min);
  fresh.age = 4h;  // older than it may be
  CHECK(wait_with(fresh) == plain);
  Freshness expires;
  expires.date = std::chrono::sys_seconds(1000s);
  expires.expires = std::chrono::sys_seconds(1000s + 5h);
  CHECK(wait_with(expires) >= 5h);
  // A 304's headers renew it (RFC 9111 4.3.4).
  Life life;
  Page page = page_of(200);
  page.etag = "\"1\"";
  life.poll(page);
  Page same = page_of(304);
  same.freshness.max_age = 6h;
  life.poll(same);
  CHECK(life.wait() >= 6h);
  CHECK(life.state.why == Why::fresh);
}

TEST_CASE("feed: hostile 32: ttl, skipHours and skipDays, sane and not") {
  Life life;
  life.info.ttl = 600min;
  life.poll(page_of(200));
  CHECK(life.wait() >= 10h);
  CHECK(life.state.why == Why::publisher);
  Life huge;
  huge.info.ttl = std::chrono::minutes(1 << 30);
  huge.poll(page_of(200));
  CHECK(huge.wait() <= 7 * 24h + 1min);
  Life none;
  none.info.ttl = std::chrono::minutes(-1);
  none.poll(page_of(200));
  CHECK(none.wait() <= 1h);
  // 12:00 to 15:59 skipped; it is 11:45, so the poll half an hour on waits.
  Life hours;
  hours.now += 15min;
  hours.info.skip_hours = 0xf000;
  hours.poll(page_of(200));
  CHECK(hours.state.next_poll >= kNow + 4h + 30min);
  CHECK(hours.state.next_poll <= kNow + 5h);
  CHECK(hours.state.why == Why::skipped);
  // Bits that stand for no hour change nothing.
  Life wild;
  wild.info.skip_hours = 0xff000000;
  wild.poll(page_of(200));
  CHECK(wild.wait() <= 1h);
  // Everything listed: once a day.
  for (const bool days : {false, true}) {
    Life all;
    all.info.skip_hours = days ? 0 : 0xffffff;
    all.info.skip_days = days ? 0x7f : 0;
    all.poll(page_of(200));
    CHECK(all.wait() >= 24h);
    CHECK(all.wait() <= 25h);
  }
  Life sunday;
  sunday.info.skip_days = 1 << 6;
  sunday.poll(page_of(200));
  CHECK(sunday.state.next_poll >= kNow + 12h + 30min);
  CHECK(sunday.state.next_poll <= kNow + 13h + 30min);
}

TEST_CASE("feed: hostile 36: a restart polls nothing before it is due") {
  Life life;
  life.poll(page_of(200));
  const auto state = decode(encode(life.state));
  REQUIRE(state);
  CHECK(*state == life.state);
  const auto wait = first_wait(life.config, *state, life.now + 1min);
  CHECK(wait == life.wait() - 1min);
  // Long overdue: spread, but soon.
  const auto late = first_wait(life.config, *state, life.now + 48h);
  REQUIRE(late);
  CHECK(*late <= 5min);
  CHECK(first_wait(life.config, FeedState(), life.now) == 0ms);
}

TEST_CASE("feed: hostile 37: a clock that jumps makes no storm and no standstill") {
  Life life;
  life.poll(page_of(200));
  CHECK(*first_wait(life.config, life.state, life.now - 1h) <= life.wait());
  CHECK(*first_wait(life.config, life.state, life.now - 365 * 24h) <= life.wait());
  CHECK(*first_wait(life.config, life.state, life.now + 365 * 24h) <= 5min);
  // A poll after a jump back is a poll like any other.
  life.now -= 24h;
  CHECK(life.poll(page_of(200, "<rss>2</rss>")).ok);
  CHECK(life.wait() >= 5min);
  CHECK(life.wait() <= 24h);
}

TEST_CASE("feed: many overdue feeds do not start together") {
  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 200; ++i) {
    Life life;
    life.config.url = "http://h" + std::to_string(i) + ".example/";
    life.poll(page_of(200));
    waits.push_back(*first_wait(life.config, life.state, life.now + 24h));
  }
  std::sort(waits.begin(), waits.end());
  CHECK(waits[20] > 10s);
  CHECK(waits[180] < 290s);
  CHECK(waits[180] > 200s);
}

TEST_CASE("feed: the interval follows the feed's rhythm, within its bounds") {
  const auto settled = [](std::chrono::hours between) {
    Life life;
    Life* l = &life;
    l->items.clear();
    int number = 0;
    WallTime next = kNow;
    while (l->now < kNow + 40 * 24h) {
      bool is_new = false;
      while (next <= l->now) {
        Item item = item_of(std::to_string(++number));
        item.published = std::chrono::floor<std::chrono::seconds>(next);
        l->items.insert(l->items.begin(), item);
        l->items.resize(std::min<std::size_t>(l->items.size(), 20));
        next += between;
        is_new = true;
      }
      l->poll(page_of(200, "<rss>" + std::to_string(number) + "</rss>"));
      l->pass();
      static_cast<void>(is_new);
    }
    return l->wait() > 0s ? l->wait() : l->state.next_poll - l->state.last_poll;
  };
  const auto busy = settled(std::chrono::hours(1));
  const auto daily = settled(std::chrono::hours(24));
  const auto weekly = settled(std::chrono::hours(24 * 7));
  CHECK(busy < 20min);
  CHECK(busy >= 5min);
  CHECK(daily > busy);
  CHECK(daily < 2h);
  CHECK(weekly > daily);
  CHECK(weekly < 8h);
}

TEST_CASE("feed: min_interval is a floor and max_interval a bound for its own pace") {
  Life life;
  life.config.fetch.edit().interval = 3s;
  life.config.fetch.edit().min_interval = 3s;
  life.config.fetch.edit().max_interval = 3s;
  for (int i = 0; i < 50; ++i) {
    life.items = {item_of(std::to_string(i))};
    life.poll(page_of(200, std::to_string(i)));
    CHECK(life.wait() >= 3s);
    CHECK(life.wait() <= 3300ms);
    life.pass();
  }
}

TEST_CASE("feed: a hub that tells lets the polls rest; without one they do not") {
  Life life;
  Page page = page_of(200);
  page.links = {"<https://hub.example/>; rel=hub, </feed>; rel=self"};
  life.poll(page);
  auto push = std::make_shared<Push>(*life.state.push);
  push->until = life.now + 10 * 24h;
  life.state.push = push;
  life.pass();
  life.poll(page_of(200, "<rss>2</rss>"));
  CHECK_FALSE(life.state.push);  // the feed no longer names a hub
  CHECK(life.wait() <= 24h);
  life.state.push = push;
  Page again = page_of(200, "<rss>3</rss>");
  again.links = page.links;
  life.poll(again);
  CHECK(life.state.push->until == push->until);
  CHECK(life.state.why == Why::pushed);
  CHECK(life.wait() >= 20h);
}

TEST_CASE("feed: why it is polled when it is, in words") {
  Life life;
  CHECK(explain(life.config, life.state, life.now).find("not polled yet") !=
        std::string::npos);
  life.poll(page_of(200));
  CHECK(explain(life.config, life.state, life.now).find("polled in ") == 0);
  Page page = page_of(503);
  page.freshness.retry_after = 2h;
  life.poll(page);
  CHECK(explain(life.config, life.state, life.now).find("Retry-After") !=
        std::string::npos);
  life.poll(page_of(404));
  CHECK(explain(life.config, life.state, life.now).find("404") != std::string::npos);
  life.poll(page_of(410));
  CHECK(explain(life.config, life.state, life.now).find("410") != std::string::npos);
}
