// What twenty years of hand-made feeds get wrong: one quirk a case.
#include <string>

#include "parsers/chars.hpp"
#include "tests/catch.hpp"
#include "tests/deflated.hpp"
#include "tests/parsers/feed_fixture.hpp"

using namespace siftd;
using namespace siftd::test;

namespace {

const std::string kTwo =
    "<rss version=\"2.0\"><channel><title>C</title>"
    "<item><title>One</title><link>http://h.example/1</link></item>"
    "<item><title>Two</title><link>http://h.example/2</link></item></channel></rss>";

void check_two(const Parsed& parsed) {
  REQUIRE(parsed.items.size() == 2);
  CHECK(parsed.info.title == "C");
  CHECK(parsed.items[0].title == "One");
  CHECK(parsed.items[1].title == "Two");
  CHECK(parsed.items[1].url == "http://h.example/2");
}

}  // namespace

TEST_CASE("wild: what stands before the feed is passed over", "[wild]") {
  const char* before = GENERATE(
      "", "\xEF\xBB\xBF", "\xEF\xBB\xBF\xEF\xBB\xBF", " \n\xEF\xBB\xBF", "\n\n\t ",
      "<?xml version=\"1.0\"?>", "\n<?xml version=\"1.1\" encoding=\"utf-8\"?>",
      "<br />\n<b>Warning</b>: Cannot modify header in <b>/srv/x.php</b> on line 3<br "
      "/>\n",
      "<!-- <html> --><?xml-stylesheet href=\"x.xsl\"?>", "HTTP junk\r\n",
      "<!DOCTYPE rss PUBLIC \"-//Netscape\" \"http://x/rss.dtd\" [<!ENTITY e \"x>\">]>");
  CAPTURE(before);
  check_two(parse(before + kTwo));
}

TEST_CASE("wild: what stands behind the feed is passed over", "[wild]") {
  const std::string behind =
      GENERATE(std::string("\n<!-- 0.3 s -->"), std::string(100, '\0'),
               std::string("</rss>"), std::string("<script></script>"),
               std::string("\x1A"), std::string("<br>Fatal error"));
  const Parsed parsed = parse(kTwo + behind);
  check_two(parsed);
}

TEST_CASE("wild: text with mistakes is read as it was meant", "[wild]") {
  const auto [title, expected] = GENERATE(table<const char*, const char*>({
      {"AT&T", "AT&T"},
      {"AT&amp;T", "AT&T"},
      {"AT&amp;amp;T", "AT&T"},
      {"A & B &", "A & B &"},
      {"a &lt b", "a < b"},
      {"caf&eacute; &hellip; &nbsp;x", "café … x"},
      {"It&amp;#8217;s", "It’s"},
      {"&nosuch; x", "&nosuch; x"},
      {"a &#0; &#xD800; &#x110000; b", "a � � � b"},
      {"a &#146;b&#147;", "a ’b“"},
      {"a\x01\x0B\x1Fz", "az"},
      {"&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"},
      {"<![CDATA[<i>x</i> & y]]>", "x & y"},
      {"a<![CDATA[b]]>c", "abc"},
      {"1 < 2", "1 < 2"},
      {"<b>Bold</b> move", "Bold move"},
      {"vector&lt;int&gt; in C++", "vector<int> in C++"},
      {"  two\n\t lines ", "two lines"},
      {"<![CDATA[]]>", ""},
  }));
  CAPTURE(title);
  const Item item = rss_item("<title>" + std::string(title) + "</title><guid>g</guid>");
  CHECK(item.title == expected);
  CHECK(item.id == "g");
}

TEST_CASE("wild: missing end tags close where the next element begins", "[wild]") {
  const Parsed parsed = parse(
      "<rss><channel><title>C<link>http://h.example/</link>"
      "<item><title>One<link>http://h.example/1</link><description>x</item>"
      "<item><title>Two</title><link>http://h.example/2<guid>2</guid>"
      "<item><title>Three</title></channel></rss>");
  REQUIRE(parsed.items.size() == 3);
  CHECK(parsed.info.title == "C");
  CHECK(parsed.info.home_page_url == "http://h.example/");
  CHECK(parsed.items[0].title == "One");
  CHECK(parsed.items[0].url == "http://h.example/1");
  CHECK(parsed.items[0].content_html == "x");
  CHECK(parsed.items[1].url == "http://h.example/2");
  CHECK(parsed.items[1].id == "2");
  CHECK(parsed.items[2].title == "Three");
}

TEST_CASE("wild: CDATA that nobody closes ends with its element", "[wild]") {
  const Parsed parsed = parse(
      "<rss><channel><item><description><![CDATA[<p>One</description></item>"
      "<item><title>Two</title><description><![CDATA[<p>Two</p>]]></description></item>"
      "</channel></rss>");
  REQUIRE(parsed.items.size() == 2);
  CHECK(parsed.items[0].content_html == "<p>One</p>");
  CHECK(parsed.items[1].title == "Two");
}

TEST_CASE("wild: HTML that nobody escaped is the description", "[wild]") {
  const Item item = rss_item(
      "<description>Hello <b>wide</b> world<br><img "
      "src='http://h.example/x.png'></description>"
      "<title>T</title>");
  CHECK(item.title == "T");
  CHECK(item.content_html ==
        "Hello <b>wide</b> world<br><img src=\"http://h.example/x.png\">");
}

TEST_CASE("wild: attributes may be doubled, bare or in capitals", "[wild]") {
  const Item item = rss_item(
      "<TITLE a=1 a=2>T</title><GUID isPermaLink=FALSE>http://h.example/g</guid>"
      "<enclosure url=http://h.example/a.mp3 type='audio/mpeg' length=12 />");
  CHECK(item.title == "T");
  CHECK(item.id == "http://h.example/g");
  CHECK(item.url.empty());
  REQUIRE(item.attachments.size() == 1);
  CHECK(item.attachments[0].url == "http://h.example/a.mp3");
  CHECK(item.attachments[0].size_in_bytes == 12u);
}

TEST_CASE("wild: namespaces undeclared, wrong or with other prefixes", "[wild]") {
  const auto [namespaces, prefix] = GENERATE(table<const char*, const char*>({
      {"", "dc"},
      {"xmlns:dc='http://purl.org/dc/elements/1.1/'", "dc"},
      {"xmlns:dc='HTTPS://PURL.ORG/DC/elements/1.0'", "dc"},
      {"xmlns:x='http://purl.org/dc/elements/1.1/'", "x"},
      {"xmlns:dc='http://example.org/nonsense'", "dc"},
  }));
  CAPTURE(namespaces);
  const std::string p = prefix;
  const Item item = rss_item("<" + p + ":creator>Ann</" + p + ":creator>", namespaces);
  REQUIRE(item.authors.size() == 1);
  CHECK(item.authors[0].name == "Ann");
}

TEST_CASE("wild: Atom with a prefix, without a namespace, and inside of RSS", "[wild]") {
  const Parsed prefixed = parse(
      "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>C</a:title>"
      "<a:entry><a:title>One</a:title><a:id>urn:1</a:id></a:entry></a:feed>");
  REQUIRE(prefixed.items.size() == 1);
  CHECK(prefixed.items[0].id == "urn:1");
  const Parsed bare =
      parse("<feed><title>C</title><entry><title>One</title></entry></feed>");
  REQUIRE(bare.items.size() == 1);
  CHECK(bare.items[0].title == "One");
  const Parsed mixed = parse(
      "<rss xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>C</title>"
      "<link>http://h.example/</link><atom:link rel='self' href='http://h.example/rss'/>"
      "<atom:link rel='hub' href='http://hub.example/'/>"
      "<atom:link rel='next' href='http://h.example/rss?p=2'/></channel></rss>");
  CHECK(mixed.info.home_page_url == "http://h.example/");
  CHECK(mixed.info.self == "http://h.example/rss");
  CHECK(mixed.info.hubs == std::vector<std::string>{"http://hub.example/"});
  CHECK(mixed.info.next_url == "http://h.example/rss?p=2");
}

TEST_CASE("wild: items outside of the channel and guids that are shared", "[wild]") {
  check_two(
      parse("<rss><channel><title>C</title></channel><item><title>One</title><guid>x</"
            "guid></item>"
            "<item><title>Two</title><guid>x</guid><link>http://h.example/2</link></"
            "item></rss>"));
}

TEST_CASE("wild: a guid is kept as it stands, and none is made up for it", "[wild]") {
  const auto [elements, id, url] = GENERATE(table<const char*, const char*, const char*>({
      {"<guid>a b</guid><link>http://h.example/1</link>", "a b", "http://h.example/1"},
      {"<guid> x\n</guid><link>http://h.example/1</link>", "x", "http://h.example/1"},
      {"<guid></guid><link>http://h.example/1</link>", "", "http://h.example/1"},
      {"<guid/><link>http://h.example/1</link>", "", "http://h.example/1"},
      {"<link>http://h.example/1</link>", "", "http://h.example/1"},
      {"<guid>http://h.example/g</guid>", "http://h.example/g", "http://h.example/g"},
      {"<guid isPermaLink='false'>http://h.example/g</guid>", "http://h.example/g", ""},
      {"<guid isPermaLink='true'>/g</guid>", "/g", ""},
      {"<guid>urn:x</guid>", "urn:x", ""},
      {"<guid>javascript:x</guid>", "javascript:x", ""},
      {"<title>T</title>", "", ""},
  }));
  CAPTURE(elements);
  const Item item = rss_item(elements);
  CHECK(item.id == id);
  CHECK(item.url == url);
}

TEST_CASE("wild: gzip without a header is unpacked", "[wild]") {
  const std::string packed = deflated(std::string(kTwo));
  check_two(parse(packed));
  CHECK(parse(packed.substr(0, packed.size() / 2)).error == "damaged gzip");
}

TEST_CASE("wild: UTF-16 is read window by window", "[wild]") {
  std::string wide = "\xFF\xFE";
  std::string text = "<rss><channel><title>C</title>";
  for (int i = 0; i < 5000; ++i) {
    text += "<item><title>T" + std::to_string(i) + "</title><description><![CDATA[" +
            std::string(300, 'x') + "]]></description></item>";
  }
  text += "</channel></rss>";
  for (const char c : text) {
    wide += c;
    wide += '\0';
  }
  const Parsed parsed = parse(wide);
  REQUIRE(parsed.items.size() == 5000);
  CHECK(parsed.items[4999].title == "T4999");
  CHECK(parsed.items[2500].content_html == std::string(300, 'x'));
  CHECK(!parsed.info.truncated);
}

TEST_CASE("wild: what is no feed says what it is instead", "[wild]") {
  const auto [body, error] = GENERATE(table<const char*, const char*>({
      {"", "empty document"},
      {" \n ", "empty document"},
      {"hello", "neither XML nor JSON"},
      {"\x89PNG\r\n", "neither XML nor JSON"},
      {"<opml><body/></opml>", "an OPML list of feeds, not a feed"},
      {"<s:Envelope><s:Body/></s:Envelope>",
       "XML, but no feed: its root is <s:Envelope>"},
      {"<!DOCTYPE html><title>x</title>", "an HTML page, not a feed"},
      {"<html><link rel=alternate type='application/rss+xml' "
       "href='http://h.example/rss'>",
       "an HTML page, not a feed; it names http://h.example/rss"},
      {"{\"a\":1}", "JSON, but no JSON Feed: no version, no items"},
      {"[1,2]", "JSON, but no object"},
  }));
  CAPTURE(body);
  const Parsed parsed = parse(body);
  CHECK(!parsed.is_feed);
  CHECK(parsed.error == error);
}

TEST_CASE("wild: a page names its feeds, comments last", "[wild]") {
  Page page;
  page.url = "http://h.example/a/b";
  page.body =
      "<head><base href=/x/><link rel=stylesheet href=s.css>"
      "<link rel=alternate type=application/rss+xml title='A Comments Feed' href=c.xml>"
      "<link rel='ALTERNATE' type='application/atom+xml' href='f?a=1&amp;b=2'>"
      "<link rel=alternate type=application/feed+json href=//o.example/j>"
      "<link rel=alternate hreflang=de href=de/><link rel=feed href=plain>";
  CHECK(discover_feeds(page) ==
        std::vector<std::string>{"http://h.example/x/f?a=1&b=2", "http://o.example/j",
                                 "http://h.example/x/plain", "http://h.example/x/c.xml"});
}
