#include "parsers/metadata.hpp"

#include <string>
#include <vector>

#include "parsers/date.hpp"
#include "parsers/page_findings.hpp"
#include "parsers/page_title.hpp"
#include "parsers/person_names.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

PageMetadata read(std::string_view html,
                  std::string_view url = "https://www.example.org/a/b.html") {
  return read_metadata(parse_html(html), url);
}

std::vector<std::string> names(const PageMetadata& metadata) {
  std::vector<std::string> all;
  for (const Author& author : metadata.authors) {
    all.push_back(author.name);
  }
  return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("person names: bylines as sites write them", "[metadata]") {
  struct Case {
    const char* byline;
    Names names;
  };
  const Case cases[] = {
      {"By Ann Lee", {"Ann Lee"}},
      {"by Ann Lee and Raj Patel", {"Ann Lee", "Raj Patel"}},
      {"BY ANN LEE", {"Ann Lee"}},
      {"Von Eva Lind und Tom Okoro", {"Eva Lind", "Tom Okoro"}},
      {"Par Élise Dupont, Jean Martin", {"Élise Dupont", "Jean Martin"}},
      {"Ann Lee | Reuters staff", {"Ann Lee"}},
      {"Ann Lee (Berlin)", {"Ann Lee"}},
      {"Ann Lee <ann@example.org>", {"Ann Lee"}},
      {"Staff", {}},
      {"admin", {}},
      {"Redaktion", {}},
      {"ann_lee99", {}},
      {"https://www.facebook.com/ann", {}},
      {"", {}},
      {"Ann Lee, Ann Lee", {"Ann Lee"}},
      {"田中太郎", {"田中太郎"}},
      {"Ann (A. J.) Lee", {"Ann Lee"}},
      {"Ann Lee (with Jo Doe and Raj Patel)", {"Ann Lee"}},
      {"Ann Lee (", {"Ann Lee"}},
      {"Ann Lee and Raj Patel for the Daily Pebble", {"Ann Lee", "Raj Patel"}},
      {"Fund for Peace", {"Fund for Peace"}},
      {"a. lee / J. I. da silva", {"A. Lee", "J. I. da Silva"}},
  };
  for (const Case& c : cases) {
    CHECK(person_names(c.byline) == c.names);
  }
}

TEST_CASE("person names: those of catalogues are turned round, others are not",
          "[metadata]") {
  const std::pair<const char*, const char*> cases[] = {
      {"Lee, Ann", "Ann Lee"},
      {"Jong, Michiel de", "Michiel de Jong"},
      {"van den Berg, Eva", "Eva van den Berg"},
      {"Lee, Ann M.", "Ann M. Lee"},
      {"Ann Lee", "Ann Lee"},
      {"Ann Lee, Raj Patel", "Ann Lee, Raj Patel"},
      {"Lee, Ann, Patel, Raj", "Lee, Ann, Patel, Raj"},
      {"Lee, Ann; Patel, Raj", "Ann Lee; Raj Patel"},
      {"Lee, Ann;", "Ann Lee"},
      {"Staff, Web", "Staff, Web"},
      {"Lee, ", "Lee, "},
      {"Lee, Ann and others", "Lee, Ann and others"},
      {"", ""},
  };
  for (const auto& [name, expected] : cases) {
    CHECK(in_speaking_order(name) == expected);
  }
  CHECK(names(read("<meta name='DC.Creator' content='Jong, Michiel de'>")) ==
        Names{"Michiel de Jong"});
  CHECK(names(read("<meta name='author' content='Ann Lee, Raj Patel'>")) ==
        Names{"Ann Lee", "Raj Patel"});
  CHECK(names(read("<meta name='citation_authors' content='Lee, Ann; Patel, Raj'>")) ==
        Names{"Ann Lee", "Raj Patel"});
}

TEST_CASE("title: the site's name goes, the headline stays", "[metadata]") {
  struct Case {
    const char* raw;
    const char* headline;
    const char* site;
    const char* title;
  };
  const Case cases[] = {
      {"Bridge reopens | The Daily Post", "", "The Daily Post", "Bridge reopens"},
      {"Bridge reopens - News - The Daily Post", "Bridge reopens", "", "Bridge reopens"},
      {"The Daily Post: Bridge reopens", "", "The Daily Post", "Bridge reopens"},
      {"Bridge reopens - after years", "", "The Daily Post",
       "Bridge reopens - after years"},
      {"Bridge reopens – example.org", "", "", "Bridge reopens"},
      {"Example", "", "", "Example"},
      {"", "", "", ""},
  };
  for (const Case& c : cases) {
    CHECK(article_title(c.raw, c.headline, {c.site}, "www.example.org") == c.title);
  }
}

TEST_CASE("metadata: JSON-LD comes first", "[metadata]") {
  const PageMetadata metadata = read(R"(<html lang="de-AT"><head>
    <title>Titel | Blatt</title>
    <meta property="og:title" content="Titel">
    <meta property="og:site_name" content="Blatt">
    <meta property="article:published_time" content="2020-01-01">
    <meta name="author" content="Somebody Else">
    <link rel="canonical" href="/a/c.html">
    <script type="application/ld+json">
      {"@context":"https://schema.org","@graph":[
        {"@type":"WebSite","name":"Blatt"},
        {"@type":"NewsArticle","headline":"Titel","datePublished":"2022-01-08T18:04:11+01:00",
         "dateModified":"2022-01-09T00:00:00Z","author":[{"@id":"#p"},{"@type":"Person","name":"Tom Okoro"}],
         "keywords":"Brücke, Verkehr","articleSection":"Politik","image":{"url":"/i.jpg"},
         "articleBody":"Text.","isAccessibleForFree":"False"},
        {"@type":"Person","@id":"#p","name":"Eva Lind"}]}
    </script></head><body></body></html>)");
  CHECK(metadata.title == "Titel");
  CHECK(names(metadata) == Names{"Eva Lind", "Tom Okoro"});
  CHECK(metadata.published == parse_date("2022-01-08T17:04:11Z"));
  CHECK(metadata.modified == parse_date("2022-01-09"));
  CHECK(metadata.language == "de-AT");
  CHECK(metadata.canonical_url == "https://www.example.org/a/c.html");
  CHECK(metadata.image == "https://www.example.org/i.jpg");
  CHECK(metadata.site_name == "Blatt");
  CHECK(metadata.section == "Politik");
  CHECK(metadata.tags == Names{"Brücke", "Verkehr"});
  CHECK(metadata.article_body == "Text.");
  CHECK(metadata.is_free == std::optional<bool>(false));
}

TEST_CASE("metadata: without JSON-LD the marks of the page serve", "[metadata]") {
  const PageMetadata metadata = read(R"(<title>Bridge reopens - Example</title>
    <h1>Bridge reopens</h1>
    <div class="byline">By <a rel="author" href="/staff">Ann Lee</a></div>
    <time datetime="2022-01-08T12:00:00Z">8 January</time>)");
  CHECK(metadata.title == "Bridge reopens");
  CHECK(names(metadata) == Names{"Ann Lee"});
  CHECK(metadata.published == parse_date("2022-01-08T12:00:00Z"));
}

TEST_CASE("metadata: names and dates in meta elements of many makers", "[metadata]") {
  const struct {
    const char* meta;
    Names names;
    const char* date;
  } cases[] = {
      {R"(<meta name="mediator_author" content="Ann Lee"><meta name="mediator_published_time"
          content="2022-01-08T12:00:00Z">)",
       {"Ann Lee"},
       "2022-01-08T12:00:00Z"},
      {R"(<meta name="bt:author" content="Ann Lee"><meta name="bt:pubDate"
          content="2022-01-08T12:00:00Z">)",
       {"Ann Lee"},
       "2022-01-08T12:00:00Z"},
      {R"(<meta property="dable:author" content="Ann Lee"><meta property="og:regDate"
          content="20220108120000">)",
       {"Ann Lee"},
       "2022-01-08T12:00:00Z"},
      {R"(<meta name="twitter:label1" content="Written by"><meta name="twitter:data1"
          content="Ann Lee"><meta name="twitter:label2" content="Est. reading time"><meta
          name="twitter:data2" content="4 minutes"><meta name="DC.created"
          content="2022-01-08">)",
       {"Ann Lee"},
       "2022-01-08"},
      {R"(<meta name="twitter:label1" content="Geschätzte Lesezeit"><meta
          name="twitter:data1" content="Vier Minuten"><meta name="twitter:label2"
          content="Verfasst von:"><meta name="twitter:data2" content="Ann Lee">)",
       {"Ann Lee"},
       ""},
      {R"(<meta name="twitter:data1" content="Tom Okoro"><meta name="twitter:label1"
          content="Written by"><meta name="author" content="Ann Lee">)",
       {"Ann Lee"},
       ""},
      {R"(<meta name="twitter:label1" content="Price"><meta name="twitter:data1"
          content="Ann Lee">)",
       {},
       ""},
  };
  for (const auto& [meta, expected, date] : cases) {
    INFO(meta);
    const PageMetadata metadata =
        read("<html><head><title>Bridge reopens</title>" + std::string(meta) +
             "</head><body><h1>Bridge reopens</h1></body></html>");
    CHECK(names(metadata) == expected);
    CHECK(metadata.published == parse_date(date));
  }
}

TEST_CASE("metadata: a date in the URL serves when the page has none", "[metadata]") {
  CHECK(read("<p>x", "https://www.example.org/2022/01/08/talks").published ==
        parse_date("2022-01-08"));
  CHECK_FALSE(read("<p>x", "https://www.example.org/2022/01/talks").published);
  CHECK_FALSE(read("<p>x", "https://www.example.org/2022/13/48/talks").published);
}

TEST_CASE("metadata: of two days that the marks give the address or the title names one",
          "[metadata]") {
  const std::string marks =
      "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
      "\"datePublished\":\"2022-05-10T23:35:55\"}</script>"
      "<meta property='article:published_time' content='2022-05-11T04:10:00-03:00'>";
  const std::string late = "2022-05-11T04:10:00-03:00";
  const std::string early = "2022-05-10T23:35:55";
  struct Case {
    std::string title, url, expected;
  };
  const Case cases[] = {
      {"Bridge reopens - 11/05/2022 - The Paper", "https://a.example/x", late},
      {"Bridge reopens | 10 May 2022 | The Paper", "https://a.example/x", early},
      {"Bridge reopens - 13/05/2022 - The Paper", "https://a.example/x", early},
      {"Bridge reopens", "https://a.example/2022/05/11/bridge", late},
      {"Bridge reopens", "https://a.example/2022/05/10/bridge", early},
      {"Bridge reopens - 11/05/2022", "https://a.example/2022/05/10/bridge", early},
      {"Bridge reopens", "https://a.example/x", early},
  };
  for (const Case& c : cases) {
    INFO(c.title << " " << c.url);
    CHECK(read("<title>" + c.title + "</title>" + marks, c.url).published ==
          parse_date(c.expected));
  }
  // Two ways to write one moment are no two days.
  CHECK_FALSE(read("<script type='application/ld+json'>{\"@type\":\"NewsArticle\","
                   "\"datePublished\":\"2022-05-10T23:35:00Z\"}</script><meta property="
                   "'article:published_time' content='2022-05-11T01:35:00+02:00'>",
                   "https://a.example/x")
                  .published_else);
}

TEST_CASE("metadata: broken JSON-LD is forgiven or passed over", "[metadata]") {
  const char* forgiven =
      "<script type='application/ld+json'>//<![CDATA[\n"
      "{\"@type\":\"Article\",\"headline\":\"Line\nbreak\",}\n//]]></script>";
  CHECK(read(forgiven).title == "Line break");
  for (const char* script : {"{", "[[[[[[", "{\"@type\":", "null", "{\"@type\":[1,2]}",
                             "{\"author\":{\"author\":{}}}"}) {
    CHECK(read("<script type='application/ld+json'>" + std::string(script) + "</script>")
              .title.empty());
  }
  const std::string deep(200'000, '[');
  CHECK(read("<script type='application/ld+json'>" + deep + "</script>").title.empty());
}

TEST_CASE("metadata: the headline is the h1 that the titles speak of", "[metadata]") {
  const auto [page, title] = GENERATE(table<const char*, const char*>({
      // a logo, then the headline
      {"<title>The ferry is late again | Harbour news</title><h1><a href='/'>Harbour "
       "news</a></h1><h1>The ferry is late again</h1>",
       "The ferry is late again"},
      // the site's name first, in the title too
      {"<title>Harbour news: The ferry is late again</title>"
       "<meta property='og:title' content='The ferry is late again'>"
       "<h1>Harbour news</h1>",
       "The ferry is late again"},
      // the site's name, not linked, which ends the title
      {"<title>The ferry is late again | A place for good news</title>"
       "<h1>A place for good news</h1><h1>The ferry is late again</h1>",
       "The ferry is late again"},
      // a page that nobody named
      {"<title>Home</title><h1>The ferry is late again</h1>", "The ferry is late again"},
  }));
  CAPTURE(page);
  CHECK(read(page).title == title);
}

TEST_CASE("metadata: lines of a headline are parted, letters in bold are not",
          "[metadata]") {
  for (const char* heading :
       {"Bridge reopens on Monday", "Bridge<br>reopens<br>on Monday",
        "<div>Bridge</div><div>reopens</div>on Monday",
        "<div><div>Bridge</div></div>reopens <p>on<p>Monday",
        "<div>Bridge<div><p>reopens</p></div>on</div>Monday",
        "<div>\n <div>Br<b>idge</b></div>\n</div><i>re</i>opens <span>on</span> "
        "Monday"}) {
    INFO(heading);
    const HtmlTree tree = parse_html("<h1>" + std::string(heading) + "</h1>");
    CHECK(scan_page(tree).headings == Names{"Bridge reopens on Monday"});
  }
}

TEST_CASE("metadata: headings and authors nested a thousand deep end quickly",
          "[metadata]") {
  std::string page;
  for (int i = 0; i < 900; ++i) {
    page += "<div itemprop=author class=byline><a href=/><h1>";
  }
  for (int i = 0; i < 100000; ++i) {
    page += "<b>words and more words, forty bytes of it </b>";
  }
  const PageMetadata metadata = read(page);
  CHECK(metadata.title.size() < 10000);
  CHECK(metadata.authors.size() < 100);
}

TEST_CASE("metadata: whose article it is, when sources differ", "[metadata]") {
  const auto [page, authors] = GENERATE(table<const char*, Names>({
      // teasers beside the article have authors too
      {"<h1>The ferry is late</h1><p class='byline'>By Ann Lee</p><p>x</p>"
       "<aside><ul><li>a<li>b<li>c<li>d<li>e<li>f<li>g<li>h<li>i<li>j<li>k<li>l<li>m"
       "<li>n<li>o<li>p<li>q<li>r<li>s<li>t<li>u<li>v<li>w<li>x<li>y<li>z</ul>"
       "<p class='byline'>Raj Patel</p></aside>",
       {"Ann Lee"}},
      // meta elements and byline agree: JSON-LD names who put it online
      {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
       "\"author\":{\"@type\":\"Person\",\"name\":\"Eva Lind\"}}</script>"
       "<meta name='author' content='Ann Lee'><h1>x</h1><p class='byline'>By Ann Lee</p>",
       {"Ann Lee"}},
      // a first name alone
      {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
       "\"author\":{\"@type\":\"Person\",\"name\":\"Ann\"}}</script>"
       "<h1>x</h1><p class='author'>By Ann Lee</p>",
       {"Ann Lee"}},
      // an agency, and the names of others around
      {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
       "\"author\":{\"@type\":\"Organization\",\"name\":\"dpa\"}}</script>"
       "<h1>x</h1><p class='author'>Raj Patel</p>",
       {"dpa"}},
      {"<h1>x</h1><div class='auteurs'>par Élise Dupont</div>", {"Élise Dupont"}},
      // JSON-LD names an editor, or the first of two
      {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
       "\"author\":{\"@type\":\"Person\",\"name\":\"Eva Lind\"}}</script>"
       "<h1>x</h1><p class='author'>Ann Lee</p>",
       {"Ann Lee"}},
      {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
       "\"author\":{\"@type\":\"Person\",\"name\":\"Ann Lee\"}}</script>"
       "<h1>x</h1><p class='author'>a. lee / J. R. patel</p>",
       {"A. Lee", "J. R. Patel"}},
      {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
       "\"author\":{\"@type\":\"Person\",\"name\":\"Ann Lee\"}}</script>"
       "<h1>x</h1><p class='author'>A. Lee</p>",
       {"Ann Lee"}},
      {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
       "\"author\":{\"@type\":\"Person\",\"name\":\"Ann Lee\"}}</script>"
       "<h1>x</h1><p class='author'>Ann Lee Correspondent</p><p class='author'>Raj "
       "Patel</p>",
       {"Ann Lee"}},
      // further down, or of a sound file
      {"<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
       "\"author\":{\"@type\":\"Person\",\"name\":\"Ann Lee\"}}</script>"
       "<h1>x</h1><p class='mediabox-byline'>Raj Patel</p>",
       {"Ann Lee"}},
      {"<h1>x</h1><a href='/reporters/ann-lee'>Ann Lee</a><a href=/authors>Our "
       "Authors</a>",
       {"Ann Lee"}},
      {"<h1>x</h1><ol class='comments'><li><b class='author'>Raj Patel</b></ol>", {}},
      {"<h1>x</h1><p class='author'>Ann Lee and Raj Patel for the Daily Pebble</p>",
       {"Ann Lee", "Raj Patel"}},
  }));
  CAPTURE(page);
  CHECK(names(read(page)) == authors);
}

TEST_CASE("metadata: addresses that are no http address are none", "[metadata]") {
  const PageMetadata metadata = read(
      "<link rel=canonical href='javascript:alert(1)'><meta property='og:image' "
      "content='data:x'>");
  CHECK(metadata.canonical_url.empty());
  CHECK(metadata.image.empty());
}

TEST_CASE("metadata: dates of readers' comments are not the article's", "[metadata]") {
  const PageMetadata metadata = read(
      "<h1>x</h1><p>Text</p><div id='comments'><div class='comment-meta'>"
      "<time datetime='2020-02-25T13:02:01+01:00'>25 February</time></div></div>");
  CHECK_FALSE(metadata.published);
}
