#include "daemon/http_guard.hpp"

#include "tests/catch.hpp"

using namespace siftd;

namespace {

HttpRequest request_to(const char* host, const char* method = "GET",
                       const char* path = "/api/feeds") {
  HttpRequest request;
  request.method = method;
  set_target(request, path);
  request.headers = {{"host", host}};
  return request;
}

int status(const HttpRequest& request, const HttpConfig& config) {
  const auto refused = refuse(request, config, "news.example.org");
  return refused ? refused->status : 200;
}

}  // namespace

TEST_CASE("http guard: only names that are known to be ours are served", "[http]") {
  HttpConfig config;
  config.public_url = "https://Siftd.example.net:8443/x";
  for (const char* ours :
       {"127.0.0.1:7600", "10.1.2.3", "[::1]:7600", "localhost:7600", "LOCALHOST",
        "a.localhost", "news.example.org", "news", "siftd.example.net"}) {
    CHECK(status(request_to(ours), config) == 200);
  }
  for (const char* foreign : {"evil.test", "evil.test:7600", "127.0.0.1.evil.test", "",
                              "localhost.evil.test", "siftd.example.net.evil.test"}) {
    CHECK(status(request_to(foreign), config) == 421);
  }
}

TEST_CASE("http guard: probes and hubs may use any name", "[http]") {
  CHECK(status(request_to("pod.cluster.test", "GET", "/healthz"), {}) == 200);
  CHECK(status(request_to("pod.cluster.test", "GET", "/readyz"), {}) == 200);
  CHECK(status(request_to("hub.test", "POST", "/websub/x"), {}) == 200);
  CHECK(status(request_to("pod.cluster.test", "GET", "/metrics"), {}) == 421);
}

TEST_CASE("http guard: changes need the token", "[http]") {
  HttpConfig config;
  auto request = request_to("127.0.0.1", "POST", "/api/feeds/a/poll");
  CHECK(status(request, config) == 403);  // none is configured
  request.headers.emplace_back("authorization", "Bearer ");
  CHECK(status(request, config) == 403);
  config.token = "s3cret";
  CHECK(status(request, config) == 401);
  request.headers.back().second = "Bearer wrong";
  CHECK(status(request, config) == 401);
  request.headers.back().second = "Bearer s3cret";
  CHECK(status(request, config) == 200);
  request.headers.back().second = "bearer s3cret";
  CHECK(status(request, config) == 200);
  request.headers.emplace_back("origin", "http://evil.test");
  CHECK(status(request, config) == 403);
  request.headers.back().second = "http://127.0.0.1:7600";
  CHECK(status(request, config) == 200);
  request.headers.emplace_back("sec-fetch-site", "cross-site");
  CHECK(status(request, config) == 403);
}

TEST_CASE("http guard: secrets are equal or not", "[http]") {
  CHECK(equal_secrets("abc", "abc"));
  CHECK(!equal_secrets("abc", "abd"));
  CHECK(!equal_secrets("abc", "abcabc"));
  CHECK(!equal_secrets("abcabc", "abc"));
  CHECK(!equal_secrets("a", ""));
  CHECK(equal_secrets("", ""));
}
