#include "daemon/http_routes.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <rapidjson/document.h>

#include "base/limits.hpp"
#include "daemon/http_events.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/http_fakes.hpp"

using namespace siftd;
namespace asio = boost::asio;

namespace {

struct Rig {
  asio::io_context io;
  FakeOperations operations;
  FakeJournal journal{io.get_executor()};
  HttpRoutes routes{operations, journal};

  HttpReply ask(const char* method, const std::string& target,
                const std::string& body = {}) {
    HttpRequest request;
    request.method = method;
    REQUIRE(set_target(request, target));
    request.body = body;
    HttpReply reply;
    asio::co_spawn(io, routes.answer(std::move(request)),
                   [&](std::exception_ptr failure, HttpReply answer) {
                     REQUIRE(!failure);
                     reply = std::move(answer);
                   });
    io.restart();
    io.run();
    return reply;
  }
  rapidjson::Document json(const std::string& target) {
    rapidjson::Document document;
    document.Parse(ask("GET", target).body.c_str());
    REQUIRE(!document.HasParseError());
    return document;
  }
  void add_feed(const char* name, FeedView::Health health) {
    FeedView feed;
    feed.name = name;
    feed.url = std::string("https://") + name;
    feed.health = health;
    operations.known_feeds.push_back(feed);
  }
};

}  // namespace

TEST_CASE("http: feeds in trouble come first, and can be sought and paged", "[http]") {
  Rig rig;
  rig.add_feed("b.test/rss", FeedView::Health::healthy);
  rig.add_feed("a.test/rss", FeedView::Health::healthy);
  rig.add_feed("z.test/rss", FeedView::Health::failing);
  const auto all = rig.json("/api/feeds");
  CHECK(all["total"].GetUint64() == 3);
  CHECK(std::string(all["feeds"][0]["name"].GetString()) == "z.test/rss");
  CHECK(std::string(all["feeds"][1]["name"].GetString()) == "a.test/rss");
  CHECK(all["feeds"][1]["next_poll"].IsNull());
  const auto failing = rig.json("/api/feeds?health=failing");
  CHECK(failing["feeds"].Size() == 1);
  const auto sought = rig.json("/api/feeds?q=B.TEST");
  CHECK(sought["feeds"].Size() == 1);
  const auto page = rig.json("/api/feeds?limit=1&offset=2");
  CHECK(page["total"].GetUint64() == 3);
  CHECK(std::string(page["feeds"][0]["name"].GetString()) == "b.test/rss");
  CHECK(rig.json("/api/feeds?limit=5&offset=99")["feeds"].Empty());
  const auto one = rig.json("/api/feeds/a.test%2Frss");
  CHECK(std::string(one["name"].GetString()) == "a.test/rss");
  CHECK(rig.ask("GET", "/api/feeds/none").status == 404);
}

TEST_CASE("http: feeds are added, polled and removed by names that hold slashes",
          "[http]") {
  Rig rig;
  CHECK(rig.ask("POST", "/api/feeds", R"({"url":"https://a.test/rss","tags":["x"]})")
            .status == 201);
  CHECK(rig.ask("POST", "/api/feeds", R"({"url":"https://a.test/rss"})").status == 409);
  CHECK(rig.ask("POST", "/api/feeds/a.test/rss/poll").status == 200);
  CHECK(rig.ask("POST", "/api/feeds/a.test%2Frss/poll").status == 200);
  CHECK(rig.ask("DELETE", "/api/feeds/https%3A%2F%2Fa.test%2Frss").status == 200);
  CHECK(rig.ask("DELETE", "/api/feeds/none").status == 404);
  CHECK(rig.operations.done ==
        std::vector<std::string>{"add https://a.test/rss", "add https://a.test/rss",
                                 "poll a.test/rss", "poll a.test/rss",
                                 "remove https://a.test/rss", "remove none"});
}

TEST_CASE("http: what is no feed is refused with what is wrong", "[http]") {
  Rig rig;
  for (const char* body : {"", "[]", "{}", R"({"url":1})", R"({"url":"x","color":"red"})",
                           R"({"url":"x","tags":[1]})", R"({"url":)"}) {
    CHECK(rig.ask("POST", "/api/feeds", body).status == 400);
  }
  CHECK(rig.ask("POST", "/api/feeds", std::string(60000, '[')).status == 400);
  CHECK(rig.operations.done.empty());
}

TEST_CASE("http: articles are sought with their filters", "[http]") {
  Rig rig;
  ArticleView article;
  article.id = 0xab;
  article.title = "Rain & \"sun\"";
  article.url = "https://a.test/1?x=y";
  article.removed = {{"sign-up", "Sign up"}};
  rig.operations.stored = {article};
  const auto page =
      rig.json("/api/articles?q=Rain&feed=a&story=00ff&limit=9999&copies=no");
  CHECK(page["articles"].Size() == 1);
  CHECK(std::string(page["articles"][0]["id"].GetString()) == "00000000000000ab");
  CHECK(page["articles"][0]["duplicate_of"].IsNull());
  CHECK(rig.operations.asked.story == 0xff);
  CHECK(rig.operations.asked.limit == limits::kMaxHttpRows);
  CHECK(!rig.operations.asked.copies);
  CHECK(rig.ask("GET", "/api/articles?story=xyz").status == 400);
  CHECK(rig.ask("GET", "/api/articles/https%3A%2F%2Fa.test%2F1%3Fx%3Dy").status == 200);
  CHECK(rig.ask("GET", "/api/articles/none").status == 404);
}

TEST_CASE("http: health and readiness are told apart", "[http]") {
  Rig rig;
  rig.operations.view.is_live = true;
  rig.operations.view.is_ready = false;
  rig.operations.view.problems = {"the disk is full"};
  CHECK(rig.ask("GET", "/healthz").status == 200);
  const HttpReply ready = rig.ask("GET", "/readyz");
  CHECK(ready.status == 503);
  CHECK(ready.body == R"({"status":"unwell","problems":["the disk is full"]})");
}

TEST_CASE("http: the page is served with a tag, and not again when it is known",
          "[http]") {
  Rig rig;
  const HttpReply page = rig.ask("GET", "/");
  CHECK(page.status == 200);
  CHECK(page.content_type == "text/html; charset=utf-8");
  HttpRequest again;
  again.method = "GET";
  REQUIRE(set_target(again, "/"));
  again.headers = {{"if-none-match", page.headers.at(0).second}};
  HttpReply reply;
  asio::co_spawn(
      rig.io, rig.routes.answer(again),
      [&](std::exception_ptr, HttpReply answer) { reply = std::move(answer); });
  rig.io.restart();
  rig.io.run();
  CHECK(reply.status == 304);
  CHECK(reply.body.empty());
}

TEST_CASE("http: a hub is answered only at an address that was given out", "[http]") {
  Rig rig;
  CHECK(rig.ask("GET", "/websub/secret?hub.challenge=a%2Bb").body == "a+b");
  CHECK(rig.ask("GET", "/websub/guessed?hub.challenge=x").status == 404);
  CHECK(rig.ask("GET", "/websub/secret").status == 404);
  CHECK(rig.ask("POST", "/websub/secret", "<rss/>").status == 202);
  CHECK(rig.ask("DELETE", "/websub/secret").status == 405);
  HttpRequest request;
  request.method = "POST";
  REQUIRE(set_target(request, "/websub/guessed"));
  CHECK(rig.routes.body_limit(request) == 0);
  REQUIRE(set_target(request, "/websub/secret"));
  CHECK(rig.routes.body_limit(request) == limits::kMaxHttpBody);
}

TEST_CASE("http: a sink's events are asked for again from a place", "[http]") {
  Rig rig;
  CHECK(rig.ask("POST", "/api/sinks/events/replay", R"({"from":12})").status == 200);
  CHECK(rig.ask("POST", "/api/sinks/events/replay", R"({"from":"beginning"})").status ==
        200);
  CHECK(rig.ask("POST", "/api/sinks/events/replay", R"({"from":-1})").status == 400);
  CHECK(rig.ask("GET", "/api/sinks/events/replay").status == 404);
  CHECK(rig.operations.done ==
        std::vector<std::string>{"replay events 12", "replay events 0"});
}

TEST_CASE("http: the status shows what happened between samples", "[http]") {
  Rig rig;
  rig.routes.sample();
  rig.operations.counted.polls.add("200", 3);
  rig.operations.counted.polls.add("error", 1);
  rig.operations.counted.events.add("article.new", 7);
  rig.routes.sample();
  for (std::size_t i = 0; i < 2 * limits::kHttpSamples; ++i) {
    rig.routes.sample();
  }
  const auto status = rig.json("/api/status");
  CHECK(status["totals"]["polls"].GetUint64() == 4);
  CHECK(status["totals"]["failures"].GetUint64() == 1);
  CHECK(status["history"]["articles"].Size() == limits::kHttpSamples);
}

TEST_CASE("http: metrics keep to the text format whatever names hold", "[http]") {
  Rig rig;
  rig.add_feed("a\"b\\c\nd", FeedView::Health::failing);
  SinkView sink;
  sink.status.name = "events";
  sink.status.type = "file";
  sink.behind = 5;
  rig.operations.known_sinks = {sink};
  rig.operations.counted.poll_seconds.observe(std::chrono::milliseconds(30));
  rig.operations.counted.poll_seconds.observe(std::chrono::hours(1));
  const std::string text = rig.ask("GET", "/metrics").body;
  CHECK(text.find(R"(siftd_feed_up{feed="a\"b\\c\\nd"} 0)") != std::string::npos);
  CHECK(text.find(R"(siftd_sink_lag_events{sink="events",type="file"} 5)") !=
        std::string::npos);
  CHECK(text.find("siftd_poll_seconds_bucket{le=\"0.05\"} 1\n") != std::string::npos);
  CHECK(text.find("siftd_poll_seconds_bucket{le=\"+Inf\"} 2\n") != std::string::npos);
  CHECK(text.find("siftd_feeds{health=\"failing\"} 1\n") != std::string::npos);
}

TEST_CASE("http: a label's values are bounded", "[http]") {
  LabelledCounter counter;
  for (int i = 0; i < 1000; ++i) {
    counter.add("rule" + std::to_string(i));
  }
  CHECK(counter.values().size() == limits::kMaxLabelValues + 1);
  CHECK(counter.total() == 1000);
}

TEST_CASE("http: targets are split, decoded and judged", "[http]") {
  HttpRequest request;
  CHECK(set_target(request, "/a%20b?x=1&y=a+b%26&x=2&&z"));
  CHECK(request.path == "/a%20b");
  CHECK(request.parameter("y") == "a b&");
  CHECK(request.parameters("x") == std::vector<std::string>{"1", "2"});
  CHECK(request.parameter("z").empty());
  for (const char* bad : {"", "a", "http://x/", "/%", "/%4", "/%zz", "/?a=%4", "/\x01"}) {
    CHECK(!set_target(request, bad));
  }
  CHECK(percent_encoded("a/b ü") == "a%2Fb%20%C3%BC");
}

TEST_CASE("http: an event stream begins where its client stopped", "[http]") {
  Rig rig;
  for (int i = 0; i < 5; ++i) {
    rig.journal.append(EventType::article_new, "a", "{}");
  }
  const auto from = [&](const char* target, const char* last) {
    HttpRequest request;
    REQUIRE(set_target(request, target));
    if (*last != '\0') {
      request.headers = {{"last-event-id", last}};
    }
    const auto wanted = events_request_of(request, rig.journal);
    return wanted ? wanted->from : 0;
  };
  CHECK(from("/events", "") == 6);
  CHECK(from("/events?from=now", "") == 6);
  CHECK(from("/events?from=beginning", "") == 1);
  CHECK(from("/events?from=00000000000000000003", "") == 3);
  CHECK(from("/events?from=beginning", "4") == 5);
  CHECK(from("/events", "99") == 6);  // a state begun anew
  CHECK(from("/events?from=7", "") == 0);
  CHECK(from("/events?from=x", "") == 0);
  CHECK(from("/events", "x") == 0);
  CHECK(from("/events?type=article.new&type=siftd.feed.status&type=updated", "") == 6);
  CHECK(from("/events?type=nonsense", "") == 0);
}
