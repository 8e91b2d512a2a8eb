#include "daemon/pipeline.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>
#include <string>
#include <vector>

#include "daemon/recorder.hpp"
#include "daemon/store.hpp"
#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"
#include "tests/deflated.hpp"
#include "tests/temporary_directory.hpp"

namespace {

using namespace siftd;
using namespace std::chrono_literals;
namespace asio = boost::asio;

// An internet in memory: what each URL answers, and what was asked.
struct FakeFetcher : Fetcher {
  std::map<std::string, Page> pages;
  std::map<std::string, int> asked;
  std::map<std::string, int> failing;  // times that it is out of reach first
  std::vector<std::string> etags;
  int now = 0;
  int most = 0;

  void serve(const std::string& url, const std::string& body,
             const std::string& type = "application/rss+xml", int status = 200) {
    Page page;
    page.url = url;
    page.status = status;
    page.content_type = type;
    page.body = body;
    page.etag = "\"" + std::to_string(body.size()) + "\"";
    pages[url] = page;
  }

  asio::awaitable<Result<Page>> fetch(Request request) override {
    most = std::max(most, ++now);
    asio::steady_timer timer(co_await asio::this_coro::executor, 1ms);
    co_await timer.async_wait(asio::use_awaitable);
    --now;
    ++asked[request.url];
    etags.push_back(request.etag);
    if (failing[request.url] > 0) {
      --failing[request.url];
      co_return fetch_error(FetchErrc::timed_out, "no answer");
    }
    const auto found = pages.find(request.url);
    if (found == pages.end()) {
      Page missing;
      missing.url = request.url;
      missing.status = 404;
      co_return missing;
    }
    Page page = found->second;
    if (!request.etag.empty() && request.etag == page.etag) {
      page.status = 304;
      page.body.clear();
    }
    co_return page;
  }
};

// Words that two topics hardly share, so that no two articles look like copies.
std::string sentence(const std::string& topic, int n) {
  static const std::vector<std::string> words = {
      "amber",  "bridge", "copper", "dawn",   "engine",   "ferry",  "garden",  "harvest",
      "island", "jacket", "kettle", "ladder", "market",   "needle", "orchard", "pier",
      "quarry", "river",  "saddle", "tunnel", "umbrella", "valley", "wagon",   "yard"};
  std::size_t state =
      std::hash<std::string>{}(topic) + static_cast<std::size_t>(n) * 7919;
  std::string text = "The " + topic;
  for (int i = 0; i < 14; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    text += " " + words[(state >> 33) % words.size()];
  }
  return text + " " + std::to_string(n) + ".";
}

std::string paragraphs(const std::string& topic) {
  std::string html;
  for (int i = 1; i < 7; ++i) {
    html += "<p>" + sentence(topic, i) + " " + sentence(topic + "berg", i + 20) + "</p>";
  }
  return html;
}

std::string item(const std::string& topic, bool is_full) {
  const std::string url = "https://example.org/" + topic + ".html";
  return "<item><title>" + topic + " counts its visitors</title><link>" + url +
         "</link><guid isPermaLink=\"false\">" + topic + "</guid><description>" +
         (is_full ? "" : sentence(topic, 1).substr(0, 50) + " [...]") + "</description>" +
         (is_full
              ? "<content:encoded><![CDATA[" + paragraphs(topic) + "]]></content:encoded>"
              : "") +
         "</item>";
}

std::string rss(const std::vector<std::string>& items) {
  std::string feed =
      "<?xml version=\"1.0\"?><rss version=\"2.0\" "
      "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>"
      "<title>Example</title><link>https://example.org/</link>";
  for (const std::string& one : items) {
    feed += one;
  }
  return feed + "</channel></rss>";
}

std::string page(const std::string& topic) {
  return "<html><head><title>" + topic +
         "</title></head><body><nav><a href=/>Home</a></nav>" + "<article><h1>" + topic +
         " counts its visitors</h1>" + paragraphs(topic) +
         "</article><footer>All rights reserved</footer></body></html>";
}

struct World {
  TemporaryDirectory state;
  FakeFetcher fetcher;
  Metrics metrics;
  spdlog::logger logger{"test", std::make_shared<spdlog::sinks::null_sink_mt>()};

  // One life of a daemon that polls each feed once; the events it recorded.
  std::vector<std::string> once(std::vector<FeedConfig> feeds) {
    asio::io_context io(1);
    Store store(state.path());
    WorkerPool pool(2);
    Recorder recorder(io.get_executor(), store);
    Sifter sifter({}, store);
    store.each_memory([&](MemoryRow row) { sifter.restore(row); });
    Pipeline pipeline(io.get_executor(),
                      {fetcher, pool, recorder, sifter, metrics, logger}, {true, 8});
    for (FeedConfig& config : feeds) {
      auto feed = std::make_unique<PolledFeed>();
      store.feed_states({config.url.view()}, [&](std::size_t, std::string_view blob) {
        feed->state = decode(blob).value_or(FeedState{});
      });
      feed->config = Shared<FeedConfig>(std::move(config));
      pipeline.start(std::move(feed));
    }
    const std::uint64_t before = recorder.journal().newest();
    std::exception_ptr failure;
    asio::co_spawn(io, pipeline.run(), [&](std::exception_ptr why) { failure = why; });
    io.run();  // returns by itself
    REQUIRE_FALSE(failure);
    failed = pipeline.failed();
    return read(io, recorder.journal(), before);
  }

  std::vector<std::string> read(asio::io_context& io, Journal& journal,
                                std::uint64_t after) {
    std::vector<std::string> lines;
    io.restart();
    asio::co_spawn(io, read_all(journal, after, lines), [](std::exception_ptr why) {
      if (why) {
        std::rethrow_exception(why);
      }
    });
    io.run();
    return lines;
  }

  static asio::awaitable<void> read_all(Journal& journal, std::uint64_t after,
                                        std::vector<std::string>& lines) {
    while (after < journal.newest()) {
      Result<EventBatch> batch = co_await journal.read(after + 1, 1 << 20);
      for (const StoredEvent& event : *batch.value()) {
        lines.push_back(event.line);
        after = event.sequence;
      }
    }
  }

  std::size_t failed = 0;
};

FeedConfig feed(const std::string& url) {
  FeedConfig config;
  config.url = url;
  config.name = url.substr(url.rfind('/') + 1);
  return config;
}

bool has(const std::vector<std::string>& lines, std::size_t i, const std::string& text) {
  return i < lines.size() && lines[i].find(text) != std::string::npos;
}

constexpr const char* kFeed = "https://example.org/feed";

}  // namespace

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

namespace {

constexpr const char* kIndex = "https://example.org/sitemap_index.xml";

std::string at(const std::string& path) {
  return "https://example.org/" + path;
}

std::string index_of(const std::vector<std::string>& urls) {
  std::string xml = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>";
  for (const std::string& url : urls) {
    xml += "<sitemap><loc>" + url + "</loc></sitemap>";
  }
  return xml + "</sitemapindex>";
}

// With the articles' pages behind it.
std::string sitemap_of(World& world, const std::vector<std::string>& topics) {
  std::string xml = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>";
  for (const std::string& topic : topics) {
    xml += "<url><loc>" + at(topic + ".html") + "</loc></url>";
    world.fetcher.serve(at(topic + ".html"), page(topic), "text/html");
  }
  return xml + "</urlset>";
}

}  // namespace

TEST_CASE("sitemap index: which of its sitemaps a poll reads", "[sitemaps]") {
  using std::chrono::sys_seconds;
  const auto day = [](int n) {
    return sys_seconds(std::chrono::days(20000 + n));
  };
  const std::vector<SitemapLink> sitemaps = {
      {at("old.xml"), day(1)},
      {kIndex, day(9)},                               // itself
      {"https://other.example/sitemap.xml", day(9)},  // another site's
      {at("new.xml"), day(8)},
      {"https://www.example.org/newer.xml", day(9)},
      {at("new.xml"), day(9)},  // again
      {at("a.xml"), {}},
      {at("newsletter.xml"), {}},
      {at("b.xml"), {}},
      {at("sitemap-News.xml"), {}},
  };
  CHECK(pick_sitemaps(sitemaps, kIndex) ==
        std::vector<std::string>{at("sitemap-News.xml"),
                                 "https://www.example.org/newer.xml", at("new.xml"),
                                 at("old.xml")});
  std::vector<SitemapLink> numbered;
  for (int i = 0; i < 9; ++i) {
    numbered.push_back({at(std::to_string(i) + ".xml"), {}});
  }
  CHECK(pick_sitemaps(numbered, kIndex) ==
        std::vector<std::string>{at("0.xml"), at("8.xml"), at("1.xml"), at("7.xml")});
  CHECK(pick_sitemaps({}, kIndex).empty());
}

TEST_CASE("sitemap index: what its sitemaps list becomes events, once", "[sitemaps]") {
  World world;
  world.fetcher.serve(kIndex, index_of({at("a.xml"), at("b.xml")}));
  world.fetcher.serve(at("a.xml"), sitemap_of(world, {"museum"}));
  world.fetcher.serve(at("b.xml"), sitemap_of(world, {"library"}));
  CHECK(world.once({feed(kIndex)}).size() == 2);
  CHECK(world.once({feed(kIndex)}).empty());
  CHECK(world.fetcher.asked[at("a.xml")] == 2);

  // The index answers 304, and so does one of the two.
  world.fetcher.serve(at("b.xml"), sitemap_of(world, {"library", "observatory"}));
  world.fetcher.etags.clear();
  const auto lines = world.once({feed(kIndex)});
  REQUIRE(lines.size() == 1);
  CHECK(has(lines, 0, "observatory"));
  REQUIRE(world.fetcher.etags.size() >= 3);
  CHECK_FALSE(world.fetcher.etags[0].empty());
  CHECK_FALSE(world.fetcher.etags[1].empty());
  CHECK_FALSE(world.fetcher.etags[2].empty());
  CHECK(world.failed == 0);
}

TEST_CASE("sitemap index: a sitemap out of reach loses nothing", "[sitemaps]") {
  World world;
  world.fetcher.serve(kIndex, index_of({at("a.xml"), at("b.xml")}));
  world.fetcher.serve(at("a.xml"), sitemap_of(world, {"museum"}));
  world.fetcher.serve(at("b.xml"), sitemap_of(world, {"library"}));
  world.fetcher.failing[at("b.xml")] = 1;
  CHECK(world.once({feed(kIndex)}).size() == 1);
  CHECK(world.failed == 0);
  const auto lines = world.once({feed(kIndex)});
  REQUIRE(lines.size() == 1);
  CHECK(has(lines, 0, "library"));
  // All of them: the poll fails.
  world.fetcher.failing[at("a.xml")] = 1;
  world.fetcher.failing[at("b.xml")] = 1;
  CHECK(world.once({feed(kIndex)}).empty());
  CHECK(world.failed == 1);
}

TEST_CASE("sitemap index: of a sitemap read for the first time the newest become events",
          "[sitemaps]") {
  World world;
  FeedConfig config = feed(kIndex);
  config.fetch.edit().max_backlog = 2;
  world.fetcher.serve(kIndex, index_of({at("a.xml")}));
  world.fetcher.serve(at("a.xml"), sitemap_of(world, {"museum"}));
  REQUIRE(world.once({config}).size() == 1);
  world.fetcher.serve(kIndex, index_of({at("a.xml"), at("old.xml")}));
  world.fetcher.serve(at("old.xml"),
                      sitemap_of(world, {"library", "theatre", "harbour", "school"}));
  CHECK(world.once({config}).size() == 2);
  CHECK(world.once({config}).empty());
  // From then on each that is added is told.
  world.fetcher.serve(at("old.xml"),
                      sitemap_of(world, {"library", "theatre", "harbour", "school",
                                         "stadium", "airport", "station"}));
  CHECK(world.once({config}).size() == 3);
}

TEST_CASE("hostile 58: an index of itself, of 50,000 others and of bombs is bounded",
          "[sitemaps][hostile]") {
  World world;
  std::vector<std::string> urls = {kIndex, at("news-nested.xml"), at("news-bomb.xml")};
  for (int i = 0; i < 50'000; ++i) {
    urls.push_back(at(std::to_string(i) + ".xml"));
  }
  world.fetcher.serve(kIndex, index_of(urls));
  world.fetcher.serve(at("news-nested.xml"), index_of({kIndex, at("deeper.xml")}));
  std::string many = "<urlset>";
  for (int i = 0; i < 50'000; ++i) {
    many += "<url><loc>" + at("page" + std::to_string(i)) + "</loc></url>";
  }
  world.fetcher.serve(at("0.xml"), many + "</urlset>");
  world.fetcher.serve(at("49999.xml"), sitemap_of(world, {"museum"}));
  const std::string packed = deflated(std::string(std::size_t{300} << 20U, ' '), 31, 1);
  world.fetcher.serve(at("news-bomb.xml"), packed);

  FeedConfig config = feed(kIndex);
  config.fetch.edit().max_backlog = 3;
  const auto lines = world.once({config});
  CHECK(world.failed == 0);
  CHECK(lines.size() <= 3);
  CHECK_FALSE(lines.empty());
  CHECK(world.fetcher.asked[kIndex] == 1);
  CHECK(world.fetcher.asked.count(at("deeper.xml")) == 0);
  // The index, four sitemaps and at most three pages.
  CHECK(world.fetcher.asked.size() <= 8);
}
