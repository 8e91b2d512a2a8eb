#include "daemon/feed.hpp"

#include <string>
#include <vector>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/feed_life.hpp"

using namespace siftd;
using namespace siftd::test;
using namespace std::chrono_literals;
using Status = FeedStatusData::Status;

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
