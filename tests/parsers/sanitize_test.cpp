#include "parsers/sanitize.hpp"

#include <string>

#include "parsers/chars.hpp"
#include "parsers/html_text.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {
std::string clean(const char* html) {
  return sanitize_html(html, "https://h.example/a/b");
}
}  // namespace

TEST_CASE("sanitize: what is allowed stays, balanced and quoted", "[sanitize]") {
  const auto [html, expected] = GENERATE(table<const char*, const char*>({
      {"<p>One <b>two</b></p>", "<p>One <b>two</b></p>"},
      {"<P ALIGN=left>One<BR/>two", "<p>One<br>two</p>"},
      {"<p>One<p>Two", "<p>One</p><p>Two</p>"},
      {"<ul><li>1<li>2</ul>", "<ul><li>1</li><li>2</li></ul>"},
      {"<table><tr><td>1<td>2<tr><td>3</table>",
       "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>"},
      {"a <b><i>b</b> c</i>", "a <b><i>b</i></b> c"},
      {"</p>x</div>", "x"},
      {"<a href=\"c?d=1&amp;e=2\">x</a>",
       "<a href=\"https://h.example/a/c?d=1&amp;e=2\">x</a>"},
      {"<a href='mailto:a@b.example'>x</a>", "<a href=\"mailto:a@b.example\">x</a>"},
      {"<img src=/x.png alt='a \"b\"'>",
       "<img src=\"https://h.example/x.png\" alt=\"a &quot;b&quot;\">"},
      {"<img data-src='/lazy.jpg' src='data:image/gif;base64,AAAA'>",
       "<img src=\"https://h.example/lazy.jpg\">"},
      {"1 < 2 && 3 > 2 &copy; &nosuch; &#8217;",
       "1 &lt; 2 &amp;&amp; 3 > 2 © &amp;nosuch; ’"},
      {"&lt;script&gt;", "&lt;script&gt;"},
      {"<xhtml:p>x</xhtml:p>", "<p>x</p>"},
      {"<noscript>x</noscript><blink>y</blink><o:p>z</o:p>", "xy<p>z</p>"},
      {"a<!-- b --><?c?><!DOCTYPE d>e", "ae"},
      {"<object>x", "x"},
  }));
  CAPTURE(html);
  CHECK(clean(html) == expected);
}

TEST_CASE("sanitize: nothing active gets through", "[sanitize]") {
  const auto [html, expected] = GENERATE(table<const char*, const char*>({
      {"a<script>alert(1)</script>b", "ab"},
      {"a<SCRIPT\n>alert(1)</ScRiPt >b", "ab"},
      {"a<script>alert('</scr'+'ipt>')</script>b", "ab"},
      {"a<style>*{}</style>b", "ab"},
      {"a<iframe src='javascript:x'>c</iframe>b", "acb"},
      {"a<svg><script>x</script><svg></svg>y</svg>b", "ab"},
      {"a<object><param>x</object>b", "axb"},
      {"<p onclick=alert(1) style='x:expression(y)'>a</p>", "<p>a</p>"},
      {"<p/onclick=alert(1)>a</p>", "<p>a</p>"},
      {"<a href='javascript:x'>a</a>", "<a>a</a>"},
      {"<a href=' java\nscript:x'>a</a>", "<a>a</a>"},
      {"<a href='&#106;avascript&colon;x'>a</a>", "<a>a</a>"},
      {"<a href='&#0;javascript:x'>a</a>",
       "<a href=\"https://h.example/a/%EF%BF%BDjavascript:x\">a</a>"},
      {"<a href='data:text/html,x'>a</a>", "<a>a</a>"},
      {"<a href='vbscript:x'>a</a>", "<a>a</a>"},
      {"<img src='javascript:x'>a", "a"},
      {"<img src=x onerror=alert(1)>", "<img src=\"https://h.example/a/x\">"},
      {"<img \"\"\"><script>alert(1)</script>\">", "\">"},
      {"<<script>alert(1)</script>", "&lt;"},
      {"<form action=x><input name=y><button>z</button></form>", "z"},
      {"<meta http-equiv=refresh content=0><base href=//evil><link rel=stylesheet>a",
       "a"},
      {"<a title='\"><script>x</script>'>a</a>",
       "<a title=\"&quot;&gt;&lt;script&gt;x&lt;/script&gt;\">a</a>"},
      {"<math><mi xlink:href='javascript:x'>y</mi></math>b", "yb"},
      {"<math><semantics><mi>y</mi><annotation-xml><script>x</script></annotation-xml>"
       "<annotation encoding=TeX>\\y</annotation></semantics></math>b",
       "yb"},
      {"<img src=//t.example/p.gif width=1 height=1>a", "a"},
      {"<img src='https://feeds.feedburner.com/~r/x/1'>a", "a"},
      {"<img src=/p.gif style='display: none'>a", "a"},
      {"<p><![CDATA[<script>x</script>]]>a", "<p>]]>a</p>"},
  }));
  CAPTURE(html);
  const std::string got = clean(html);
  // Block elements that are taken away leave a blank.
  CHECK(collapse_spaces(got) == expected);
}

TEST_CASE("sanitize: cleaning twice changes nothing", "[sanitize]") {
  std::string html;
  const char* pieces[] = {
      "<p>",      "</p>",   "<b",   ">",    "<a href=x>", "&amp;", "&lt;",
      "<script>", "x",      "\"",   "'",    "<!--",       "-->",   "<li>",
      "</ul>",    "<ul>",   "&#60", ";",    "<img src=y", " ",     "=",
      "<svg>",    "</svg>", "<td>", "<tr>", "</script>",  "\n",    "<"};
  unsigned state = 7;
  for (int i = 0; i < 2000; ++i) {
    state = state * 1103515245u + 12345u;
    html += pieces[(state >> 16) % std::size(pieces)];
    if (html.size() > 300) {
      const std::string once = sanitize_html(html, "https://h.example/");
      CHECK(sanitize_html(once, "https://h.example/") == once);
      CHECK(once.find("<script") == once.npos);
      html.clear();
    }
  }
}

TEST_CASE("sanitize: hostile sizes stay linear and shallow", "[sanitize]") {
  std::string deep;
  for (int i = 0; i < 100000; ++i) {
    deep += "<div>";
  }
  CHECK(sanitize_html(deep, "").size() < 10000);
  std::string open;
  for (int i = 0; i < 100000; ++i) {
    open += "<svg><object>";
  }
  CHECK(sanitize_html(open, "").empty());
  CHECK(!sanitize_html(std::string(1 << 20, '<'), "").empty());
  CHECK(!sanitize_html(std::string(1 << 20, '&'), "").empty());
}

TEST_CASE("sanitize: the text of HTML is one line", "[sanitize]") {
  CHECK(text_of_html("<p>One <b>t</b>wo</p><p>three&nbsp;&amp; four</p>") ==
        "One two three & four");
  CHECK(text_of_html("a<script>b</script>c<br>d") == "ac d");
  CHECK(text_of_html("1 < 2 &copy;") == "1 < 2 ©");
  CHECK(text_of_html("  plain \n text ") == "plain text");
  CHECK(looks_like_html("a <b>c"));
  CHECK(looks_like_html("AT&amp;T"));
  CHECK(!looks_like_html("a < b & c <nosuch>"));
}
