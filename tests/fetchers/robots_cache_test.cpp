#include <string>

#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"
#include "tests/fetchers/fetch_test.hpp"

using namespace siftd;
using namespace siftd::test;

namespace {

Request article(const Lab& lab, const std::string& url) {
  Request request = lab.request(url);
  request.purpose = Purpose::article;
  request.obey_robots = true;
  return request;
}

bool is_denied(const Result<Page>& page) {
  return !page && page.error().code == FetchErrc::robots_denied;
}

}  // namespace

TEST_CASE("robots: the file is asked for once, before the first page") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen& seen) {
    return seen.path() == "/robots.txt"
               ? answer(200, {}, "User-agent: *\nDisallow: /private\nCrawl-delay: 3\n")
               : answer(200, {}, "page");
  });
  std::vector<Request> requests;
  for (int i = 0; i < 5; ++i) {
    requests.push_back(article(lab, server.url("/" + std::to_string(i))));
  }
  for (const Result<Page>& page : lab.fetch_all(std::move(requests))) {
    REQUIRE(page.has_value());
    CHECK(page->crawl_delay == std::chrono::seconds(3));
  }
  CHECK(server.seen().size() == 6);
  CHECK(server.seen().at(0).path() == "/robots.txt");
  CHECK(is_denied(lab.fetch(article(lab, server.url("/private/x")))));
  CHECK(server.seen().size() == 6);
  // What the operator named does not ask.
  CHECK(lab.fetch(server.url("/private/feed")).has_value());
}

TEST_CASE("robots: a redirect leads nowhere that is not allowed") {
  Lab lab;
  TestServer& other = lab.serve([](const Seen& seen) {
    return seen.path() == "/robots.txt" ? answer(200, {}, "User-agent: *\nDisallow: /\n")
                                        : answer(200, {}, "page");
  });
  TestServer& server = lab.serve([&](const Seen& seen) {
    return seen.path() == "/robots.txt"
               ? answer(404, {}, "")
               : answer(302, {"Location: " + other.url("/x")}, "");
  });
  CHECK(is_denied(lab.fetch(article(lab, server.url("/story")))));
  CHECK(other.seen().size() == 1);
}

TEST_CASE("robots: hostile 56: what each answer for robots.txt allows (RFC 9309 2.3.1)") {
  struct Case {
    const char* what;
    Script script;
    bool is_allowed;
  };
  Lab lab;
  TestServer& secret = lab.serve(
      [](const Seen&) { return answer(200, {}, "User-agent: *\nDisallow: /\n"); },
      "127.0.0.2");
  std::string big = "User-agent: *\nDisallow: /secret\n";
  while (big.size() < 10u << 20) {
    big += "# " + std::string(1000, 'x') + "\n";
  }
  const Case cases[] = {
      {"404", answer(404, {}, ""), true},
      {"401", answer(401, {}, ""), true},
      {"429", answer(429, {}, ""), true},
      {"500", answer(500, {}, ""), false},
      {"503", answer(503, {}, ""), false},
      {"reset", raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", Script::End::reset),
       false},
      {"HTML", answer(200, {"Content-Type: text/html"}, "<html>no</html>"), true},
      {"10 MB", answer(200, {}, big), true},
      {"loop", answer(302, {"Location: /robots.txt"}, ""), true},
      {"private", answer(302, {"Location: " + secret.url("/robots.txt")}, ""), true},
      {"file", answer(302, {"Location: file:///etc/passwd"}, ""), true},
      {"Disallow", answer(200, {}, "User-agent: siftd-test\nDisallow: /\n"), false},
  };
  for (const Case& each : cases) {
    INFO(each.what);
    TestServer& server = lab.serve([&](const Seen& seen) {
      return seen.path() == "/robots.txt" ? each.script : answer(200, {}, "page");
    });
    Request request = article(lab, server.url("/story"));
    auto access = std::make_shared<Access>();
    access->addresses = *AddressPolicy::with_networks({"127.0.0.1"});
    request.access = access;
    const Result<Page> page = lab.fetch(std::move(request));
    CHECK(page.has_value() == each.is_allowed);
    CHECK((page.has_value() || is_denied(page)));
  }
  CHECK(secret.connections() == 0);
  // The rules at the head of a file that is too large hold.
  TestServer& server = lab.serve([&](const Seen& seen) {
    return seen.path() == "/robots.txt" ? answer(200, {}, big) : answer(200, {}, "page");
  });
  CHECK(is_denied(lab.fetch(article(lab, server.url("/secret")))));
}

TEST_CASE("robots: five redirects are followed for robots.txt, no more") {
  Lab lab;
  int hops = GENERATE(5, 6);
  TestServer& server = lab.serve([&](const Seen& seen) {
    const std::string path = seen.path();
    if (path == "/story") {
      return answer(200, {}, "page");
    }
    const int at = path == "/robots.txt" ? 0 : std::stoi(path.substr(1));
    return at == hops ? answer(200, {}, "User-agent: *\nDisallow: /\n")
                      : answer(301, {"Location: /" + std::to_string(at + 1)}, "");
  });
  CHECK(lab.fetch(article(lab, server.url("/story"))).has_value() == (hops == 6));
}
