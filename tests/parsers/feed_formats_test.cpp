// Each format and extension as its specification writes it.
#include <string>

#include "parsers/date.hpp"
#include "parsers/feed_json.hpp"
#include "tests/catch.hpp"
#include "tests/parsers/feed_fixture.hpp"

using namespace siftd;
using namespace siftd::test;

namespace {
std::string time_of(const std::optional<std::chrono::sys_seconds>& time) {
  return time ? format_rfc3339(*time) : "";
}
}  // namespace

TEST_CASE("formats: each is told by its root", "[formats]") {
  const auto [body, format] = GENERATE(table<const char*, const char*>({
      {"<rss version='2.0'><channel/></rss>", "rss2.0"},
      {"<rss version='2.01'><channel/></rss>", "rss2.0"},
      {"<rss version='0.91'><channel/></rss>", "rss0.91"},
      {"<rss><channel/></rss>", "rss"},
      {"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
       "xmlns='http://purl.org/rss/1.0/'/>",
       "rss1.0"},
      {"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
       "xmlns='http://my.netscape.com/rdf/simple/0.9/'/>",
       "rss0.90"},
      {"<feed xmlns='http://www.w3.org/2005/Atom'/>", "atom1.0"},
      {"<feed version='0.3' xmlns='http://purl.org/atom/ns#'/>", "atom0.3"},
      {"<CHANNEL HREF='http://h.example/'/>", "cdf"},
      {"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "sitemap"},
      {"<sitemapindex/>", "sitemapindex"},
      {"{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[]}", "json1.0"},
      {"{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[]}", "json1.1"},
  }));
  CAPTURE(body);
  const Parsed parsed = parse(body);
  CHECK(parsed.is_feed);
  CHECK(parsed.info.format == format);
}

TEST_CASE("rss: an item's fields", "[formats]") {
  const Item item = rss_item(
      "<title>T</title><link>http://h.example/1</link><guid isPermaLink='false'>g</guid>"
      "<description>Short</description><content:encoded>&lt;p&gt;Long&lt;/p&gt;</"
      "content:encoded>"
      "<author>ann@h.example (Ann "
      "Lee)</author><category>A</category><category>B</category>"
      "<pubDate>Sat, 08 Jan 2022 18:04:11 "
      "GMT</pubDate><comments>http://h.example/c</comments>"
      "<slash:comments>5</slash:comments><source url='http://s.example/'>S</source>"
      "<enclosure url='http://h.example/a.mp3' length='99' type='audio/mpeg'/>");
  CHECK(item.id == "g");
  CHECK(item.url == "http://h.example/1");
  CHECK(item.title == "T");
  CHECK(item.summary == "Short");
  CHECK(item.content_html == "<p>Long</p>");
  CHECK(item.has_full_content);
  REQUIRE(item.authors.size() == 1);
  CHECK(item.authors[0].name == "Ann Lee");
  CHECK(item.authors[0].email == "ann@h.example");
  CHECK(item.tags == std::vector<std::string>{"A", "B"});
  CHECK(time_of(item.published) == "2022-01-08T18:04:11Z");
  REQUIRE(item.attachments.size() == 1);
  CHECK(item.attachments[0].mime_type == "audio/mpeg");
  CHECK(
      item.extensions_json ==
      R"("comments":"http://h.example/c","source":{"title":"S","url":"http://s.example/"},"comment_count":"5")");
}

TEST_CASE("rss: a description alone is the text, and the summary when it is short",
          "[formats]") {
  const Item brief = rss_item("<description>&lt;p&gt;Short&lt;/p&gt;</description>");
  CHECK(brief.content_html == "<p>Short</p>");
  CHECK(brief.summary == "Short");
  CHECK(!brief.has_full_content);
  const Item all = rss_item("<description>" + std::string(3000, 'x') + "</description>");
  CHECK(all.content_html.size() == 3000);
  CHECK(all.summary.empty());
}

TEST_CASE("rss: the permalink stands in for a missing link", "[formats]") {
  CHECK(rss_item("<guid>http://h.example/p</guid>").url == "http://h.example/p");
  CHECK(rss_item("<guid isPermaLink='false'>http://h.example/p</guid>").url.empty());
  CHECK(rss_item("<guid>urn:x</guid>").url.empty());
  CHECK(
      rss_item("<link>http://f.example/~r/1</link><feedburner:origLink>http://h.example/1"
               "</feedburner:origLink>")
          .url == "http://h.example/1");
}

TEST_CASE("rss: what the publisher asks of pollers", "[formats]") {
  const Parsed parsed = parse(
      "<rss><channel><ttl>45</ttl><skipHours><hour>0</hour><hour>23</hour><hour>24</hour>"
      "<hour>99</hour></skipHours><skipDays><day>Sunday</day><day>Monday</day></skipDays>"
      "<sy:updatePeriod> Hourly "
      "</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
      "</channel></rss>");
  CHECK(parsed.info.ttl == std::chrono::minutes(45));
  CHECK(parsed.info.skip_hours == ((1u << 23) | 1u));
  CHECK(parsed.info.skip_days == ((1u << 6) | 1u));
  CHECK(parsed.info.update_period == std::chrono::minutes(30));
}

TEST_CASE("rss: pictures of the channel do not give it their title", "[formats]") {
  const Parsed parsed = parse(
      "<rss><channel><image><title>I</title><url>http://h.example/i.png</url>"
      "<link>http://i.example/</link></image><title>C</title><link>http://h.example/</"
      "link>"
      "<textInput><title>Search</title><link>http://s.example/</link></textInput>"
      "</channel></rss>");
  CHECK(parsed.info.title == "C");
  CHECK(parsed.info.icon == "http://h.example/i.png");
  CHECK(parsed.info.home_page_url == "http://h.example/");
}

TEST_CASE("rss: relative links are resolved against the channel's, else the document",
          "[formats]") {
  const Parsed parsed = parse(
      "<rss><channel><link>http://h.example/news/</link><item><link>a</link>"
      "<description>&lt;img src='b.png'&gt;</description></item></channel></rss>",
      "http://feeds.example/h");
  REQUIRE(parsed.items.size() == 1);
  CHECK(parsed.items[0].url == "http://h.example/news/a");
  CHECK(parsed.items[0].content_html == "<img src=\"http://h.example/news/b.png\">");
  const Parsed bare = parse("<rss><channel><item><link>a</link></item></channel></rss>",
                            "http://feeds.example/x/h");
  CHECK(bare.items[0].url == "http://feeds.example/x/a");
}

TEST_CASE("atom: an entry's fields", "[formats]") {
  const Item item = atom_entry(
      "<title type='html'>A &amp;lt; B &lt;i&gt;c&lt;/i&gt;</title><id>urn:1</id>"
      "<link href='http://h.example/1'/><link rel='enclosure' href='http://h.example/e' "
      "type='audio/ogg' length='7'/><link rel='related' href='http://o.example/'/>"
      "<link rel='replies' type='text/html' href='http://h.example/c'/>"
      "<published>2022-01-08T18:04:11Z</published><updated>2022-01-09T18:04:11Z</updated>"
      "<author><name>Ann</name><email>a@h.example</email><uri>http://ann.example/</uri></"
      "author>"
      "<contributor><name>Bob</name></contributor><category term='x' label='X y'/>"
      "<rights>© A</rights><summary>S &amp; T</summary>"
      "<content type='html'>&lt;p&gt;C&lt;/p&gt;</content>");
  CHECK(item.title == "A < B c");
  CHECK(item.id == "urn:1");
  CHECK(item.url == "http://h.example/1");
  CHECK(item.external_url == "http://o.example/");
  CHECK(item.summary == "S & T");
  CHECK(item.content_html == "<p>C</p>");
  CHECK(item.has_full_content);
  CHECK(time_of(item.published) == "2022-01-08T18:04:11Z");
  CHECK(time_of(item.updated) == "2022-01-09T18:04:11Z");
  REQUIRE(item.authors.size() == 1);
  CHECK(item.authors[0] == Author{"Ann", "http://ann.example/", "", "a@h.example"});
  REQUIRE(item.attachments.size() == 1);
  CHECK(item.attachments[0].size_in_bytes == 7u);
  CHECK(item.extensions_json.find("\"contributors\":[{\"name\":\"Bob\"}]") !=
        std::string::npos);
  CHECK(item.extensions_json.find("\"comments\":\"http://h.example/c\"") !=
        std::string::npos);
}

TEST_CASE("atom: text, html, xhtml and base64 content", "[formats]") {
  CHECK(atom_entry("<content>1 &lt; 2</content>").content_text == "1 < 2");
  CHECK(atom_entry("<content type='html'>&lt;b&gt;x&lt;/b&gt;</content>").content_html ==
        "<b>x</b>");
  CHECK(atom_entry("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
                   "<p>a &amp; <br/>b</p></div></content>")
            .content_html == "<p>a &amp; <br>b</p>");
  CHECK(atom_entry("<content type='xhtml'><h:div xmlns:h='http://www.w3.org/1999/xhtml'>"
                   "<h:p>x</h:p></h:div></content>")
            .content_html == "<p>x</p>");
  CHECK(atom_entry("<content mode='base64' type='text/html'>PGI+eDwvYj4=</content>")
            .content_html == "<b>x</b>");
  CHECK(atom_entry("<content type='image/png'>iVBORw0KGgo=</content>")
            .content_html.empty());
  CHECK(atom_entry("<title type='xhtml'><div>A <b>b</b></div></title>").title == "A b");
}

TEST_CASE("atom: xml:base holds for what is inside", "[formats]") {
  const Parsed parsed = parse(
      "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://h.example/a/'>"
      "<link href='b'/><entry xml:base='c/'><link href='d'/>"
      "<content type='html' xml:base='e/'>&lt;img src='f'&gt;</content></entry></feed>");
  REQUIRE(parsed.items.size() == 1);
  CHECK(parsed.info.home_page_url == "http://h.example/a/b");
  CHECK(parsed.items[0].url == "http://h.example/a/c/d");
  CHECK(parsed.items[0].content_html == "<img src=\"http://h.example/a/c/e/f\">");
}

TEST_CASE("rdf: items beside the channel", "[formats]") {
  const Parsed parsed = parse(
      "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
      "xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
      "<channel "
      "rdf:about='http://h.example/'><title>C</title><link>http://h.example/</link>"
      "<items><rdf:Seq><rdf:li "
      "resource='http://h.example/1'/></rdf:Seq></items></channel>"
      "<item "
      "rdf:about='http://h.example/1'><title>One</title><link>http://h.example/1</link>"
      "<dc:creator>Ann</dc:creator><dc:date>2022-01-08</dc:date><dc:subject>x</"
      "dc:subject>"
      "</item></rdf:RDF>");
  REQUIRE(parsed.items.size() == 1);
  CHECK(parsed.info.title == "C");
  const Item& item = parsed.items[0];
  CHECK(item.id == "http://h.example/1");
  CHECK(item.authors[0].name == "Ann");
  CHECK(item.tags == std::vector<std::string>{"x"});
  CHECK(time_of(item.published) == "2022-01-08T00:00:00Z");
}

TEST_CASE("cdf: attributes say what others say in elements", "[formats]") {
  const Parsed parsed = parse(
      "<CHANNEL HREF='http://h.example/'><TITLE>C</TITLE><ABSTRACT>D</ABSTRACT>"
      "<ITEM HREF='http://h.example/1' LASTMOD='2022-01-08T18:04'><TITLE>One</TITLE>"
      "<ABSTRACT>A</ABSTRACT></ITEM></CHANNEL>");
  REQUIRE(parsed.items.size() == 1);
  CHECK(parsed.info.title == "C");
  CHECK(parsed.info.description == "D");
  CHECK(parsed.items[0].url == "http://h.example/1");
  CHECK(parsed.items[0].content_html == "A");
  CHECK(time_of(parsed.items[0].updated) == "2022-01-08T18:04:00Z");
}

TEST_CASE("sitemap: locations are items, news has titles and dates", "[formats]") {
  const Parsed parsed = parse(
      "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
      "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9' "
      "xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"
      "<url><loc>http://h.example/1</loc><lastmod>2022-01-09</lastmod><n:news>"
      "<n:publication><n:name>The "
      "Paper</n:name><n:language>en</n:language></n:publication>"
      "<n:publication_date>2022-01-08T18:04:11Z</n:publication_date><n:title>One</"
      "n:title>"
      "<n:keywords>a, b</n:keywords></n:news>"
      "<image:image><image:loc>http://h.example/i.jpg</image:loc></image:image></url>"
      "<url><loc>http://h.example/2</loc></url><url><lastmod>2022</lastmod></url></"
      "urlset>");
  REQUIRE(parsed.items.size() == 2);
  CHECK(parsed.info.format == "sitemap");
  const Item& item = parsed.items[0];
  CHECK(item.url == "http://h.example/1");
  CHECK(item.title == "One");
  CHECK(time_of(item.published) == "2022-01-08T18:04:11Z");
  CHECK(time_of(item.updated) == "2022-01-09T00:00:00Z");
  CHECK(item.tags == std::vector<std::string>{"a", "b"});
  CHECK(item.image == "http://h.example/i.jpg");
  CHECK(item.language == "en");
  CHECK(item.authors.empty());
}

TEST_CASE("sitemap: an index names others and has no items", "[formats]") {
  const Parsed parsed = parse(
      "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap>"
      "<sitemap><loc>http://h.example/b.xml.gz</loc><lastmod>2022</lastmod></sitemap>"
      "<sitemap><loc>ftp://h.example/c</loc></sitemap><item/>"
      "<sitemap><lastmod>2023-02-03</lastmod><loc>/d.xml</loc></sitemap></sitemapindex>",
      "http://h.example/sitemap.xml");
  CHECK(parsed.items.empty());
  REQUIRE(parsed.info.sitemaps.size() == 3);
  CHECK(parsed.info.sitemaps[0].url == "http://h.example/a.xml");
  CHECK_FALSE(parsed.info.sitemaps[0].modified);
  CHECK(parsed.info.sitemaps[1].url == "http://h.example/b.xml.gz");
  CHECK(time_of(parsed.info.sitemaps[1].modified) == "2022-01-01T00:00:00Z");
  CHECK(parsed.info.sitemaps[2].url == "http://h.example/d.xml");
  CHECK(time_of(parsed.info.sitemaps[2].modified) == "2023-02-03T00:00:00Z");
}

TEST_CASE("json: fields of the right and of the wrong type", "[formats]") {
  const Parsed parsed = parse(
      R"({"items":[{"id":5,"url":"/1","title":"A &amp; B","content_html":"<p>x<script>y</script>",
      "summary":null,"date_published":"2022-01-08T18:04:11Z","date_modified":7,"tags":"t",
      "author":{"name":"Ann"},"authors":[{"name":"Bob","url":"javascript:x"},"Cid"],
      "attachments":[{"url":"/a.mp3","size_in_bytes":"12","duration_in_seconds":61.5},5],
      "banner_image":"/b.png","x":{"y":[1,{"z":2}]}}, 7, null, "x"],
      "version":"https://jsonfeed.org/version/1.1","title":3,"home_page_url":{},
      "hubs":[{"type":"WebSub","url":"http://hub.example/"}],"expired":true,"next_url":"/p2",})",
      "http://h.example/feed.json");
  REQUIRE(parsed.items.size() == 1);
  const Item& item = parsed.items[0];
  CHECK(item.id == "5");
  CHECK(item.url == "http://h.example/1");
  CHECK(item.title == "A & B");
  CHECK(item.content_html == "<p>x</p>");
  CHECK(time_of(item.published) == "2022-01-08T18:04:11Z");
  CHECK(!item.updated);
  CHECK(item.tags == std::vector<std::string>{"t"});
  REQUIRE(item.authors.size() == 3);
  CHECK(item.authors[0].name == "Bob");
  CHECK(item.authors[0].url.empty());
  CHECK(item.authors[1].name == "Cid");
  CHECK(item.authors[2].name == "Ann");
  REQUIRE(item.attachments.size() == 1);
  CHECK(item.attachments[0].size_in_bytes == 12u);
  CHECK(item.attachments[0].duration_in_seconds == 61.5);
  CHECK(item.image == "http://h.example/b.png");
  CHECK(parsed.info.title == "3");
  CHECK(parsed.info.expired);
  CHECK(parsed.info.next_url == "http://h.example/p2");
  CHECK(parsed.info.hubs.size() == 1);
}

TEST_CASE("json: strings with raw line ends, lone surrogates and odd escapes",
          "[formats]") {
  const Parsed parsed = parse(
      "{\"items\":[{\"id\":\"1\",\"title\":\"a\nb \\ud800 \\ud83d\\ude00 \\q "
      "\\u00e9\"}]}");
  REQUIRE(parsed.items.size() == 1);
  CHECK(parsed.items[0].title == "a b \xEF\xBF\xBD 😀 q é");
}

TEST_CASE("extensions: media, itunes, podcast and geography", "[formats]") {
  const Item item = rss_item(
      "<title>T</title><media:group><media:title>no</media:title>"
      "<media:content url='http://h.example/v.mp4' type='video/mp4' duration='61' "
      "fileSize='5'/>"
      "<media:content url='http://h.example/p.jpg' medium='image'/>"
      "<media:thumbnail url='http://h.example/t1.jpg'/>"
      "<media:thumbnail url='http://h.example/t2.jpg'/></media:group>"
      "<itunes:episode>3</itunes:episode><itunes:explicit>no</itunes:explicit>"
      "<itunes:author>Ann</itunes:author><itunes:keywords>a, b</itunes:keywords>"
      "<podcast:transcript url='http://h.example/t.vtt' type='text/vtt'/>"
      "<georss:point>45.256 -71.92</georss:point>");
  CHECK(item.title == "T");
  CHECK(item.image == "http://h.example/t1.jpg");
  REQUIRE(item.attachments.size() == 1);
  CHECK(item.attachments[0].url == "http://h.example/v.mp4");
  CHECK(item.attachments[0].duration_in_seconds == 61.0);
  CHECK(item.authors[0].name == "Ann");
  CHECK(item.tags == std::vector<std::string>{"a", "b"});
  CHECK(
      item.extensions_json ==
      R"("geo":{"type":"Point","coordinates":[-71.92,45.256]},)"
      R"("media":{"thumbnails":[{"url":"http://h.example/t1.jpg"},{"url":"http://h.example/t2.jpg"}],)"
      R"("images":[{"url":"http://h.example/p.jpg"}]},)"
      R"("itunes":{"episode":"3","explicit":"no"},"podcast":{"transcript":"http://h.example/t.vtt"})");
}

TEST_CASE("output: an item without an id gets one", "[formats]") {
  Item item;
  item.title = "T";
  std::string line;
  append_json_item(line, item);
  CHECK(line.starts_with("{\"id\":\""));
  CHECK(line.find("\"content_text\":\"\"") != line.npos);
  item.url = "http://h.example/";
  line.clear();
  append_json_item(line, item);
  CHECK(line.starts_with("{\"id\":\"http://h.example/\""));
}
