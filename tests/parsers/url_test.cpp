#include "parsers/url.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace siftd;

TEST_CASE("url: references are resolved as browsers do", "[url]") {
  const auto [reference, expected] = GENERATE(table<const char*, const char*>({
      {"x", "http://a.example/b/x"},
      {"./x", "http://a.example/b/x"},
      {"../x", "http://a.example/x"},
      {"../../../x", "http://a.example/x"},
      {"/x/./y/../z", "http://a.example/x/z"},
      {"/x/%2e%2E/z", "http://a.example/z"},
      {"x/..", "http://a.example/b/"},
      {"", "http://a.example/b/c?q"},
      {"?r", "http://a.example/b/c?r"},
      {"#f", "http://a.example/b/c?q#f"},
      {"//other.example/x", "http://other.example/x"},
      {"\\\\other.example\\x", "http://other.example/x"},
      {"http:y", "http://a.example/b/y"},
      {"https:y", "https://y/"},
      {"HTTPS://EXAMPLE.org:443/A", "https://example.org/A"},
      {"http://example.org:80", "http://example.org/"},
      {"http://example.org:8080/x", "http://example.org:8080/x"},
      {" http://example.org/a\n\tb ", "http://example.org/ab"},
      {"http://example.org/a b|c?d e#f g", "http://example.org/a%20b|c?d%20e#f%20g"},
      {"http://example.org/\"<>`{}", "http://example.org/%22%3C%3E%60%7B%7D"},
      {"http://example.org/é?é", "http://example.org/%C3%A9?%C3%A9"},
      {"http://bücher.example/", "http://xn--bcher-kva.example/"},
      {"http://EX%41MPLE.org/", "http://example.org/"},
      {"http://user:pa%20ss@example.org/", "http://user:pa%20ss@example.org/"},
      {"http://0x7f.1/", "http://127.0.0.1/"},
      {"http://2130706433/", "http://127.0.0.1/"},
      {"http://0177.0.0.1/", "http://127.0.0.1/"},
      {"http://127.0.0.1./", "http://127.0.0.1/"},
      {"http://①②⑦.0.0.1/", "http://127.0.0.1/"},
      {"http://[::1]:8080/", "http://[::1]:8080/"},
      {"http://[0:0::0:1]/", "http://[::1]/"},
      {"http:///example.org/x", "http://example.org/x"},
  }));
  CAPTURE(reference);
  CHECK(resolve_url("http://a.example/b/c?q", reference) == expected);
}

TEST_CASE("url: what siftd cannot fetch is no URL", "[url]") {
  const char* reference =
      GENERATE("javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
               "mailto:a@b.c", "ftp://example.org/", "file:///etc/passwd", "http://",
               "http://exa mple.org/", "http://example.org:99999/",
               "http://example.org:x/", "http://1.2.3.4.5/", "http://256.0.0.1/",
               "http://[::1/", "http://a%00b/", "http://a<b/", "urn:x:y", "http://user@/",
               "http://a\"b/", "http://h\u00A0x/", "http://a%00\u00E9/", "http://%2f/");
  CAPTURE(reference);
  CHECK(resolve_url("http://a.example/", reference) == "");
}

TEST_CASE("url: a relative reference needs a base", "[url]") {
  CHECK(resolve_url("", "x") == "");
  CHECK(resolve_url("nonsense", "x") == "");
  CHECK(resolve_url("http://h", "x") == "http://h/x");
  CHECK(resolve_url("", "http://h/x") == "http://h/x");
  CHECK(resolve_url("", std::string(100000, 'a')) == "");
  CHECK(resolve_url("http://h/", "http://h/" + std::string(100000, 'a')) == "");
}

TEST_CASE("url: the result of resolving resolves to itself", "[url]") {
  const char* url = GENERATE("http://example.org/a%20b?c=d&e#f", "http://1.2.3.4/",
                             "https://user:x@h.example:8443/p;q=1/?", "http://[fe80::1]/",
                             "http://xn--bcher-kva.example/%C3%A9", "http://h/'x'?'");
  const std::string once = resolve_url("", url);
  CAPTURE(url);
  CHECK(!once.empty());
  CHECK(resolve_url("", once) == once);
}

TEST_CASE("url: an absolute URL is taken apart", "[url]") {
  const auto parts = split_url("https://me:pw@example.org:8443/a/b?c=d#e");
  REQUIRE(parts);
  CHECK(parts->scheme == "https");
  CHECK(parts->user_info == "me:pw");
  CHECK(parts->host == "example.org");
  CHECK(parts->port == "8443");
  CHECK(parts->path == "/a/b");
  CHECK(parts->query == "c=d");
  CHECK(parts->fragment == "e");
  CHECK(split_url("http://[::1]:80/")->host == "[::1]");
  CHECK(!split_url("mailto:x"));
  CHECK(!split_url("http:///x"));
  CHECK(url_origin("https://me:pw@example.org:8443/a") == "https://example.org:8443");
  CHECK(without_user_info("https://me:pw@example.org/a@b") == "https://example.org/a@b");
  CHECK(without_user_info("https://example.org/a@b") == "https://example.org/a@b");
}
