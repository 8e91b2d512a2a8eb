#include "daemon/feed.hpp"

#include <string>
#include <vector>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"

using namespace siftd;
using namespace std::chrono_literals;
using Status = FeedStatusData::Status;

namespace {

// Sunday 22 November 2026, 11:30:00 UTC.
const WallTime kNow = WallTime(std::chrono::seconds(1795347000));

FeedConfig config_of(const std::string& url = "http://a.example/feed") {
  FeedConfig config;
  config.url = url;
  config.name = "a";
  return config;
}

Page page_of(int status, const std::string& body = "<rss/>") {
  Page page;
  page.url = "http://a.example/feed";
  page.status = status;
  page.body = status == 200 ? body : "";
  return page;
}

Item item_of(const std::string& id) {
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
  void pass() { now = std::max(now + 1s, state.next_poll); }
};

Result<Page> error_page(FetchErrc code) {
  return fetch_error(code, "because of the test");
}

}  // namespace

TEST_CASE("feed: the first answer's validators are sent with the next request") {
  Life life;
  CHECK(life.request().etag.empty());
  Page page = page_of(200);
  page.etag = "W/\"1\"";
  page.last_modified = "whenever";
  CHECK(life.poll(page).ok);
  CHECK(life.request().etag == "W/\"1\"");
  CHECK(life.request().last_modified == "whenever");
  // A 304 without validators leaves them, one with a new one renews that one.
  life.poll(page_of(304));
  CHECK(life.request().etag == "W/\"1\"");
  Page renewed = page_of(304);
  renewed.etag = "\"2\"";
  life.poll(renewed);
  CHECK(life.request().etag == "\"2\"");
  CHECK(life.request().last_modified == "whenever");
  // A 200 without them: the old ones are not of this document.
  life.poll(page_of(200, "<rss>other</rss>"));
  CHECK(life.request().etag.empty());
  CHECK(life.request().last_modified.empty());
}

TEST_CASE("feed: hostile 27: validators change though the body does not, and are kept") {
  Life life;
  Page page = page_of(200);
  page.etag = "\"1\"";
  life.poll(page);
  page.etag = "\"2\"";
  const PollOutcome outcome = read_answer(life.state, page);
  CHECK(outcome.kind == PollOutcome::Kind::unchanged);
  life.poll(page);
  CHECK(life.request().etag == "\"2\"");
  // The same validator with another body is read all the same.
  page.body = "<rss>new</rss>";
  CHECK(read_answer(life.state, page).kind == PollOutcome::Kind::parse);
}

TEST_CASE("feed: hostile 27: 304 for ever heals, as the whole is asked for once a week") {
  Life life;
  Page page = page_of(200);
  page.etag = "\"for ever\"";
  life.poll(page);
  int whole = 0;
  const WallTime end = kNow + 30 * 24h;
  while (life.now < end) {
    life.pass();
    const bool is_conditional = !life.request().etag.empty();
    whole += is_conditional ? 0 : 1;
    Page answer = page_of(is_conditional ? 304 : 200);
    answer.etag = "\"for ever\"";
    life.poll(answer);
  }
  CHECK(whole >= 3);
  CHECK(whole <= 5);
}

TEST_CASE("feed: hostile 27: a 304 that nobody asked for is a failure, not a storm") {
  Life life;
  CHECK_FALSE(life.poll(page_of(304)).ok);
  CHECK(life.request().etag.empty());
  CHECK(life.wait() >= 30min);
}

TEST_CASE("feed: hostile 26: what is no feed leaves state and validators as they were") {
  Life life;
  Page good = page_of(200);
  good.etag = "\"good\"";
  life.poll(good);
  const FeedState before = life.state;
  for (const int status : {200, 204, 206, 226, 300}) {
    Page page = page_of(status, "<html>captive portal</html>");
    page.etag = "\"portal\"";
    life.state = before;
    INFO(status);
    CHECK_FALSE(life.poll(page, false).ok);
    CHECK(life.state.etag == "\"good\"");
    CHECK(life.state.content == before.content);
    CHECK(life.state.failures == 1);
    CHECK_FALSE(life.state.error.empty());
  }
}

TEST_CASE("feed: validators of a URL are dropped when the feed is polled elsewhere") {
  Life life;
  Page page = page_of(200);
  page.etag = "\"of-a\"";
  life.poll(page);
  Page moved = page_of(200, "<rss>b</rss>");
  moved.url = "http://b.example/feed";
  moved.moved_to = "http://b.example/feed";
  const Judgement judgement = life.poll(moved);
  CHECK(life.request().url == "http://b.example/feed");
  CHECK(life.request().etag.empty());
  REQUIRE(judgement.events.size() == 1);
  CHECK(judgement.events[0].status == Status::moved);
  CHECK(judgement.events[0].url == "http://a.example/feed");
  // Credentials stay with the configured origin.
  CHECK(life.request().owner_url == "http://a.example/feed");
}

TEST_CASE("feed: validators behind a passing redirect belong to where it led") {
  Life life;
  Page page = page_of(200);
  page.url = "http://b.example/feed";
  page.etag = "\"of-b\"";
  life.poll(page);
  CHECK(life.request().url == "http://a.example/feed");
  CHECK(life.request().etag == "\"of-b\"");
  CHECK(life.request().validated_url == "http://b.example/feed");
}

TEST_CASE("feed: hostile 34: a move counts once its target is a feed, and is undone") {
  Life life;
  life.poll(page_of(200));
  Page portal = page_of(200, "<html/>");
  portal.moved_to = portal.url = "http://portal.example/";
  life.pass();
  CHECK_FALSE(life.poll(portal, false).ok);
  CHECK(life.request().url == "http://a.example/feed");
  Page moved = page_of(200, "<rss>b</rss>");
  moved.moved_to = moved.url = "http://b.example/feed";
  life.pass();
  life.poll(moved);
  CHECK(life.request().url == "http://b.example/feed");
  for (int i = 0; i < 3; ++i) {
    CHECK(life.request().url == "http://b.example/feed");
    life.pass();
    life.poll(error_page(FetchErrc::connect_failed));
  }
  CHECK(life.request().url == "http://a.example/feed");
  CHECK(life.request().etag.empty());
  life.pass();
  CHECK(life.poll(page_of(200, "<rss>old</rss>")).ok);
}

TEST_CASE("feed: a feed that a page names is polled itself from then on") {
  Life life;
  PollOutcome outcome = read_answer(life.state, page_of(200, "<rss/>"));
  outcome.found_url = "http://a.example/real.xml";
  outcome.url = "http://a.example/real.xml";
  outcome.etag = "\"real\"";
  const Judgement judgement = judge(life.config, life.state, outcome, life.now);
  CHECK(judgement.ok);
  CHECK(judgement.events.empty());
  life.state = judgement.state;
  CHECK(life.request().url == "http://a.example/real.xml");
  CHECK(life.request().etag == "\"real\"");
  CHECK(life.state.is_discovered);
}

TEST_CASE("feed: hostile 35: 410 stops a feed for good, until a person asks") {
  Life life;
  life.poll(page_of(200));
  const Judgement gone = life.poll(page_of(410));
  CHECK_FALSE(gone.next_poll);
  REQUIRE(gone.events.size() == 1);
  CHECK(gone.events[0].status == Status::gone);
  CHECK_FALSE(first_wait(life.config, life.state, life.now + 300 * 24h));
  CHECK_FALSE(may_poll_once(life.state, life.now));
  const auto again = decode(encode(life.state));
  REQUIRE(again);
  CHECK_FALSE(first_wait(life.config, *again, life.now));
  ask(life.state, life.now);
  CHECK(first_wait(life.config, life.state, life.now));
  CHECK(life.poll(page_of(200)).ok);
  CHECK(life.last.next_poll);
}

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

TEST_CASE("feed: the world is told of long failure once, and of recovery") {
  Life life;
  std::vector<Status> told;
  const auto note = [&](const Judgement& judgement) {
    for (const FeedStatusData& event : judgement.events) {
      told.push_back(event.status);
      CHECK(event.next_poll);
    }
  };
  for (int i = 0; i < 20; ++i) {
    note(life.poll(page_of(500)));
    CHECK(life.host.failed);
    life.pass();
  }
  CHECK(told == std::vector<Status>{Status::failing});
  note(life.poll(page_of(200)));
  CHECK(told == std::vector<Status>{Status::failing, Status::recovered});
  CHECK(life.state.failures == 0);
  CHECK(life.state.error.empty());
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

TEST_CASE("feed: state survives as a blob, and a damaged one is told from a good one") {
  Life life;
  Page page = page_of(200);
  page.etag = "\"x\"";
  page.links = {"<https://hub.example/>; rel=hub", "</feed>; rel=self"};
  life.poll(page);
  REQUIRE(life.state.push);
  CHECK(life.state.push->hub == "https://hub.example/");
  CHECK(life.state.push->topic == "http://a.example/feed");
  life.state.sitemaps = std::make_shared<const std::vector<SitemapState>>(
      std::vector<SitemapState>{{"http://a.example/s1.xml", "\"e\"", "", 7, {}, false},
                                {"http://a.example/s2.xml", "", "yesterday", 8,
                                 std::chrono::sys_seconds(9s), true}});
  const std::string blob = encode(life.state);
  const auto again = decode(blob);
  REQUIRE(again);
  CHECK(encode(*again) == blob);
  REQUIRE(again->sitemaps);
  CHECK(*again->sitemaps == *life.state.sitemaps);
  CHECK(again->push->topic == life.state.push->topic);
  for (std::size_t i = 0; i < blob.size(); ++i) {
    std::string bad = blob;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    CHECK_FALSE(decode(bad));
    CHECK_FALSE(decode(blob.substr(0, i)));
  }
  CHECK(sizeof(FeedState) <= 400);
  CHECK(blob.size() < 500);
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

TEST_CASE("feed: the host of a URL, as slots are counted by it") {
  CHECK(host_of("http://User:p@ss@Example.ORG:8080/x@y") == "example.org");
  CHECK(host_of("https://example.org./") == "example.org");
  CHECK(host_of("http://[::1]:80/") == "::1");
  CHECK(host_of("http://127.0.0.1?x") == "127.0.0.1");
  CHECK(host_of("file:///etc/feeds/a.xml") == "");
  CHECK(host_of("nonsense") == "");
}

TEST_CASE("feed: a page of the feed carries its credentials home only") {
  FeedConfig config = config_of();
  config.user_info = "me:secret";
  config.headers = {{"X-Key", "k"}};
  const Request request = article_request_for(config, "http://b.example/story", nullptr);
  CHECK(request.purpose == Purpose::article);
  CHECK(request.url == "http://b.example/story");
  CHECK(request.owner_url == config.url);
  CHECK(request.obey_robots);
  CHECK(request.etag.empty());
  CHECK_FALSE(request_for(config, FeedState(), nullptr, kNow).obey_robots);
}
