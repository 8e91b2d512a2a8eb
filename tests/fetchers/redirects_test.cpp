#include "fetchers/redirects.hpp"

#include <string>

#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

Redirects from(const std::string& url) {
  Request request;
  request.url = url;
  Result<Redirects> hops = Redirects::start(request);
  REQUIRE(hops.has_value());
  return std::move(*hops);
}

boost::system::error_code error_of(const Result<Target>& target) {
  return target ? boost::system::error_code() : target.error().code;
}

}  // namespace

TEST_CASE("targets: hostile 2 and 12: one reading of a URL, for judging and for asking") {
  struct Case {
    const char* url;
    const char* host;
  };
  // libcurl knows the odd spellings of IPv4, and what connects is judged anyway.
  const Case cases[] = {
      {"http://0177.0.0.1/", "127.0.0.1"},
      {"http://2130706433/", "127.0.0.1"},
      {"http://0x7f.1/", "127.0.0.1"},
      {"http://127.1/", "127.0.0.1"},
      {"http://EXAMPLE.org/", "example.org"},
      {"http://[::FFFF:127.0.0.1]/", "::ffff:127.0.0.1"},
      {"http://good.example@127.0.0.1/", "127.0.0.1"},
      {"http://user:pa%73s@example.org:8080/a#b", "example.org"},
      {"HTTP://example.org:80/a b?c d", "example.org"},
  };
  for (const Case& each : cases) {
    INFO(each.url);
    const Result<Target> target = parse_target(each.url);
    REQUIRE(target.has_value());
    CHECK(target->host == each.host);
    CHECK(target->scheme == "http");
    CHECK(target->url.find('@') == std::string::npos);
    CHECK(target->url.find('#') == std::string::npos);
  }
  CHECK(parse_target("http://user:pa%73s@example.org:8080/a#b")->user_info ==
        "user:pass");
  CHECK(parse_target("http://example.org")->path == "/");
  CHECK(parse_target("http://example.org/a b?c d")->path == "/a%20b?c%20d");
  CHECK(parse_target("https://example.org/")->origin() == "https://example.org:443");
  CHECK(parse_target("http://b\xc3\xbc"
                     "cher.example/")
            ->host == "xn--bcher-kva.example");
}

TEST_CASE("targets: hostile 12: what cannot be meant is refused") {
  for (const std::string& url :
       {std::string("http://a\0b/", 11), std::string("http://exa\tmple.org/"),
        std::string("http://example.org/\r\nX: y"), std::string("http://"),
        std::string("http://[::1"), std::string("http://a:99999/"),
        std::string("http://a:b/"), "http://example.org/" + std::string(65536, 'a'),
        std::string("")}) {
    INFO(url.substr(0, 40));
    CHECK(error_of(parse_target(url)) == FetchErrc::bad_url);
  }
  // A backslash ends no host here and starts none.
  const Result<Target> slash = parse_target("http://good.example\\@127.0.0.1/");
  CHECK((!slash || slash->host == "127.0.0.1"));
}

TEST_CASE("redirects: hostile 7: only http and https are followed") {
  for (const char* location :
       {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/x",
        "data:text/xml,<a/>", "javascript:alert(1)", "dict://x/", "ldap://x/",
        "FILE:///etc/passwd"}) {
    INFO(location);
    Redirects hops = from("http://a.example/");
    const auto error = hops.follow(301, location);
    REQUIRE(error);
    const bool is_refused =
        error->code == FetchErrc::scheme_denied || error->code == FetchErrc::bad_redirect;
    CHECK(is_refused);
    CHECK(hops.target().url == "http://a.example/");
    CHECK(hops.moved_to().empty());
  }
}

TEST_CASE("redirects: hostile 7: other schemes cannot be asked for at all") {
  for (const char* url :
       {"ftp://a.example/x", "gopher://a.example/", "file:///etc/passwd"}) {
    Request request;
    request.url = url;
    const Result<Redirects> hops = Redirects::start(request);
    REQUIRE_FALSE(hops.has_value());
    CHECK(hops.error().code == FetchErrc::scheme_denied);
  }
}

TEST_CASE("redirects: hostile 8: https is never left for http") {
  Redirects hops = from("https://a.example/feed");
  CHECK(hops.follow(301, "http://a.example/feed")->code == FetchErrc::downgrade_denied);
  Redirects up = from("http://a.example/feed");
  CHECK_FALSE(up.follow(301, "https://a.example/feed"));
  CHECK(up.follow(302, "http://b.example/feed")->code == FetchErrc::downgrade_denied);
}

TEST_CASE("redirects: hostile 9: loops, endless chains and nowhere are errors") {
  Redirects loop = from("http://a.example/1");
  CHECK_FALSE(loop.follow(302, "/2"));
  CHECK(loop.follow(302, "/1")->code == FetchErrc::too_many_redirects);
  Redirects self = from("http://a.example/1");
  CHECK(self.follow(301, "#top")->code == FetchErrc::too_many_redirects);
  Redirects chain = from("http://a.example/0");
  unsigned followed = 0;
  while (!chain.follow(302, "/hop/" + std::to_string(followed + 1))) {
    ++followed;
    REQUIRE(followed < 100);
  }
  CHECK(followed == 10);
  Redirects nowhere = from("http://a.example/");
  CHECK(nowhere.follow(301, "")->code == FetchErrc::bad_redirect);
  CHECK(nowhere.follow(301, "http://b.example/\r\nEvil: 1")->code ==
        FetchErrc::bad_redirect);
  CHECK(nowhere.follow(301, "http://")->code == FetchErrc::bad_redirect);
}

TEST_CASE("redirects: a relative Location is resolved against the hop that gave it") {
  Redirects hops = from("http://a.example/x/y?q");
  REQUIRE_FALSE(hops.follow(302, "../z"));
  CHECK(hops.target().url == "http://a.example/z");
  REQUIRE_FALSE(hops.follow(302, "//b.example/w"));
  CHECK(hops.target().url == "http://b.example/w");
  REQUIRE_FALSE(hops.follow(302, "?v=1"));
  CHECK(hops.target().url == "http://b.example/w?v=1");
}

TEST_CASE("redirects: a move lasts as far as lasting redirects alone lead") {
  Redirects hops = from("http://a.example/1");
  REQUIRE_FALSE(hops.follow(301, "/2"));
  REQUIRE_FALSE(hops.follow(308, "/3"));
  REQUIRE_FALSE(hops.follow(302, "/4"));
  REQUIRE_FALSE(hops.follow(301, "/5"));
  CHECK(hops.moved_to() == "http://a.example/3");
  Redirects passing = from("http://a.example/1");
  REQUIRE_FALSE(passing.follow(307, "/2"));
  CHECK(passing.moved_to().empty());
}

TEST_CASE("redirects: user information of a Location is dropped") {
  Redirects hops = from("http://a.example/1");
  REQUIRE_FALSE(hops.follow(301, "http://me:secret@b.example/2"));
  CHECK(hops.target().user_info.empty());
  CHECK(hops.target().url == "http://b.example/2");
  CHECK(hops.moved_to() == "http://b.example/2");
}

TEST_CASE("redirects: only 307 and 308 keep a POST") {
  Request request;
  request.url = "http://hub.example/";
  request.method = "POST";
  Redirects kept = *Redirects::start(request);
  REQUIRE_FALSE(kept.follow(307, "/b"));
  REQUIRE_FALSE(kept.follow(308, "/c"));
  CHECK(kept.method() == "POST");
  REQUIRE_FALSE(kept.follow(303, "/d"));
  CHECK(kept.method() == "GET");
}
