#include "fetchers/answer_head.hpp"

#include <string>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"

using namespace siftd;
using std::chrono::seconds;

namespace {

Page page_of(const std::vector<std::string>& lines) {
  AnswerHead head;
  REQUIRE_FALSE(head.add("HTTP/1.1 200 OK\r\n"));
  for (const std::string& line : lines) {
    REQUIRE_FALSE(head.add(line + "\r\n"));
  }
  Page page;
  head.move_to(page);
  return page;
}

}  // namespace

TEST_CASE("head: hostile 28 and 29: validators are opaque, up to a length") {
  struct Case {
    std::string given;
    std::string kept;
  };
  const Case cases[] = {
      {"\"abc\"", "\"abc\""},         {"W/\"67ab\"", "W/\"67ab\""},
      {"no-quotes", "no-quotes"},     {"\"\xc3\xa9\xff\"", "\"\xc3\xa9\xff\""},
      {"\"a,b;c\\\"", "\"a,b;c\\\""}, {std::string(1024, 'e'), std::string(1024, 'e')},
      {std::string(8192, 'e'), ""},
  };
  for (const Case& each : cases) {
    CHECK(page_of({"ETag: " + each.given}).etag == each.kept);
    CHECK(page_of({"last-modified:" + each.given}).last_modified == each.kept);
  }
  for (const char* date : {"Fri, 01 Jan 2099 00:00:00 GMT",
                           "Thu, 01 Jan 1970 00:00:00 GMT", "garbage", "2026-11-22"}) {
    CHECK(page_of({std::string("Last-Modified: ") + date}).last_modified == date);
  }
}

TEST_CASE("head: hostile 30: a Retry-After that says nothing is none") {
  const auto wait = [](const std::string& value) {
    return page_of({"Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: " + value})
        .freshness.retry_after;
  };
  CHECK(wait("120") == seconds(120));
  CHECK(wait("Sun, 06 Nov 1994 08:50:37 GMT") == seconds(60));
  CHECK(wait("Sun, 06 Nov 1994 08:00:00 GMT") == seconds(0));  // past
  CHECK(wait("99999999999") == seconds(1ll << 31));            // clamped by who waits
  CHECK(wait("99999999999999999999999999") == seconds(1ll << 31));
  for (const char* bad : {"-5", "soon", "", "1.5", "5 minutes", "Mon", "10:00"}) {
    INFO(bad);
    CHECK_FALSE(wait(bad));
  }
  CHECK(page_of({"Retry-After: 5", "Retry-After: 9"}).freshness.retry_after ==
        seconds(9));
}

TEST_CASE("head: hostile 31: max-age in all its spellings") {
  const auto age = [](const std::string& value) {
    return page_of({"Cache-Control: " + value}).freshness.max_age;
  };
  CHECK(age("max-age=60") == seconds(60));
  CHECK(age("public, MAX-AGE = 60, must-revalidate") == seconds(60));
  CHECK(age("max-age=\"60\"") == seconds(60));
  CHECK(age("max-age=0") == seconds(0));
  CHECK(age("max-age=9223372036854775808") == seconds(1ll << 31));
  CHECK(age("max-age=60, max-age=30") == seconds(30));
  for (const char* bad : {"max-age=-1", "max-age", "max-age=", "max-age=1h", "no-store",
                          "s-maxage=60", "xmax-age=60"}) {
    INFO(bad);
    CHECK_FALSE(age(bad));
  }
}

TEST_CASE("head: the three forms of an HTTP date, and what is none") {
  const auto noon = std::chrono::sys_seconds(seconds(784111777));
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == noon);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == noon);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == noon);
  for (const char* bad :
       {"", "0", "-1", "now", "tomorrow at noon", "32 Foo 2020 10:00:00"}) {
    INFO(bad);
    CHECK_FALSE(parse_http_date(bad));
  }
}

TEST_CASE("head: hostile 19: all headers together are bounded, interim answers too") {
  const auto bytes_until_refused = [](const std::string& line) {
    AnswerHead head;
    std::size_t bytes = 0;
    while (bytes < 10 * limits::kMaxHeaderBytes) {
      bytes += line.size();
      if (const auto error = head.add(line)) {
        CHECK(error->code == FetchErrc::bad_response);
        return bytes;
      }
    }
    return bytes;
  };
  for (const std::string& line :
       {std::string("X-Flood: 1\r\n"), std::string("HTTP/1.1 103 Early Hints\r\n"),
        "X-One: " + std::string(1 << 20, 'x') + "\r\n"}) {
    CHECK(bytes_until_refused(line) <= limits::kMaxHeaderBytes + line.size());
  }
}

TEST_CASE("head: hostile 21: contradictory lengths are refused, equal ones are not") {
  const auto is_refused = [](const std::vector<std::string>& lines) {
    AnswerHead head;
    head.add("HTTP/1.1 200 OK");
    for (const std::string& line : lines) {
      if (head.add(line)) {
        return true;
      }
    }
    return false;
  };
  CHECK(is_refused({"Content-Length: 5", "Content-Length: 6"}));
  CHECK(is_refused({"Content-Length: 5, 6"}));
  CHECK(is_refused({"Content-Length: five"}));
  CHECK(is_refused({"Content-Length: -5"}));
  CHECK(is_refused({"Content-Length: 5", "Transfer-Encoding: chunked"}));
  CHECK(is_refused({"Transfer-Encoding: chunked", "Content-Length: 5"}));
  CHECK_FALSE(is_refused({"Content-Length: 5", "Content-Length: 5"}));
  CHECK_FALSE(is_refused({"Content-Length: 5, 5"}));
  CHECK_FALSE(is_refused({"Transfer-Encoding: chunked"}));
}

TEST_CASE("head: an interim answer's fields are forgotten") {
  AnswerHead head;
  head.add("HTTP/1.1 103 Early Hints\r\n");
  head.add("ETag: \"early\"\r\n");
  head.add("Location: /elsewhere\r\n");
  head.add("\r\n");
  head.add("HTTP/2 304 \r\n");
  CHECK(head.status() == 304);
  CHECK_FALSE(head.has_location());
  Page page;
  head.move_to(page);
  CHECK(page.etag.empty());
}
