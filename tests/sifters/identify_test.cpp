#include "sifters/identify.hpp"

#include "tests/catch.hpp"

namespace {

using namespace siftd;

Item item(std::string id, std::string url, std::string title) {
  Item made;
  made.id = std::move(id);
  made.url = std::move(url);
  made.title = std::move(title);
  made.summary = "Summary of " + made.title;
  return made;
}

constexpr const char* kFeed = "https://news.example/rss";

}  // namespace

TEST_CASE("identify: a guid names an article within its feed only", "[identify]") {
  const auto here = identify(kFeed, {item("1", "https://news.example/a", "A")});
  const auto there =
      identify("https://other.example/rss", {item("1", "https://news.example/a", "A")});
  REQUIRE(here.size() == 1);
  CHECK(here[0].keys.own != there[0].keys.own);
  CHECK(here[0].keys.url == there[0].keys.url);
  CHECK(here[0].keys.url != 0);
}

TEST_CASE("identify: tracking parameters make no other article", "[identify]") {
  const auto plain = identify(kFeed, {item("", "https://news.example/a", "A")});
  const auto tracked =
      identify(kFeed, {item("", "https://news.example/a?utm_source=rss", "A")});
  CHECK(plain[0].keys == tracked[0].keys);
}

TEST_CASE("identify: one guid for all items is no guid", "[identify]") {
  const auto items = identify(kFeed, {item("same", "https://news.example/a", "A"),
                                      item("same", "https://news.example/b", "B")});
  REQUIRE(items.size() == 2);
  CHECK(items[0].keys.own != items[1].keys.own);
}

TEST_CASE("identify: one guid for all items without links still gives two articles",
          "[identify]") {
  const auto items = identify(kFeed, {item("same", "", "A"), item("same", "", "B")});
  REQUIRE(items.size() == 2);
  CHECK(items[0].keys.own != items[1].keys.own);
  CHECK(items[0].keys.url == 0);
}

TEST_CASE("identify: the front page as everybody's link is nobody's identity",
          "[identify]") {
  const auto items = identify(kFeed, {item("1", "https://news.example/", "A"),
                                      item("2", "https://news.example/", "B")});
  REQUIRE(items.size() == 2);
  CHECK(items[0].keys.url == 0);
  CHECK(items[0].keys.own != items[1].keys.own);
}

TEST_CASE("identify: an item that stands twice in a document comes out once",
          "[identify]") {
  const auto items = identify(kFeed, {item("1", "https://news.example/a", "A"),
                                      item("1", "https://news.example/a", "A")});
  CHECK(items.size() == 1);
}

TEST_CASE("identify: a change of dates alone can be told", "[identify]") {
  Item before = item("1", "https://news.example/a", "A");
  Item redated = before;
  redated.updated = std::chrono::sys_seconds(std::chrono::seconds(1700000000));
  Item rewritten = before;
  rewritten.summary = "Another summary";
  const auto a = identify(kFeed, {before})[0].item_hash;
  const auto b = identify(kFeed, {redated})[0].item_hash;
  const auto c = identify(kFeed, {rewritten})[0].item_hash;
  CHECK(a != b);
  CHECK(is_same_content(a, b));
  CHECK_FALSE(is_same_content(a, c));
}

TEST_CASE("identify: without a URL an item has a key of what it says, and when",
          "[identify]") {
  using std::chrono::hours;
  Item first = item("1", "", "Backup done");
  Item second = item("2", "", "Backup done");
  CHECK(identify(kFeed, {first})[0].keys.text == identify(kFeed, {second})[0].keys.text);
  CHECK(identify(kFeed, {first})[0].keys.text != 0);
  // Side by side in one document they are two, whatever they say.
  const auto both = identify(kFeed, {first, second});
  REQUIRE(both.size() == 2);
  CHECK(both[0].keys.text == 0);
  CHECK(both[1].keys.text == 0);
  second.published = std::chrono::sys_seconds(hours(24));
  CHECK(identify(kFeed, {first})[0].keys.text != identify(kFeed, {second})[0].keys.text);
  first.url = "https://news.example/a";
  CHECK(identify(kFeed, {first})[0].keys.text == 0);
}
