#include "parsers/html.hpp"

#include <chrono>
#include <random>
#include <string>

#include "base/limits.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

HtmlTree::Index find(const HtmlTree& tree, Tag tag) {
  for (HtmlTree::Index i = 0; i < tree.size(); ++i) {
    if (tree[i].tag == tag) {
      return i;
    }
  }
  return HtmlTree::kNone;
}

// What every tree must be, whatever it was made from: subtrees are ranges inside
// their parents', in document order.
void check_shape(const HtmlTree& tree) {
  REQUIRE(tree.size() >= 1);
  CHECK(tree[0].end == tree.size());
  for (HtmlTree::Index i = 1; i < tree.size(); ++i) {
    const HtmlTree::Node& node = tree[i];
    REQUIRE(node.parent < i);
    REQUIRE(node.end > i);
    REQUIRE(node.end <= tree[node.parent].end);
    REQUIRE(tree.text(i).size() == node.text_size);
  }
}

std::string repeat(std::string_view text, std::size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) {
    all += text;
  }
  return all;
}

}  // namespace

TEST_CASE("html: a subtree is a range of nodes in document order", "[html]") {
  const HtmlTree tree = parse_html("<p>one <b>two</b></p><p>three</p>");
  check_shape(tree);
  const HtmlTree::Index p = find(tree, Tag::p);
  REQUIRE(p != HtmlTree::kNone);
  CHECK(tree.text_below(p) == "one two");
  CHECK(tree.text_below(tree[p].end) == "three");
}

TEST_CASE("html: unclosed and misnested elements are mended as browsers do", "[html]") {
  const HtmlTree tree = parse_html("<ul><li>a<li>b</ul><p>x<p>y<b>z</p>w");
  check_shape(tree);
  CHECK(tree.text_below(find(tree, Tag::ul)) == "ab");
  CHECK(tree.text_below(find(tree, Tag::p)) == "x");
}

TEST_CASE("html: character references are resolved in text and attributes", "[html]") {
  const HtmlTree tree = parse_html("<a href='/?a=1&amp;b=2'>caf&eacute; &#8364;</a>");
  const HtmlTree::Index a = find(tree, Tag::a);
  REQUIRE(a != HtmlTree::kNone);
  CHECK(tree.attribute(a, Attr::href) == "/?a=1&b=2");
  CHECK(tree.text_below(a) == "café €");
}

TEST_CASE("html: scripts are kept only when they are data", "[html]") {
  const HtmlTree tree = parse_html(
      "<script>var a='<p>no</p>'</script>"
      "<script type='application/ld+json'>{\"a\":1}</script>");
  check_shape(tree);
  CHECK(tree.text_below(0) == "{\"a\":1}");
}

TEST_CASE("html: what is left out before the parse is told as browsers tell it",
          "[html]") {
  const struct {
    std::string_view page, text;
  } cases[] = {
      {"a<script src=x>if (a<b) '<p>'</script>b", "ab"},
      {"a<SCRIPT>1</scripts></Script >b", "ab"},
      {"<p title='<script>'>a</p><p title=\"</script>\">b</p>", "ab"},
      {"<a data-x='1'class=y href = /z data-b>a</a>", "a"},
      {"<title>1 <script> 2</title>a<script>b</script>c", "1 <script> 2ac"},
      {"<textarea><style></textarea>a<style>b</style>c", "<style>ac"},
      {"<script><!-- <script>1</script> 2 --></script>a", "a"},
      {"<script><!-- 1 </script>a", "a"},
      {"a<!-->b<!--->c<!-- <p> --!>d<!-- - -- -> -->e", "abcde"},
      {"a<!doctype x><?php b ?>c</ d>e", "ace"},
      {"a <  b </3>c", "a < b c"},
      {"a \n\t b <pre>c\n  d</pre>  e", "a bc\n  de"},
      {"<pre>a\n <pre> b</pre> \n c</pre>\n<p> d  e", "a\n  b \n cd e"},
      {"<pre>a\n <p> b </pre x> </pre> c", "a\n  b c"},
      {"<pre>a <p> b  c", "a  b  c"},
      {"<svg><style>x</style><script>y</script><path d='M0'/></svg>a", "a"},
      {"<svg viewBox='0'><g><path d='M0'></g></svg>a<svg/>b<svg><use/>c", "ab"},
      {"<svg><g><p>a</p></svg>b", "ab"},
      {"a <svg/><svg aria-label='x > y'><title>b</title><g></g></SVG > c", "a  c"},
      {"<svg><path></svg", ""},
      {"x<svg class=y/>a</svg>b<svg class=y />c", "xbc"},
      {"a <b> b </b> c", "a  b  c"},
      {"<div> a <br> b </div> <P> c </P> <ul> <li> <i> d </i> </li> </ul>", "abcd "},
      {"<div><span>a</span> <i>b</i> </div> <blockquote> c </blockquote>", "a bc"},
      {"<p>a </px> b</p >c", "a  bc"},
      {"a&am<!-- x -->p; b <!-- y --> c", "a&amp; b  c"},
      {"<table> <tr> <td> a <td> b </table>", "ab"},
      {"a<img src=/x alt=y><img itemprop=image src=/z>b", "ab"},
      {"<link rel=stylesheet href=x>a<link rel='canonical' href=/b>", "a"},
      {"", ""},
      {"<script></script>", ""},
      {"<link rel=x>", ""},
      {"a<script>never closed", "a"},
      {"a<style>never closed", "a"},
      {"a<p class='never closed>b", "a"},
      {"a<!-- never closed", "a"},
      {"a<p data-x", "a"},
      {"a<p data-x=", "a"},
      {"a<", "a<"},
  };
  for (const auto& [page, text] : cases) {
    INFO(page);
    const HtmlTree tree = parse_html(page);
    check_shape(tree);
    CHECK(tree.text_below(0) == text);
  }
  const HtmlTree tree = parse_html(
      "<a data-x='1'class=y href = /z data-b>a</a><link rel='canonical' href='/b'>");
  CHECK(tree.attribute(find(tree, Tag::a), Attr::class_) == "y");
  CHECK(tree.attribute(find(tree, Tag::a), Attr::href) == "/z");
  CHECK(tree.attribute(find(tree, Tag::link), Attr::href) == "/b");
}

TEST_CASE("html: a character reference is resolved wherever the parser's pieces end",
          "[html]") {
  for (std::size_t before = 8160; before < 8200; ++before) {
    const std::string text(before, 'x');
    for (const std::string_view reference : {"&#8221;", "&rdquo;", "&#x201D;"}) {
      const HtmlTree tree = parse_html(text + std::string(reference) + " & y");
      CHECK(tree.text_below(0) == text + "\u201D & y");
    }
  }
}

TEST_CASE("html: an element ends wherever the parser's pieces end", "[html]") {
  for (const std::string_view element :
       {"<title>a</title>", "<textarea>a</textarea>", "<iframe src='x'></iframe>",
        "<noframes>a</noframes>", "<noembed>a</noembed>", "<xmp>a</xmp>",
        "<style itemprop='x'>a</style>", "<script type='application/ld+json'>{}</script>",
        "<svg><u></svg>", "<!-- a -->", "<pre>a</pre >"}) {
    for (std::size_t before = 8130; before < 8200; ++before) {
      const HtmlTree tree = parse_html("<div>" + std::string(before, 'x') +
                                       std::string(element) + "<i>b</i><p>c</p>");
      INFO(element << " after " << before);
      REQUIRE(find(tree, Tag::p) != HtmlTree::kNone);
      CHECK(tree.text_below(find(tree, Tag::p)) == "c");
      CHECK(tree.text_below(find(tree, Tag::i)) == "b");
    }
  }
}

TEST_CASE("html: an attribute that stands there without a value is there", "[html]") {
  const HtmlTree tree = parse_html("<div hidden>x</div>");
  const HtmlTree::Index div = find(tree, Tag::div);
  CHECK(tree.has_attribute(div, Attr::hidden));
  CHECK(tree.attribute(div, Attr::hidden).empty());
  CHECK_FALSE(tree.has_attribute(div, Attr::href));
}

TEST_CASE("html: comments and doctypes hold no text", "[html]") {
  const HtmlTree tree = parse_html("<!doctype html><!-- secret --><p>a<!-- b -->c</p>");
  check_shape(tree);
  CHECK(tree.text_below(0) == "ac");
}

TEST_CASE("html: nothing at all is an empty document", "[html]") {
  check_shape(parse_html(""));
  check_shape(parse_html("   "));
  check_shape(parse_html(std::string("\0\0<\0p\0>", 8)));
}

TEST_CASE("html: elements nested without end are cut, and the tree says so", "[html]") {
  const std::string page = GENERATE(as<std::string>{}, "<div>", "<b>", "<blockquote><p>",
                                    "<table><tr><td>", "<a><div>", "<ul><li>");
  const HtmlTree tree = parse_html(repeat(page, 100'000) + "text");
  check_shape(tree);
  CHECK_FALSE(tree.cut_why().empty());
  CHECK(tree.size() <= 2 * limits::kMaxHtmlTokens);
}

TEST_CASE("html: formatting elements that multiply are cut", "[html]") {
  std::string open;
  for (int i = 0; i < 900; ++i) {
    open += "<b id=a" + std::to_string(i) + ">";
  }
  const HtmlTree tree =
      parse_html("<div>" + open + "</div>" + repeat("<p>x</p>", 50'000));
  check_shape(tree);
  CHECK(tree.size() <= 3 * limits::kMaxHtmlTokens);
}

TEST_CASE("html: a million siblings end in bounded memory", "[html]") {
  const HtmlTree tree = parse_html(repeat("<p>a</p>", 1'000'000));
  check_shape(tree);
  CHECK_FALSE(tree.cut_why().empty());
}

TEST_CASE("html: a page beyond the limit is read up to it", "[html]") {
  const HtmlTree tree =
      parse_html("<p>begin</p>" + std::string(limits::kMaxPageBytes, 'x'));
  check_shape(tree);
  CHECK_FALSE(tree.cut_why().empty());
}

TEST_CASE("html: a document that is cut at any byte still gives a tree", "[html]") {
  const std::string page =
      "<!doctype html><html lang=en><head><title>A &amp; B</title><meta name=x "
      "content='y'>"
      "<script>a<b</script></head><body><table><tr><td>1<td>2</table><p class=\"a b\">x "
      "<i>y</i><br>z&hellip;</p><svg><path "
      "d=''/></svg><select><option>q</select></body></html>";
  for (std::size_t size = 0; size <= page.size(); ++size) {
    check_shape(parse_html(std::string_view(page).substr(0, size)));
  }
}

TEST_CASE("html: random bytes and random tags give a tree", "[html]") {
  std::mt19937 random(4);
  const std::vector<std::string> parts = {
      "<div>",      "</div>",   "<p>",        "</p>",        "<table>",  "<tr>",
      "</table>",   "<b>",      "</b>",       "<a href=",    "'",        "\"",
      ">",          "<!--",     "-->",        "&amp",        "&#x",      "<svg>",
      "<math>",     "</svg>",   "<template>", "</template>", "<select>", "<option>",
      "<frameset>", "<script>", "</script>",  "text",        "\0",       "\xff"};
  for (int round = 0; round < 400; ++round) {
    std::string page;
    for (int i = 0; i < 60; ++i) {
      page += parts[random() % parts.size()];
      page.push_back(static_cast<char>(random() % 256));
    }
    check_shape(parse_html(page));
  }
}

TEST_CASE("html: scripts and styles are left unread, what stands around them is not",
          "[html]") {
  const auto [page, expected] = GENERATE(table<const char*, const char*>({
      {"a<script>if (x < 1) y()</script>b", "ab"},
      {"a<STYLE media=print>p > q { }</STYLE >b", "ab"},
      {"a<script src=x></script>b<script>z</script>c", "abc"},
      {"a<!-- <script> -->b<!-- </script> -->c", "abc"},
      {"a<b title='<script>'>b</b><p>c</p><script>z</script>d", "abcd"},
      {"a<scripted>b</scripted>c", "abc"},
      {"a<script>never closed <p>b", "a"},
      {"a<script>'<p>b</p>'</script>c", "ac"},
      {"a<script><!-- <script> </script> --></script>b", "ab"},
      {"<svg><defs><style/></defs></svg>a<style>p {}</style>b", "ab"},
      {"<math><script/></math>a<script>c()</script>b", "ab"},
      {"a <<script>c()</script>b> d", "a <b> d"},
  }));
  CAPTURE(page);
  const HtmlTree tree = parse_html(page);
  CHECK(tree.text_below(0) == expected);
}

TEST_CASE("html: data in scripts is read", "[html]") {
  const HtmlTree tree =
      parse_html("<script type='application/LD+json'>{\"a\":1}</script><p>x");
  CHECK(tree.text_below(0).find("{\"a\":1}") != std::string::npos);
}

TEST_CASE("html: scripts that never begin or end cost no more than their length",
          "[html]") {
  const std::string piece =
      GENERATE("<script", "<script>", "<script x=", "<!--", "< ", "<style>< ");
  std::string page;
  while (page.size() < 4 * limits::kMiB) {
    page += piece;
  }
  const auto start = std::chrono::steady_clock::now();
  check_shape(parse_html(page + ">"));
  // Quadratic work would take minutes.
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}
