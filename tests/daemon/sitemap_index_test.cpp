#include <chrono>

#include "tests/daemon/pipeline_fixture.hpp"
#include "tests/deflated.hpp"

using namespace siftd;
using namespace siftd::test;

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
