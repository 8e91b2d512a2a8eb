// What hostile servers do to where a request goes; the numbers are those of the project's
// list of hostile inputs. Real sockets on loopback.
#include <chrono>
#include <cstdlib>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"
#include "tests/fetchers/fetch_test.hpp"

using namespace siftd;
using namespace siftd::test;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const Access> only(const std::vector<std::string>& networks) {
  auto access = std::make_shared<Access>();
  access->addresses = *AddressPolicy::with_networks(networks);
  return access;
}

}  // namespace

TEST_CASE("hostile 1: private addresses are refused before a packet is sent") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen&) { return answer(200, {}, "secret"); });
  TestServer& server6 =
      lab.serve([](const Seen&) { return answer(200, {}, "secret"); }, "::1");
  const std::string port = std::to_string(server.port());
  const Purpose purpose = GENERATE(Purpose::feed, Purpose::article, Purpose::hub,
                                   Purpose::robots, Purpose::webhook);
  for (const std::string& url :
       {server.url("/x"), server6.url("/x"), "http://localhost:" + port + "/",
        "http://0.0.0.0:" + port + "/", "http://2130706433:" + port + "/",
        "http://0177.0.0.1:" + port + "/", "http://0x7f.1:" + port + "/",
        "http://127.1:" + port + "/", "http://127.0.0.1.:" + port + "/",
        "http://[::ffff:127.0.0.1]:" + port + "/", "http://[::ffff:7f00:1]:" + port + "/",
        std::string("http://169.254.169.254/latest/meta-data/"),
        "http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1:" + port + "/"}) {
    INFO(url);
    Request request = lab.request(url);
    request.access = nullptr;
    request.purpose = purpose;
    const auto code = code_of(lab.fetch(std::move(request)));
    const bool is_refused =
        code == FetchErrc::address_denied || code == FetchErrc::bad_url ||
        code == FetchErrc::resolve_failed;  // a spelling that no resolver takes
    CHECK(is_refused);
  }
  CHECK(server.connections() == 0);
  CHECK(server6.connections() == 0);
}

TEST_CASE("hostile 4: of a name's addresses only the allowed one is connected to") {
  Lab lab;
  TestServer& good = lab.serve([](const Seen&) { return answer(200, {}, "good"); });
  // "localhost" is ::1 and 127.0.0.1 at once.
  Request request = lab.request("http://localhost:" + std::to_string(good.port()) + "/");
  request.access = only({"127.0.0.1/32"});
  const Result<Page> page = lab.fetch(std::move(request));
  REQUIRE(page.has_value());
  CHECK(page->body == "good");
}

TEST_CASE("hostile 5: a kept connection is judged again for each request that uses it") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen&) { return answer(200, {}, "x"); });
  REQUIRE(lab.fetch(server.url()).has_value());
  Request strict = lab.request(server.url());
  strict.access = nullptr;
  CHECK(code_of(lab.fetch(std::move(strict))) == FetchErrc::address_denied);
  CHECK(server.seen().size() == 1);
}

TEST_CASE("hostile 6: a redirect to a private address is refused at its hop") {
  Lab lab;
  TestServer& secret =
      lab.serve([](const Seen&) { return answer(200, {}, "secret"); }, "127.0.0.2");
  TestServer& open = lab.serve([&](const Seen&) {
    return answer(302, {"Location: " + secret.url("/latest/meta-data/")}, "");
  });
  Request request = lab.request(open.url());
  request.access = only({"127.0.0.1/32"});
  CHECK(code_of(lab.fetch(std::move(request))) == FetchErrc::address_denied);
  CHECK(secret.connections() == 0);
}

TEST_CASE("hostile 7 and 9: bad targets end a fetch, a chain of six does not") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen& seen) {
    const std::string path = seen.path();
    if (path.starts_with("/hop/")) {
      const int left = std::stoi(path.substr(5));
      return left == 0 ? answer(200, {}, "there")
                       : answer(302, {"Location: /hop/" + std::to_string(left - 1)}, "");
    }
    if (path == "/none") {
      return answer(301, {}, "");
    }
    if (path == "/a" || path == "/b") {
      return answer(301, {std::string("Location: ") + (path == "/a" ? "/b" : "/a")}, "");
    }
    return answer(301, {"Location: file:///etc/passwd"}, "");
  });
  CHECK(lab.fetch(server.url("/hop/6"))->body == "there");
  CHECK(code_of(lab.fetch(server.url("/hop/50"))) == FetchErrc::too_many_redirects);
  CHECK(code_of(lab.fetch(server.url("/a"))) == FetchErrc::too_many_redirects);
  CHECK(code_of(lab.fetch(server.url("/none"))) == FetchErrc::bad_redirect);
  CHECK(code_of(lab.fetch(server.url("/file"))) == FetchErrc::scheme_denied);
}

TEST_CASE("hostile 10: credentials and own headers stay with their origin") {
  Lab lab;
  TestServer& other = lab.serve([](const Seen&) { return answer(200, {}, "x"); });
  TestServer& own = lab.serve([&](const Seen& seen) {
    return seen.path() == "/back" ? answer(200, {}, "x")
                                  : answer(302, {"Location: " + other.url("/away")}, "");
  });
  Request request = lab.request(own.url("/feed"));
  request.user_info = "reader:s3cret";
  request.headers = {
      {"X-Key", "k"}, {"Evil", "a\r\nInjected: 1"}, {"Accept", "text/own"}};
  REQUIRE(lab.fetch(request).has_value());
  CHECK(own.seen().at(0).header("authorization") == "Basic cmVhZGVyOnMzY3JldA==");
  CHECK(own.seen().at(0).header("x-key") == "k");
  CHECK(own.seen().at(0).header("accept") == "text/own");
  CHECK_FALSE(own.seen().at(0).has("injected"));
  CHECK_FALSE(other.seen().at(0).has("authorization"));
  CHECK_FALSE(other.seen().at(0).has("x-key"));
  CHECK(other.seen().at(0).head.find("s3cret") == std::string::npos);
  // A page that the feed names elsewhere, or a feed that has moved: the owner decides.
  request.owner_url = own.url("/feed");
  request.url = other.url("/moved");
  REQUIRE(lab.fetch(request).has_value());
  CHECK_FALSE(other.seen().at(1).has("authorization"));
  request.url = own.url("/back");
  REQUIRE(lab.fetch(request).has_value());
  CHECK(own.seen().at(1).has("authorization"));
}

TEST_CASE(
    "hostile 10: user information of the URL is sent to its host, and is no part of it") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen&) { return answer(200, {}, "x"); });
  const std::string url =
      "http://me:p%40ss@127.0.0.1:" + std::to_string(server.port()) + "/";
  const Result<Page> page = lab.fetch(url);
  REQUIRE(page.has_value());
  CHECK(server.seen().at(0).header("authorization") == "Basic bWU6cEBzcw==");
  CHECK(page->url.find("p%40ss") == std::string::npos);
}

TEST_CASE("hostile 13: a proxy in the environment is ignored, a configured one is used") {
  Lab lab;
  TestServer& proxy = lab.serve([](const Seen&) { return answer(200, {}, "proxied"); });
  TestServer& server = lab.serve([](const Seen&) { return answer(200, {}, "direct"); });
  setenv("http_proxy", proxy.url().c_str(), 1);
  setenv("all_proxy", proxy.url().c_str(), 1);
  const Result<Page> direct = lab.fetch(server.url());
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  REQUIRE(direct.has_value());
  CHECK(direct->body == "direct");
  auto access = std::make_shared<Access>();
  access->proxy = proxy.url();
  Request request = lab.request("http://93.184.216.34/feed");
  request.access = access;
  const Result<Page> proxied = lab.fetch(request);
  REQUIRE(proxied.has_value());
  CHECK(proxied->body == "proxied");
  // A proxy would reach for us what we must not.
  for (const char* url : {"http://127.0.0.1/x", "http://10.0.0.1/", "http://localhost/",
                          "http://0x7f000001/", "http://a.localhost/", "http://[::1]/"}) {
    INFO(url);
    request.url = url;
    CHECK(code_of(lab.fetch(request)) == FetchErrc::address_denied);
  }
}

TEST_CASE("hostile 14: a server cannot send us elsewhere by Alt-Svc") {
  Lab lab;
  TestServer& secret =
      lab.serve([](const Seen&) { return answer(200, {}, "no"); }, "127.0.0.2");
  TestServer& server = lab.serve([&](const Seen&) {
    return answer(200,
                  {"Alt-Svc: h2=\"127.0.0.2:" + std::to_string(secret.port()) +
                       "\", http/1.1=\"127.0.0.2:" + std::to_string(secret.port()) + "\"",
                   "Set-Cookie: a=b", "Strict-Transport-Security: max-age=9999"},
                  "x");
  });
  REQUIRE(lab.fetch(server.url()).has_value());
  REQUIRE(lab.fetch(server.url()).has_value());
  CHECK(secret.connections() == 0);
  CHECK_FALSE(server.seen().at(1).has("cookie"));
}

TEST_CASE("hostile 24: a name that is none is said to be none, others go on") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen&) { return answer(200, {}, "x"); });
  std::vector<Request> requests;
  requests.push_back(lab.request("http://no-such-name.invalid/"));
  requests.push_back(lab.request(server.url()));
  for (Request& request : requests) {
    request.timeout = 5s;
  }
  const auto results = lab.fetch_all(std::move(requests));
  const auto code = code_of(results[0]);
  const bool is_dns = code == FetchErrc::resolve_failed || code == FetchErrc::timed_out;
  CHECK(is_dns);
  CHECK(results[1].has_value());
}

TEST_CASE("hostile 26: statuses are told, and their bodies are not kept") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen& seen) {
    return answer(std::stoi(seen.path().substr(1)), {"ETag: \"x\""}, "<html>body</html>");
  });
  for (const int status : {206, 404, 410, 429, 451, 500, 503}) {
    const Result<Page> page = lab.fetch(server.url("/" + std::to_string(status)));
    REQUIRE(page.has_value());
    CHECK(page->status == status);
    CHECK(page->body.empty());
  }
}

TEST_CASE("fetch: validators go to the URL that gave them and to no other") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen& seen) {
    if (seen.path() == "/a") {
      return answer(302, {"Location: /b"}, "");
    }
    return answer(304, {}, "");
  });
  Request request = lab.request(server.url("/a"));
  request.etag = "\"of-b\"";
  request.last_modified = "Sat, 21 Nov 2026 07:28:00 GMT";
  request.validated_url = server.url("/b");
  CHECK(lab.fetch(request)->status == 304);
  CHECK_FALSE(server.seen().at(0).has("if-none-match"));
  CHECK(server.seen().at(1).header("if-none-match") == "\"of-b\"");
  CHECK(server.seen().at(1).header("if-modified-since") ==
        "Sat, 21 Nov 2026 07:28:00 GMT");
  request.validated_url.clear();
  CHECK(lab.fetch(request)->status == 304);
  CHECK(server.seen().at(2).header("if-none-match") == "\"of-b\"");
  CHECK_FALSE(server.seen().at(3).has("if-none-match"));
}
