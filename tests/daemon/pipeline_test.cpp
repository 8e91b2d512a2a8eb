#include "tests/daemon/pipeline_fixture.hpp"
#include "tests/run_until.hpp"

using namespace siftd;
using namespace siftd::test;

TEST_CASE("pipeline: a feed's whole articles become events without their pages",
          "[pipeline]") {
  World world;
  world.fetcher.serve(kFeed, rss({item("museum", true), item("library", true)}));
  const auto lines = world.once({feed(kFeed)});
  REQUIRE(lines.size() == 2);
  CHECK(has(lines, 0, "library"));  // the oldest first
  CHECK(has(lines, 1, "museum"));
  CHECK(has(lines, 0, "\"text_from\":\"feed\""));
  CHECK(world.fetcher.asked.size() == 1);
  CHECK(world.failed == 0);
}

TEST_CASE("pipeline: the page behind a summary is fetched once and gives the text",
          "[pipeline]") {
  World world;
  world.fetcher.serve(kFeed, rss({item("museum", false)}));
  world.fetcher.serve("https://example.org/museum.html", page("museum"), "text/html");
  const auto lines = world.once({feed(kFeed)});
  REQUIRE(lines.size() == 1);
  CHECK(has(lines, 0, "\"text_from\":\"page\""));
  CHECK(has(lines, 0, sentence("museum", 5)));
  CHECK_FALSE(has(lines, 0, "All rights reserved"));
  CHECK(world.fetcher.asked["https://example.org/museum.html"] == 1);
}

TEST_CASE("pipeline: stopped before it runs it ends at once", "[pipeline]") {
  World world;
  boost::asio::io_context io(1);
  Store store(world.state.path());
  WorkerPool pool(1);
  Recorder recorder(io.get_executor(), store);
  Sifter sifter({}, store);
  Pipeline pipeline(io.get_executor(),
                    {world.fetcher, pool, recorder, sifter, world.metrics, world.logger},
                    {false, 2});
  auto polled = std::make_unique<PolledFeed>();
  polled->config = Shared<FeedConfig>(feed(kFeed));
  pipeline.start(std::move(polled));
  pipeline.stop();
  bool has_ended = false;
  boost::asio::co_spawn(io, pipeline.run(), [&](std::exception_ptr why) {
    CHECK_FALSE(why);
    has_ended = true;
  });
  CHECK(run_until(io, [&] { return has_ended; }));
  if (!has_ended) {
    pipeline.stop();
    io.run();
  }
  CHECK(world.fetcher.asked.empty());
}

TEST_CASE("pipeline: without its page an article is told in the feed's own words",
          "[pipeline]") {
  World world;
  world.fetcher.serve(kFeed, rss({item("museum", false)}));
  const auto lines = world.once({feed(kFeed)});
  REQUIRE(lines.size() == 1);
  CHECK(has(lines, 0, "\"text_from\":\"feed\""));
}

TEST_CASE("pipeline: what was told is not told again, and its validators come back",
          "[pipeline]") {
  World world;
  world.fetcher.serve(kFeed, rss({item("museum", true)}));
  REQUIRE(world.once({feed(kFeed)}).size() == 1);
  CHECK(world.once({feed(kFeed)}).empty());
  CHECK(world.fetcher.etags.front().empty());
  CHECK_FALSE(world.fetcher.etags.back().empty());
}

TEST_CASE("pipeline: of a feed seen for the first time the newest become events",
          "[pipeline]") {
  World world;
  FeedConfig config = feed(kFeed);
  config.fetch.edit().max_backlog = 2;
  world.fetcher.serve(kFeed, rss({item("museum", true), item("library", true),
                                  item("theatre", true), item("harbour", true)}));
  REQUIRE(world.once({config}).size() == 2);
  // Nor later, when the feed has changed.
  world.fetcher.serve(
      kFeed, rss({item("observatory", true), item("museum", true), item("library", true),
                  item("theatre", true), item("harbour", true)}));
  const auto lines = world.once({config});
  REQUIRE(lines.size() == 1);
  CHECK(has(lines, 0, "observatory"));
}

TEST_CASE("pipeline: what a new feed was not let in for stays out under other guids",
          "[pipeline]") {
  World world;
  FeedConfig config = feed(kFeed);
  config.fetch.edit().max_backlog = 1;
  std::string body = rss({item("museum", true), item("library", true)});
  world.fetcher.serve(kFeed, body);
  REQUIRE(world.once({config}).size() == 1);
  for (const std::string topic : {"museum", "library"}) {
    const std::string guid = ">" + topic + "</guid>";
    body.replace(body.find(guid), guid.size(), ">another-" + topic + "</guid>");
  }
  world.fetcher.serve(kFeed, body);
  CHECK(world.once({config}).empty());
}

TEST_CASE("pipeline: a feed that is down fails and the others go on", "[pipeline]") {
  World world;
  world.fetcher.serve(kFeed, rss({item("museum", true)}));
  world.fetcher.failing["https://down.example/feed"] = 1;
  const auto lines = world.once({feed("https://down.example/feed"), feed(kFeed)});
  CHECK(world.failed == 1);
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.back().find("museum") != std::string::npos);
}

TEST_CASE("pipeline: a page that names its feed is polled as that feed", "[pipeline]") {
  World world;
  world.fetcher.serve("https://example.org/",
                      "<html><head><link rel=alternate type=application/rss+xml "
                      "href=/feed></head><body><p>Welcome</p></body></html>",
                      "text/html");
  world.fetcher.serve(kFeed, rss({item("museum", true)}));
  const auto lines = world.once({feed("https://example.org/")});
  CHECK(lines.size() == 1);
}

TEST_CASE("pipeline: no more transfers run at one host than it is given", "[pipeline]") {
  World world;
  std::vector<std::string> items;
  for (int i = 0; i < 12; ++i) {
    const std::string topic = "room" + std::to_string(i);
    items.push_back(item(topic, false));
    world.fetcher.serve("https://example.org/" + topic + ".html", page(topic),
                        "text/html");
  }
  world.fetcher.serve(kFeed, rss(items));
  CHECK(world.once({feed(kFeed)}).size() == 12);
  CHECK(world.fetcher.most <= 2);
}
