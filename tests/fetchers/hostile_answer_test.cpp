// What hostile servers do to the answer; the numbers are those of the project's list
// of hostile inputs. Real sockets on loopback.
#include <chrono>
#include <cstdlib>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"
#include "tests/deflated.hpp"
#include "tests/fetchers/fetch_test.hpp"

using namespace siftd;
using namespace siftd::test;
using namespace std::chrono_literals;

namespace {

// Much less than a request's own patience, much more than a busy machine needs.
constexpr auto kSoon = 8s;

Script endless(const std::string& head, const std::string& piece) {
  Script script;
  script.pieces = {head, piece};
  script.repeat_last = 1u << 30;
  return script;
}

struct Timed {
  Result<Page> page;
  std::chrono::milliseconds took;
};

Timed timed(Lab& lab, Request request) {
  const auto begun = std::chrono::steady_clock::now();
  Result<Page> page = lab.fetch(std::move(request));
  return {std::move(page), std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::steady_clock::now() - begun)};
}

}  // namespace

TEST_CASE("hostile 15: what drips ends with the timeout") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen& seen) {
    Script script;
    script.pieces = {
        seen.path() == "/head" ? "HTTP/1.1 200 OK\r\nX: " : "HTTP/1.1 200 OK\r\n\r\n",
        "a"};
    script.pause = 50ms;
    script.repeat_last = 100000;
    if (seen.path() == "/silent") {
      script = Script();
      script.end = Script::End::hang;
    }
    return script;
  });
  for (const char* path : {"/head", "/body", "/silent"}) {
    INFO(path);
    Request request = lab.request(server.url(path));
    request.timeout = 400ms;
    const Timed result = timed(lab, std::move(request));
    CHECK(code_of(result.page) == FetchErrc::timed_out);
    CHECK(result.took < kSoon);
  }
}

TEST_CASE("hostile 15: the timeout is that of the whole chain of redirects") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen& seen) {
    Script script = answer(302, {"Location: " + seen.path() + "x"}, "");
    script.pieces.insert(script.pieces.begin(), "");
    script.pause = 150ms;
    return script;
  });
  Request request = lab.request(server.url("/"));
  request.timeout = 500ms;
  const Timed result = timed(lab, std::move(request));
  CHECK(code_of(result.page) == FetchErrc::timed_out);
  CHECK(result.took < kSoon);
}

TEST_CASE("hostile 16: an endless body is cut at the limit, with or without chunks") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen& seen) {
    const std::string head = "HTTP/1.1 200 OK\r\nETag: \"x\"\r\n";
    if (seen.path() == "/chunked") {
      return endless(head + "Transfer-Encoding: chunked\r\n\r\n",
                     "8000\r\n" + std::string(0x8000, 'x') + "\r\n");
    }
    if (seen.path() == "/extension") {
      return endless(head + "Transfer-Encoding: chunked\r\n\r\n5;x=",
                     std::string(60000, 'y'));
    }
    if (seen.path() == "/redirect") {
      return endless("HTTP/1.1 302 F\r\nLocation: /next\r\n\r\n",
                     std::string(60000, 'z'));
    }
    if (seen.path() == "/next") {
      return answer(200, {}, "next");
    }
    return endless(head + "\r\n", std::string(60000, 'x'));
  });
  for (const char* path : {"/", "/chunked", "/extension"}) {
    INFO(path);
    Request request = lab.request(server.url(path));
    request.max_body = 1 << 20;
    request.timeout = 10s;
    const std::uint64_t before = server.bytes_sent();
    CHECK(code_of(lab.fetch(std::move(request))) == FetchErrc::too_large);
    CHECK(server.bytes_sent() - before < 32u << 20);  // sockets buffer some
  }
  // An endless body that nobody needs costs its connection, not the fetch.
  CHECK(lab.fetch(server.url("/redirect"))->body == "next");
}

TEST_CASE("hostile 16: a length beyond the limit is refused before the body comes") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen&) {
    Script script = raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx");
    script.end = Script::End::hang;
    return script;
  });
  const Timed result = timed(lab, lab.request(server.url()));
  CHECK(code_of(result.page) == FetchErrc::too_large);
  CHECK(result.took < kSoon);
}

TEST_CASE("hostile 17: a bomb is cut at the decoded limit") {
  Lab lab;
  const std::string bomb = deflated(std::string(64u << 20, ' '));
  TestServer& server = lab.serve([&](const Seen& seen) {
    return answer(200, {"Content-Encoding: " + seen.path().substr(1)}, bomb);
  });
  for (const char* path : {"/gzip", "/identity"}) {
    INFO(path);
    Request request = lab.request(server.url(path));
    request.max_body = 1 << 20;
    CHECK(code_of(lab.fetch(std::move(request))) == FetchErrc::too_large);
  }
}

TEST_CASE("hostile 18: wrong labels are seen through, a cut stream is an error") {
  Lab lab;
  const std::string text = "<rss version=\"2.0\"><channel/></rss>";
  TestServer& server = lab.serve([&](const Seen& seen) {
    const std::string path = seen.path();
    if (path == "/plain") {
      return answer(200, {"Content-Encoding: gzip"}, text);
    }
    if (path == "/unsaid") {
      return answer(200, {}, deflated(text));
    }
    if (path == "/twice") {
      return answer(200, {"Content-Encoding: gzip", "Content-Encoding: gzip"},
                    deflated(deflated(text)));
    }
    const std::string whole = deflated(text);
    return answer(200, {"Content-Encoding: gzip"}, whole.substr(0, whole.size() / 2));
  });
  for (const char* path : {"/plain", "/unsaid", "/twice"}) {
    INFO(path);
    const Result<Page> page = lab.fetch(server.url(path));
    REQUIRE(page.has_value());
    CHECK(page->body == text);
  }
  CHECK(code_of(lab.fetch(server.url("/cut"))) == FetchErrc::truncated);
}

TEST_CASE("hostile 19: floods of headers are cut") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen& seen) {
    if (seen.path() == "/one") {
      return endless("HTTP/1.1 200 OK\r\nX: ", std::string(60000, 'h'));
    }
    if (seen.path() == "/interim") {
      return endless("HTTP/1.1 103 E\r\nX: y\r\n\r\n", "HTTP/1.1 100 C\r\n\r\n");
    }
    return endless("HTTP/1.1 200 OK\r\n", "X-Flood: " + std::string(90, 'v') + "\r\n");
  });
  for (const char* path : {"/one", "/many", "/interim"}) {
    INFO(path);
    const std::uint64_t before = server.bytes_sent();
    CHECK(code_of(lab.fetch(server.url(path))) == FetchErrc::bad_response);
    CHECK(server.bytes_sent() - before < 12u << 20);
  }
}

TEST_CASE("hostile 20: broken chunks make no page") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen& seen) {
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string path = seen.path();
    std::string body = "5\r\n<rss>\r\n";  // the last chunk is missing
    if (path == "/huge") {
      body = "FFFFFFFFFFFFFFFF\r\n<rss>";
    } else if (path == "/longer") {
      body = "FFFFFFFFFFFFFFFFFF\r\n<rss>";
    } else if (path == "/negative") {
      body = "-5\r\n<rss>\r\n0\r\n\r\n";
    } else if (path == "/word") {
      body = "five\r\n<rss>\r\n0\r\n\r\n";
    }
    return raw(head + body, Script::End::close);
  });
  for (const char* path : {"/missing", "/huge", "/longer", "/negative", "/word"}) {
    INFO(path);
    CHECK(code_of(lab.fetch(server.url(path))) == FetchErrc::truncated);
  }
}

TEST_CASE("hostile 21: a lying length is an error, and what follows is nobody's answer") {
  Lab lab;
  const std::string evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
  TestServer& server = lab.serve([&](const Seen& seen) {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string path = seen.path();
    if (path == "/long") {
      return raw(ok + "Content-Length: 50\r\n\r\nshort", Script::End::close);
    }
    if (path == "/two") {
      return raw(ok + "Content-Length: 4\r\nContent-Length: 40\r\n\r\nbody");
    }
    if (path == "/both") {
      return raw(ok +
                 "Content-Length: 4\r\nTransfer-Encoding: "
                 "chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n");
    }
    if (path == "/late") {
      Script script;
      script.pieces = {ok + "Content-Length: 4\r\n\r\ngood", evil};
      script.pause = 30ms;
      return script;
    }
    if (path == "/next") {
      return answer(200, {}, "next");
    }
    return raw(ok + "Content-Length: 4\r\n\r\ngood" + evil);
  });
  CHECK(code_of(lab.fetch(server.url("/long"))) == FetchErrc::truncated);
  CHECK(code_of(lab.fetch(server.url("/two"))) == FetchErrc::bad_response);
  CHECK(code_of(lab.fetch(server.url("/both"))) == FetchErrc::bad_response);
  CHECK(lab.fetch(server.url("/short"))->body == "good");
  CHECK(lab.fetch(server.url("/next"))->body == "next");
  CHECK(lab.fetch(server.url("/late"))->body == "good");
  // Time for the rest to arrive on the connection that was kept.
  Request slow = lab.request(server.url("/next"));
  lab.wait(100ms);
  CHECK(lab.fetch(std::move(slow))->body == "next");
}

TEST_CASE("hostile 22: a reset is a cut") {
  Lab lab;
  TestServer& server = lab.serve([](const Seen& seen) {
    const std::string body = seen.path() == "/early"
                                 ? "HTTP/1.1 200 OK\r\nConte"
                                 : "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhalf";
    return raw(body, Script::End::reset);
  });
  CHECK(code_of(lab.fetch(server.url("/early"))) == FetchErrc::truncated);
  CHECK(code_of(lab.fetch(server.url("/body"))) == FetchErrc::truncated);
}

TEST_CASE("hostile: large bodies at once take turns, and all of them end") {
  Lab lab;
  const std::string big(2u << 20, 'x');
  TestServer& server = lab.serve([&](const Seen&) { return answer(200, {}, big); });
  std::vector<Request> requests;
  for (int i = 0; i < 20; ++i) {
    requests.push_back(lab.request(server.url()));
    requests.back().timeout = 20s;
  }
  for (const Result<Page>& page : lab.fetch_all(std::move(requests))) {
    REQUIRE(page.has_value());
    CHECK(page->body.size() == big.size());
  }
}
