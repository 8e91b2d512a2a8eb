#include "tests/fetchers/fetch_test.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/catch.hpp"

namespace siftd::test {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> fetch_into(CurlFetcher& fetcher, Request request,
                                 Result<Page>& into) {
  into = co_await fetcher.fetch(std::move(request));
}

}  // namespace

Lab::Lab() {
  CurlFetcher::Options options;
  options.user_agent = "siftd-test/1 (+https://example.org/)";
  fetcher_ = std::make_unique<CurlFetcher>(loop_.get_executor(), std::move(options));
}
Lab::~Lab() = default;

TestServer& Lab::serve(TestServer::Handler handler, const std::string& address) {
  servers_.push_back(std::make_unique<TestServer>(loop_, std::move(handler), address));
  return *servers_.back();
}

std::shared_ptr<const Access> anywhere() {
  auto access = std::make_shared<Access>();
  access->addresses = AddressPolicy::all();
  return access;
}

Request Lab::request(std::string url) const {
  Request request;
  request.url = std::move(url);
  request.timeout = std::chrono::seconds(20);
  request.access = anywhere();
  return request;
}

std::vector<Result<Page>> Lab::fetch_all(std::vector<Request> requests) {
  std::vector<Result<Page>> results(requests.size(), Result<Page>(Page()));
  std::size_t left = requests.size();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    asio::co_spawn(loop_, fetch_into(*fetcher_, std::move(requests[i]), results[i]),
                   [&left](std::exception_ptr failure) {
                     --left;
                     if (failure) {
                       std::rethrow_exception(failure);
                     }
                   });
  }
  loop_.restart();
  while (left > 0 && loop_.run_one() > 0) {
  }
  return results;
}

void Lab::wait(std::chrono::milliseconds time) {
  loop_.restart();
  loop_.run_for(time);
}

Result<Page> Lab::fetch(Request request) {
  std::vector<Request> one;
  one.push_back(std::move(request));
  return fetch_all(std::move(one)).front();
}

}  // namespace siftd::test

using namespace siftd;
using namespace siftd::test;

TEST_CASE("fetch: a page comes with its status, body and validators") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen&) {
    return answer(200,
                  {"ETag: W/\"a,b\"", "Last-Modified: whatever it is",
                   "Content-Type: application/rss+xml", "Cache-Control: max-age=60",
                   "Age: 5", "Link: <http://hub/>; rel=hub", "Retry-After: 7"},
                  "<rss/>");
  });
  const Result<Page> page = lab.fetch(server.url("/feed.xml?x=1#part"));
  REQUIRE(page.has_value());
  CHECK(page->status == 200);
  CHECK(page->body == "<rss/>");
  CHECK(page->etag == "W/\"a,b\"");
  CHECK(page->last_modified == "whatever it is");
  CHECK(page->content_type == "application/rss+xml");
  CHECK(page->freshness.max_age == std::chrono::seconds(60));
  CHECK(page->freshness.age == std::chrono::seconds(5));
  CHECK(page->freshness.retry_after == std::chrono::seconds(7));
  CHECK(page->links == std::vector<std::string>{"<http://hub/>; rel=hub"});
  CHECK(page->url == server.url("/feed.xml?x=1"));
  CHECK(page->moved_to.empty());
  const Seen& seen = server.seen().at(0);
  CHECK(seen.line == "GET /feed.xml?x=1 HTTP/1.1");
  CHECK(seen.header("user-agent") == "siftd-test/1 (+https://example.org/)");
  CHECK(seen.header("accept-encoding") == "gzip, deflate, br, zstd");
  CHECK_FALSE(seen.has("cookie"));
  CHECK_FALSE(seen.has("referer"));
  CHECK_FALSE(seen.has("if-none-match"));
}

TEST_CASE("fetch: connections are kept, and nothing keeps the loop alive") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen&) { return answer(200, {}, "x"); });
  for (int i = 0; i < 5; ++i) {
    REQUIRE(lab.fetch(server.url()).has_value());
  }
  CHECK(server.connections() == 1);
  server.stop();
  lab.loop().restart();
  lab.loop().run();  // returns by itself
  CHECK(lab.fetcher().active() == 0);
}

TEST_CASE(
    "fetch: a kept connection that its server ends meanwhile is given up, others stay") {
  Lab lab;
  TestServer& ending = lab.serve([](const Seen&) {
    return raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", Script::End::close);
  });
  TestServer& staying = lab.serve([](const Seen& seen) {
    Script script = answer(200, {}, "y");
    if (seen.path() == "/slow") {
      script.pieces = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\ny", "z"};
      script.pause = std::chrono::milliseconds(50);
    }
    return script;
  });
  for (int round = 1; round <= 4; ++round) {
    REQUIRE(lab.fetch(staying.url()).has_value());
    REQUIRE(lab.fetch(ending.url()).has_value());
    // The end of the one connection is seen while the other is read from.
    REQUIRE(lab.fetch(staying.url("/slow")).has_value());
    CHECK(ending.connections() == round);
  }
  CHECK(staying.connections() == 1);
}
