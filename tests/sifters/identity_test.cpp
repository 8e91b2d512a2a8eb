#include "sifters/identity.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace siftd;

namespace {

struct Case {
  const char* given;
  const char* canonical;
};

}  // namespace

TEST_CASE("identity: the canonical URL follows the stated rules", "[identity]") {
  const Case cases[] = {
      // scheme, host, port, user information, fragment
      {"HTTP://Www.Example.ORG:80/A", "http://www.example.org/A"},
      {"https://example.org:443/", "https://example.org/"},
      {"https://example.org:8443/x", "https://example.org:8443/x"},
      {"https://me:secret@example.org/x", "https://example.org/x"},
      {"https://example.org", "https://example.org/"},
      {"https://example.org/x#comments", "https://example.org/x"},
      {"https://example.org/#!/story/5", "https://example.org/#!/story/5"},
      // tracking parameters
      {"https://example.org/x?utm_source=rss&utm_medium=feed", "https://example.org/x"},
      {"https://example.org/x?id=5&fbclid=abc&page=2",
       "https://example.org/x?id=5&page=2"},
      {"https://example.org/x?UTM_Source=a&ID=7", "https://example.org/x?ID=7"},
      {"https://example.org/x?at_medium=RSS&at_campaign=KARANGA",
       "https://example.org/x"},
      {"https://example.org/x?ref=rss&b=1", "https://example.org/x?b=1"},
      {"https://example.org/x?source=rss", "https://example.org/x"},
      {"https://example.org/x?source=12", "https://example.org/x?source=12"},
      {"https://example.org/x?rss=1", "https://example.org/x"},
      {"https://example.org/x?rss=8841", "https://example.org/x?rss=8841"},
      {"https://example.org/x?", "https://example.org/x"},
      {"https://example.org/x?&&a=1&", "https://example.org/x?a=1"},
      {"https://example.org/x;jsessionid=0AF?a=1", "https://example.org/x?a=1"},
      // the order of parameters may matter to a server
      {"https://example.org/x?b=1&a=2", "https://example.org/x?b=1&a=2"},
      // AMP and mobile editions
      {"https://m.example.org/x", "https://example.org/x"},
      {"https://amp.example.org/x", "https://example.org/x"},
      {"https://en.m.wikipedia.org/wiki/X", "https://en.wikipedia.org/wiki/X"},
      {"https://m.co/x", "https://m.co/x"},
      {"https://amp.co.uk/x", "https://amp.co.uk/x"},
      {"https://m.example.co.uk/x", "https://example.co.uk/x"},
      {"https://example.org/news/x/amp/", "https://example.org/news/x/"},
      {"https://example.org/news/x/amp", "https://example.org/news/x"},
      {"https://example.org/amp/news/x", "https://example.org/news/x"},
      {"https://example.org/x.amp.html", "https://example.org/x.html"},
      {"https://example.org/x?outputType=amp", "https://example.org/x"},
      {"https://example.org/camp", "https://example.org/camp"},
      {"https://www.google.com/amp/s/www.example.org/x/amp/",
       "https://www.example.org/x/"},
      {"https://www-example-org.cdn.ampproject.org/c/s/www.example.org/x?usqp=1",
       "https://www.example.org/x"},
      // redirectors
      {"https://www.google.com/url?rct=j&url=https%3A%2F%2Fexample.org%2Fx&ct=ga",
       "https://example.org/x"},
      {"https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fx%3Ffbclid%3D1&h=A",
       "https://example.org/x"},
      {"https://www.google.com/url?url=javascript:alert(1)",
       "https://www.google.com/url?url=javascript:alert(1)"},
      // percent-encoding (RFC 3986, 6.2.2)
      {"https://example.org/%7Euser/%c3%a9", "https://example.org/~user/%C3%A9"},
      {"https://example.org/a%2Fb", "https://example.org/a%2Fb"},
      {"https://example.org/100%", "https://example.org/100%"},
      // none
      {"", ""},
      {"ftp://example.org/x", ""},
      {"/relative", ""},
      {"javascript:alert(1)", ""},
  };
  for (const Case& c : cases) {
    INFO(c.given);
    CHECK(canonical_url(c.given) == c.canonical);
  }
}

TEST_CASE("identity: a canonical URL is its own canonical URL", "[identity]") {
  for (const char* url :
       {"https://www.google.com/amp/s/m.example.org/amp/x?utm_a=1&b=2#c",
        "https://example.org/%7e%2f%41?x=%7e", "http://example.org/a/amp/amp/",
        "https://m.m.example.org/", "https://example.org/;sid=1;jsessionid=2/x"}) {
    INFO(url);
    std::string once = canonical_url(url);
    CHECK(!once.empty());
    CHECK(url_key(canonical_url(once)) == url_key(once));
  }
}

TEST_CASE("identity: URLs that lead to one page have one key", "[identity]") {
  auto key = [](const char* url) {
    return url_key(canonical_url(url));
  };
  auto page = key("https://www.example.org/news/story?a=1&b=2");
  CHECK(page != 0);
  CHECK(key("http://example.org/news/story/?b=2&a=1&utm_source=x") == page);
  CHECK(key("https://m.example.org/news/story?a=1&b=2#top") == page);
  CHECK(key("https://example.org/news/story?a=1") != page);
  CHECK(key("https://example.org/news/Story?a=1&b=2") != page);
  CHECK(key("https://example.org/") == key("https://example.org/index.html"));
  CHECK(key("https://example.org:8080/") != key("https://example.org/"));
}

TEST_CASE("identity: a guid counts within its feed only", "[identity]") {
  CHECK(guid_key("https://a.example/rss", "1") == guid_key("https://a.example/rss", "1"));
  CHECK(guid_key("https://a.example/rss", "1") != guid_key("https://b.example/rss", "1"));
  CHECK(guid_key("https://a.example/rss", "1") != guid_key("https://a.example/rs", "s1"));
  CHECK(guid_key("", "x") != url_key("x"));
}

TEST_CASE("identity: a text's key minds words, not typography", "[identity]") {
  CHECK(text_key("Title", "Don\u2019t  5 %\nmore.") == text_key("TITLE", "dont 5% more"));
  CHECK(text_key("Title", "one two") != text_key("Title one", "two"));
  CHECK(text_key("", "one two") != text_key("", "two one"));
}
