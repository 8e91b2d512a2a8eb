#include <string>
#include <vector>

#include "parsers/date.hpp"
#include "sifters/article.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

using Names = std::vector<std::string>;

const std::string kText =
    "<p>The bridge over the river opened again on Monday morning after two years of "
    "work, "
    "and the first to cross it was a baker on her way home.</p>"
    "<p>Engineers had found cracks in three of its eleven pillars, so the city closed it "
    "to cars, and later, when a second survey came, to people on foot as well.</p>"
    "<p>The repairs cost nine million, a third less than planned; the mayor said that "
    "the "
    "rest would go to the schools on the other side of the river.</p>";

const std::string kSiteSigns =
    "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
    "\"author\":{\"@type\":\"Organization\",\"name\":\"Pebble\"}}</script>";

Article extract(const std::string& head, const std::string& above,
                const std::string& below) {
  return extract_article("<title>Bridge opens again</title>" + head +
                             "<main><h1>Bridge opens again</h1>" + above + "<div>" +
                             kText + below + "</div></main>",
                         "text/html; charset=utf-8", "https://www.pebble.example/a", {});
}

Names names(const Article& article) {
  Names all;
  for (const Author& author : article.authors) {
    all.push_back(author.name);
  }
  return all;
}

}  // namespace

TEST_CASE("byline: names between headline and text are the authors'", "[byline]") {
  const auto [above, authors] = GENERATE(table<const char*, Names>({
      {"<p>By Ann Lee</p>", {"Ann Lee"}},
      {"<p>By</p><p>Ann Lee</p>", {"Ann Lee"}},
      {"<p>Guest post by Ann Lee</p>", {"Ann Lee"}},
      {"<p>Ein Beitrag von Margit von Aue</p>", {"Margit von Aue"}},
      {"<div>Ann Lee | 05.04.2025</div>", {"Ann Lee"}},
      {"<div>Ann Lee&nbsp; | 05.04.2025 - Update: 06.04.2025</div>", {"Ann Lee"}},
      {"<div>Ann Lee</div><div>5 April 2025</div>", {"Ann Lee"}},
      {"<p><b>Ann Lee/Raj Patel</b></p>", {"Ann Lee", "Raj Patel"}},
      // what is no byline
      {"<p>Photo by Ann Lee</p>", {}},
      {"<div>Breaking News | 05.04.2025</div>", {}},
      {"<div>New Harbour City</div><div>5 April 2025</div>", {}},
      {"<p><b>Quick Facts</b></p>", {}},
      {"<p><b>Ann Lee</b></p>", {}},
      {"<p>Ann Lee said nothing</p><div>5 April 2025</div>", {}},
      {"<div>Bridge Opens | 05.04.2025</div>", {}},
  }));
  CAPTURE(above);
  CHECK(names(extract("", above, "")) == authors);
}

TEST_CASE("byline: a signature below the text names its author", "[byline]") {
  const auto [below, authors] = GENERATE(table<const char*, Names>({
      {"<p style='text-align:right'><strong>Lê Phương</strong></p>", {"Lê Phương"}},
      {"<p>Benni<br>10. September 2017</p>", {"Benni"}},
      {"<p><strong>Related Stories</strong></p>", {"Pebble"}},
      {"<p>Ann Lee</p>", {"Pebble"}},
      {"<p><strong>She will be missed.</strong></p>", {"Pebble"}},
      {"<p>The mayor spoke at noon, and then he left.<br>10 September 2017</p>",
       {"Pebble"}},
  }));
  CAPTURE(below);
  CHECK(names(extract(kSiteSigns, "", below)) == authors);
}

TEST_CASE("byline: a first name that the marks give is completed", "[byline]") {
  const std::string head =
      "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
      "\"author\":{\"@type\":\"Person\",\"name\":\"Ann\"}}</script>";
  CHECK(names(extract(head, "<p><b>By</b></p><p>Ann Lee</p>", "")) == Names{"Ann Lee"});
  CHECK(names(extract(head, "<p><b>By</b></p><p>Raj Patel</p>", "")) == Names{"Ann"});
}

TEST_CASE("byline: a date that no mark gives is read off the page", "[byline]") {
  const auto [above, below] = GENERATE(table<const char*, const char*>({
      {"<p>08.01.2022&nbsp; 2. League</p>", ""},
      {"", "<p>Published on 8 January 2022<br>Length: 4 minutes</p><p>More of it</p>"},
      {"", "<p>Veröffentlicht am 08.01.2022</p><p>Lizenz: frei</p><p>Und so weiter</p>"},
  }));
  CAPTURE(above, below);
  CHECK(extract("", above, below).published == parse_date("2022-01-08"));
}

TEST_CASE("byline: of two days that the marks give readers see one", "[byline]") {
  const std::string head =
      "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
      "\"datePublished\":\"2021-12-06\"}</script>"
      "<meta property='article:published_time' content='2022-12-15T09:13:00Z'>";
  CHECK(extract(head, "<p>15.12.2022</p>", "").published ==
        parse_date("2022-12-15T09:13:00Z"));
  CHECK(extract(head, "<p>06.12.2021</p>", "").published == parse_date("2021-12-06"));
  CHECK(extract(head, "", "").published == parse_date("2021-12-06"));
  CHECK(extract(head, "<p>20.12.2022</p>", "").published == parse_date("2021-12-06"));
}
