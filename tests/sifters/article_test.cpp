#include "sifters/article.hpp"

#include <algorithm>
#include <string>

#include "base/limits.hpp"
#include "parsers/date.hpp"
#include "sifters/text_evidence.hpp"
#include "sifters/vocabulary.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

const std::string kOne =
    "The bridge over the river opened again on Monday morning after two years of work, "
    "and the first to cross it was a baker on her way home.";
const std::string kTwo =
    "Engineers had found cracks in three of its eleven pillars, so the city closed it to "
    "cars, and later, when a second survey came, to people on foot as well.";
const std::string kThree =
    "The repairs cost nine million, a third less than planned; the mayor said that the "
    "rest would go to the schools on the other side of the river.";
const std::string kOther =
    "A company that nobody had heard of bought the old harbour for a sum that it would "
    "not name, and wants to build a hotel there, its lawyer told us yesterday.";

std::string p(const std::string& text) {
  return "<p>" + text + "</p>";
}

std::string body() {
  return p(kOne) + p(kTwo) + p(kThree);
}

std::string clean_body() {
  return kOne + "\n\n" + kTwo + "\n\n" + kThree;
}

Article extract(const std::string& html, const ArticleHints& hints = {}) {
  return extract_article(html, "text/html; charset=utf-8",
                         "https://www.example.org/a/b.html", hints);
}

std::string page(const std::string& inside) {
  return "<!doctype html><html lang=en><head><title>Bridge reopens | "
         "Example</title></head><body>"
         "<nav><ul><li><a href=/a>World</a><li><a href=/b>Sport</a></ul></nav>" +
         inside +
         "<footer><p>© 2022 Example Media. All rights "
         "reserved.</p></footer></body></html>";
}

bool has_rule(const Article& article, std::string_view rule) {
  return std::any_of(article.removed.begin(), article.removed.end(),
                     [&](const Removed& removed) { return removed.rule == rule; });
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("article: the paragraphs in order, without headline, menu and footer",
          "[article]") {
  const Article article =
      extract(page("<article><h1>Bridge reopens</h1>" + body() + "</article>"));
  CHECK(article.found);
  CHECK(article.text == clean_body());
  CHECK(article.title == "Bridge reopens");
  CHECK(article.language == "en");
}

TEST_CASE("article: a page without any telling name", "[article]") {
  const Article article = extract(
      "<title>x</title><div><div><div><h1>Bridge reopens</h1><div><div>" + body() +
      "</div></div></div></div></div><div><ul><li><a href=/1>One more story of today</a>"
      "<li><a href=/2>And yet another one of them</a></ul></div>");
  CHECK(article.text == clean_body());
}

TEST_CASE("article: a body that is split over siblings is one article", "[article]") {
  const Article article = extract(page(
      "<h1>Bridge reopens</h1><div class=part>" + p(kOne) + p(kOther) +
      "</div><div class=ad-slot><p>Buy now, offer ends soon.</p></div><div class=part>" +
      p(kTwo) + p(kThree) + "</div>"));
  CHECK(article.text == kOne + "\n\n" + kOther + "\n\n" + kTwo + "\n\n" + kThree);
  CHECK(has_rule(article, "advertisement"));
}

TEST_CASE("article: text between line breaks makes paragraphs", "[article]") {
  const Article article =
      extract(page("<h1>Bridge reopens</h1><div class=text>" + kOne + "<br><br>" + kTwo +
                   "<br><br>" + kThree + "</div>"));
  CHECK(article.text == clean_body());
}

TEST_CASE("article: a table that lays out the page is no table of data", "[article]") {
  const Article article = extract(
      page("<table><tr><td valign=top><a href=/x>Share</a><td><h1>Bridge reopens</h1>" +
           body() + "</table>"));
  CHECK(article.text == clean_body());
}

TEST_CASE("article: list items and rows stand on lines of their own", "[article]") {
  const Article article = extract(page(
      "<article><h1>Bridge reopens</h1>" + p(kOne) +
      "<ul><li>First of the reasons, told.</li><li>The second reason, told.</li></ul>" +
      p(kTwo) + "<table><tr><th>Year<th>Cost</tr><tr><td>2020<td>3</tr></table>" +
      p(kThree) + "</article>"));
  CHECK(article.text ==
        kOne + "\n\nFirst of the reasons, told.\nThe second reason, told.\n\n" + kTwo +
            "\n\nYear\tCost\n2020\t3\n\n" + kThree);
}

TEST_CASE("article: what is named something else goes, with the rule's name",
          "[article]") {
  struct Case {
    const char* html;
    const char* rule;
  };
  const Case cases[] = {
      {"<div class=newsletter><p>Sign up to our letter, it comes each morning.</p></div>",
       "newsletter"},
      {"<figure><img src=a.jpg><figcaption>The bridge on Monday.</figcaption></figure>",
       "caption"},
      {"<div class='share-bar'><a href=#>Share</a> this with everybody you know</div>",
       "share-bar"},
      {"<div class='related-stories'><p>Another story about another bridge.</p></div>",
       "related"},
      {"<div class='ad-slot'><p>Advertisement: save up to half today.</p></div>",
       "advertisement"},
      {"<div style='display: none'><p>Nobody is to see this text here.</p></div>",
       "hidden"},
  };
  for (const Case& c : cases) {
    const Article article = extract(page("<article><h1>Bridge reopens</h1>" + p(kOne) +
                                         c.html + p(kTwo) + p(kThree) + "</article>"));
    CHECK(article.text == clean_body());
    CHECK(has_rule(article, c.rule));
  }
}

TEST_CASE("article: a misnamed container that holds the text stays", "[article]") {
  for (const char* name :
       {"sidebar", "widget", "comments-off", "promo", "related", "nav-content"}) {
    const Article article =
        extract(page("<div class='" + std::string(name) + "'><h1>Bridge reopens</h1>" +
                     body() + "</div>"));
    CHECK(article.text == clean_body());
  }
}

TEST_CASE("article: comments never win over a short article", "[article]") {
  std::string comments = "<section id=comments class=comments><h3>Comments</h3>";
  for (int i = 0; i < 30; ++i) {
    comments +=
        "<div class=comment><b>user" + std::to_string(i) + "</b>" + p(kOther) + "</div>";
  }
  const Article article = extract(page("<article><h1>Bridge reopens</h1>" + body() +
                                       "</article>" + comments + "</section>"));
  CHECK(article.text == clean_body());
}

TEST_CASE("article: teasers of other articles beside it are left out", "[article]") {
  std::string cards;
  for (int i = 0; i < 6; ++i) {
    cards += "<div class=c><h3><a href=/x>Headline of another story here</a></h3>" +
             p("What that other story is about, in a line that ends like text.") +
             "</div>";
  }
  const Article article = extract(
      page("<div><h1>Bridge reopens</h1>" + body() + "<div>" + cards + "</div></div>"));
  CHECK(article.text == clean_body());
}

TEST_CASE("article: another article below it is not part of it", "[article]") {
  const Article article = extract(page("<article><h1>Bridge reopens</h1>" + body() +
                                       "</article><article><h2>Harbour sold</h2>" +
                                       p(kOther) + p(kOther) + "</article>"));
  CHECK(article.text == clean_body());
}

TEST_CASE("article: the page's own articleBody serves when its blocks do not",
          "[article]") {
  const std::string text = kOne + "\\n" + kTwo + "\\n" + kThree + "\\n" + kOther;
  const Article article = extract(
      "<title>Bridge reopens</title><script "
      "type='application/ld+json'>{\"@type\":\"NewsArticle\","
      "\"headline\":\"Bridge reopens\",\"articleBody\":\"" +
      text + "\"}</script><body><p>Loading.</p>");
  CHECK(article.found);
  CHECK(contains(article.text, kThree));
}

TEST_CASE("article: pages without one say so", "[article]") {
  struct Case {
    std::string html;
    const char* reason;
  };
  std::string links;
  for (int i = 0; i < 40; ++i) {
    links += "<div><h2><a href=/s>A headline of the day's news, number n</a></h2></div>";
  }
  const Case cases[] = {
      {"", "no text"},
      {"<title>404 Not Found</title><h1>Not Found</h1><p>The page that you asked for is "
       "not here, sorry.</p>",
       "error page"},
      {"<title>Example</title><p>We use cookies and our partners use cookies. Accept "
       "cookies or manage them.</p>",
       "consent wall"},
      {"<title>Example</title>" + links, "front page"},
      {"<title>Bridge</title><h1>Bridge reopens</h1><p>This article has been removed at "
       "the request of its author.</p>",
       "withdrawn"},
  };
  for (const Case& c : cases) {
    const Article article =
        extract_article(c.html, "text/html", "https://www.example.org/", {});
    CHECK_FALSE(article.found);
    CHECK(article.text.empty());
    CHECK(article.reason == c.reason);
    CHECK(article.retracted == (std::string_view(c.reason) == "withdrawn"));
  }
}

TEST_CASE("article: an article about cookies or errors is an article", "[article]") {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    text += p("The cookie law, a cookie expert said, has made cookies dearer, " + kOne);
  }
  CHECK(
      extract("<title>Error 404: how cookies failed</title><h1>How cookies failed</h1>" +
              text)
          .found);
}

TEST_CASE("article: scripts without spaces and right-to-left text stay whole",
          "[article]") {
  const std::string japanese =
      "市は月曜日、二年にわたる工事を終えた橋を再び開通させた。最初に渡ったのは帰宅途中の"
      "パン職人だった。";
  const std::string arabic =
      "أعيد افتتاح الجسر فوق النهر صباح الاثنين بعد عامين من العمل، وكان أول من عبره "
      "خباز.";
  for (const std::string& text : {japanese, arabic}) {
    std::string html = "<article><h1>X</h1>";
    for (int i = 0; i < 5; ++i) {
      html += p(text);
    }
    const Article article = extract(page(html + "</article>"));
    CHECK(contains(article.text, text + "\n\n" + text));
  }
}

TEST_CASE("article: indentation of the page changes nothing", "[article]") {
  const std::string tight = page(
      "<article><h1>Bridge reopens</h1><div class=byline><div>By</div><div>Ada "
      "Byron</div></div><figure><img src=a.jpg><span class=caption>The bridge on "
      "Monday, seen from the north</span></figure>" +
      p(kOne) +
      "<div><a href=/x><span class=related>The mayor's plans for the old "
      "harbour</span></a><div>" +
      p(kTwo) +
      "</div></div><ul><li>nine <b>million</b></li>"
      "<li>three pillars</li></ul>" +
      p(kThree) +
      "<div><svg class=icon><title>Share</title><path d='M0'/></svg><div "
      "class=tags><a href=/t>bridges</a><!-- end --></div></div></article>");
  // As a template writes it: white space around each tag that begins or ends lines.
  const std::string lines[] = {"div", "p",    "ul",      "li",     "figure", "h1",
                               "nav", "body", "article", "footer", "head",   "html"};
  std::string indented;
  for (std::size_t at = 0; at < tight.size();) {
    const std::size_t end = tight[at] == '<' ? tight.find('>', at) + 1 : at + 1;
    const std::string piece = tight.substr(at, end - at);
    const bool is_line =
        std::any_of(std::begin(lines), std::end(lines), [&](const std::string& name) {
          const std::string rest = piece.substr(piece.starts_with("</") ? 2 : 1);
          return piece[0] == '<' && rest.starts_with(name) &&
                 (rest[name.size()] == '>' || rest[name.size()] == ' ');
        });
    indented += is_line ? "\n    " + piece + "\n\t" : piece;
    at = end;
  }
  REQUIRE(indented.size() > tight.size() + 100);
  const Article one = extract(tight);
  const Article other = extract(indented);
  CHECK(one.text ==
        kOne + "\n\n" + kTwo + "\n\nnine million\nthree pillars\n\n" + kThree);
  CHECK(other.text == one.text);
  CHECK(other.title == one.title);
  REQUIRE(one.authors.size() == 1);
  CHECK(one.authors[0].name == "Ada Byron");
  REQUIRE(other.authors.size() == 1);
  CHECK(other.authors[0].name == "Ada Byron");
  REQUIRE(other.removed.size() == one.removed.size());
  for (std::size_t i = 0; i < one.removed.size(); ++i) {
    CHECK(other.removed[i].rule == one.removed[i].rule);
    CHECK(other.removed[i].text == one.removed[i].text);
  }
}

TEST_CASE("article: invisible characters go, letters are composed", "[article]") {
  const Article article = extract(page(
      "<article><h1>Bridge reopens</h1>" + p(kOne) +
      p("Soft\u00ADhyphen, zero\u200Bwidth, \u202Eover\u202Cride and e\u0301 here: " +
        kTwo) +
      p(kThree) + "</article>"));
  CHECK(contains(article.text, "Softhyphen"));
  CHECK(contains(article.text, "override and é here"));
}

TEST_CASE("article: the lead above the text belongs to it but in English", "[article]") {
  const std::string lead =
      "Zwei Jahre lang war die Brücke gesperrt, nun fahren dort wieder Autos und Räder.";
  const std::string inside = "<header><h1>Brücke offen</h1><p class=lead>" + lead +
                             "</p></header><div class=article-body>" + body() + "</div>";
  CHECK(
      contains(extract("<html lang=de><title>Brücke offen</title>" + inside).text, lead));
  CHECK_FALSE(
      contains(extract("<html lang=en><title>Brücke offen</title>" + inside).text, lead));
}

TEST_CASE("article: a date that no mark tells stands beside headline or text",
          "[article]") {
  const std::string date = "8 January 2022";
  const std::string headline = "<h1>Bridge reopens</h1>";
  const std::string inside = GENERATE_COPY(
      headline + "<div>" + date + "</div>" + body(),
      headline + "<h4>" + kOther + "</h4><div>Ann Lee | " + date + "</div>" + body(),
      "<small>" + date + "</small>" + headline + body(),
      headline + body() + "<p>Ann<br>" + date + "</p>");
  CAPTURE(inside);
  const Article article = extract(page("<article>" + inside + "</article>"));
  REQUIRE(article.published);
  CHECK(article.published == parse_date(date));
}

TEST_CASE("article: hostile pages end in bounded time", "[article]") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) {
    deep += "<div><p>x ";
  }
  extract(deep);
  std::string wide;
  for (int i = 0; i < 300'000; ++i) {
    wide += "<p>a.</p>";
  }
  extract(wide);
  std::string attributes = "<div ";
  for (int i = 0; i < 100'000; ++i) {
    attributes += "class=a" + std::to_string(i) + " ";
  }
  extract(attributes + ">x</div>");
  std::string tables;
  for (int i = 0; i < 20'000; ++i) {
    tables += "<table><tr><td>";
  }
  CHECK_FALSE(extract(tables).found);
}

TEST_CASE("article: a page that is cut at any byte never fails", "[article]") {
  const std::string html =
      page("<article><h1>Bridge reopens</h1>" + body() + "</article>");
  for (std::size_t size = 0; size <= html.size(); size += 7) {
    const Article article = extract(html.substr(0, size));
    CHECK(article.found == !article.text.empty());
    CHECK(article.found == article.reason.empty());
  }
}

TEST_CASE("article: the report names the winner and each rule", "[article]") {
  std::string report;
  explain_article(
      page("<article><h1>Bridge reopens</h1>" + body() +
           "<div class=newsletter><p>Sign up to our letter.</p></div></article>"),
      "text/html", "", {}, report);
  CHECK(contains(report, "article: found"));
  CHECK(contains(report, "candidates"));
  CHECK(contains(report, "newsletter"));
  CHECK(contains(report, "html > body > article"));
}

TEST_CASE("article: the report has one line for each candidate, whatever names hold",
          "[article]") {
  std::string report;
  explain_article(page("<article class='story\n\n  long\tread' id='a\nb'><h1>Bridge "
                       "reopens</h1>" +
                       body() + "</article>"),
                  "text/html", "", {}, report);
  CHECK(contains(report, "article#a b.story long read"));
}

TEST_CASE("vocabulary: words count whole, however they are joined", "[article]") {
  CHECK((marks_of_names("entry-content") & kMarkBody) != 0);
  CHECK((marks_of_names("articleBody") & kMarkBody) != 0);
  CHECK((marks_of_names("post_content clearfix") & kMarkBody) != 0);
  CHECK((marks_of_names("site-footer") & kMarkChrome) != 0);
  CHECK((marks_of_names("relatedposttitle") & kMarkRelated) != 0);
  CHECK((marks_of_names("shadow") & kMarkAd) == 0);
  CHECK((marks_of_names("header") & kMarkAd) == 0);
  CHECK((marks_of_names("tag-newsletter category-comments has-sidebar") &
         (kMarkNewsletter | kMarkComments | kMarkChrome)) == 0);
  CHECK((marks_of_names("field-label-hidden") & kMarkHidden) == 0);
  CHECK((marks_of_names("hidden") & kMarkHidden) != 0);
}

TEST_CASE("evidence: a text's parts are found in it, others are not", "[article]") {
  const TextEvidence evidence(clean_body());
  CHECK(evidence.share_of(kTwo) > 0.95);
  CHECK(evidence.share_of(kOther) < 0.2);
  CHECK(evidence.share_of("") == 0);
  CHECK(TextEvidence("").share_of(kOne) == 0);
}
