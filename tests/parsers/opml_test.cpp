#include "parsers/opml.hpp"

#include "tests/catch.hpp"

using namespace siftd;

TEST_CASE("opml: nested outlines give feeds with their folders as tags", "[opml]") {
  const auto opml = read_opml(R"(<?xml version="1.0"?>
<opml version="1.1"><head><title>My feeds</title></head><body>
<outline text="News">
  <outline text="World"><outline text="A &amp; B" xmlUrl="https://a.example/rss?x=1&y=2"
    htmlUrl="https://a.example" category="/one,two"/></outline>
</outline>
<outline title="C" text="c" xmlurl="feed://c.example/atom"/>
</body></opml>)");
  REQUIRE(opml.has_value());
  CHECK(opml->title == "My feeds");
  REQUIRE(opml->feeds.size() == 2);
  CHECK(opml->feeds[0].url == "https://a.example/rss?x=1&y=2");
  CHECK(opml->feeds[0].title == "A & B");
  CHECK(opml->feeds[0].home_page_url == "https://a.example/");
  CHECK(opml->feeds[0].tags == std::vector<std::string>{"News", "World", "one", "two"});
  CHECK(opml->feeds[0].line == 4);
  CHECK(opml->feeds[1].url == "http://c.example/atom");
  CHECK(opml->feeds[1].title == "C");
  CHECK(opml->feeds[1].line == 7);
}

TEST_CASE("opml: hostile 11: what is not http or https is refused with its line",
          "[opml]") {
  const auto opml = read_opml(
      "<opml><body>\n"
      "<outline xmlUrl='exec:rm -rf /'/>\n"
      "<outline xmlUrl='https://a.example/'/>\n"
      "<outline xmlUrl='filter:cat:http://b.example/'/>\n"
      "<outline xmlUrl='file:///etc/passwd'/>\n"
      "<outline xmlUrl='/relative'/>\n"
      "<outline xmlUrl='https://a.example/'/>\n"
      "</body></opml>");
  REQUIRE(opml.has_value());
  CHECK(opml->feeds.size() == 1);
  REQUIRE(opml->refused.size() == 4);
  CHECK(opml->refused[0].line == 2);
  CHECK(opml->refused[0].url == "exec:rm -rf /");
  CHECK(opml->refused[1].line == 4);
  CHECK(opml->refused[2].line == 5);
  CHECK(opml->refused[3].line == 6);
}

TEST_CASE("opml: what is written is read again", "[opml]") {
  Opml opml;
  opml.title = "Feeds <of> \"siftd\" & more";
  opml.feeds.push_back({"https://a.example/?a=1&b=2",
                        "A \"quoted\" <title>",
                        "https://a.example/",
                        {"world", "x"},
                        0});
  opml.feeds.push_back({"https://b.example/", "", "", {}, 0});
  auto again = read_opml(write_opml(opml));
  REQUIRE(again.has_value());
  CHECK(again->title == opml.title);
  REQUIRE(again->feeds.size() == 2);
  for (OpmlFeed& feed : again->feeds) {
    feed.line = 0;
  }
  CHECK(again->feeds[1] == opml.feeds[0]);
  CHECK(again->feeds[0].url == opml.feeds[1].url);
}

TEST_CASE("opml: other documents are none", "[opml]") {
  CHECK(!read_opml("<rss><channel/></rss>").has_value());
  CHECK(!read_opml("").has_value());
  CHECK(!read_opml("{}").has_value());
}
