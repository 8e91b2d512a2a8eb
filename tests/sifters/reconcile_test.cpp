#include <string>

#include "parsers/date.hpp"
#include "sifters/article.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

const auto kNow = *parse_date("2022-01-08T12:00:00Z");

Item item() {
  Item made;
  made.id = "guid";
  made.url = "https://www.example.org/b?utm_source=rss";
  made.title = "Bridge reopens";
  made.summary = "It was closed for two years.";
  made.published = parse_date("2022-01-08T10:00:00Z");
  return made;
}

Article article() {
  Article made;
  made.found = true;
  made.text = std::string(900, 'x');
  made.title = "Bridge reopens after two years";
  made.authors = {{"Ann Lee", "", ""}};
  made.published = parse_date("2022-01-07");
  made.language = "en";
  made.canonical_url = "https://www.example.org/b";
  made.image = "https://www.example.org/i.jpg";
  made.tags = {"city"};
  made.removed = {{"links", "Share"}};
  return made;
}

ArticleData reconciled(const Item& from, const Article* page) {
  ArticleData data;
  reconcile(from, "de", page, kNow, data);
  return data;
}

}  // namespace

TEST_CASE("reconcile: the page gives the text, the feed title and date", "[reconcile]") {
  const Article page = article();
  const ArticleData data = reconciled(item(), &page);
  CHECK(data.text_from == TextFrom::page);
  CHECK(data.content_text == page.text);
  CHECK(data.removed == page.removed);
  CHECK(data.title == "Bridge reopens");
  CHECK(data.published == parse_date("2022-01-08T10:00:00Z"));
  CHECK(data.authors == page.authors);
  CHECK(data.tags == page.tags);
  CHECK(data.url == page.canonical_url);
}

TEST_CASE("reconcile: without a page the feed's own text serves", "[reconcile]") {
  Item from = item();
  CHECK(reconciled(from, nullptr).content_text == from.summary);
  CHECK(reconciled(from, nullptr).text_from == TextFrom::feed);
  CHECK(reconciled(from, nullptr).language == "de");
  from.content_html = "<p>One <b>two</b>.</p><p>Three.</p>";
  CHECK(reconciled(from, nullptr).content_text == "One two.\n\nThree.");
  Article none = article();
  none.found = false;
  CHECK(reconciled(from, &none).text_from == TextFrom::feed);
}

TEST_CASE("reconcile: a feed's full text wins over a page that shows less",
          "[reconcile]") {
  Item from = item();
  from.has_full_content = true;
  from.content_html = "<p>" + std::string(2000, 'y') + "</p>";
  const Article page = article();
  CHECK(reconciled(from, &page).text_from == TextFrom::feed);
  from.content_html = "<p>" + std::string(1000, 'y') + "</p>";
  CHECK(reconciled(from, &page).text_from == TextFrom::page);
}

TEST_CASE("reconcile: dates in the future are not believed", "[reconcile]") {
  Item from = item();
  from.published = parse_date("2023-01-01");
  const Article page = article();
  CHECK(reconciled(from, &page).published == page.published);
  Article later = article();
  later.published = parse_date("2099-01-01");
  CHECK_FALSE(reconciled(from, &later).published);
}
