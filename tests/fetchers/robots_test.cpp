#include "fetchers/robots.hpp"

#include <string>

#include "base/limits.hpp"
#include "tests/catch.hpp"

using siftd::product_token;
using siftd::RobotsRules;

namespace {

bool allows(const std::string& text, const std::string& path) {
  return RobotsRules::parse(text, "siftd").allows(path);
}

}  // namespace

TEST_CASE("robots: the longest match decides, allow before disallow") {
  const std::string text =
      "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nDisallow: /same\n"
      "Allow: /same\n";
  CHECK(allows(text, "/"));
  CHECK_FALSE(allows(text, "/a"));
  CHECK_FALSE(allows(text, "/abc"));
  CHECK(allows(text, "/a/b/x"));
  CHECK_FALSE(allows(text, "/a/b/c"));
  CHECK(allows(text, "/same"));
  CHECK(allows("User-agent: *\nDisallow: /\n", "/robots.txt"));
}

TEST_CASE("robots: wildcards and anchors") {
  const std::string text =
      "User-agent: *\nDisallow: /*.pdf$\nDisallow: /tmp/*/x\nDisallow: "
      "/q?*id=\nDisallow: /e$\n";
  CHECK_FALSE(allows(text, "/a/b.pdf"));
  CHECK(allows(text, "/a/b.pdf?x"));
  CHECK_FALSE(allows(text, "/tmp/1/2/x/y"));
  CHECK(allows(text, "/tmp/x"));
  CHECK_FALSE(allows(text, "/q?a=1&id=2"));
  CHECK_FALSE(allows(text, "/e"));
  CHECK(allows(text, "/e/"));
}

TEST_CASE("robots: the group that names us, else that of everyone; groups add up") {
  const std::string text =
      "user-agent: other\nuser-agent: SIFTD/2.0\ndisallow: /ours\n\n"
      "User-Agent: *\nDisallow: /\n\nUser-agent: siftd\nDisallow: /too # comment\n";
  CHECK(allows(text, "/x"));
  CHECK_FALSE(allows(text, "/ours"));
  CHECK_FALSE(allows(text, "/too"));
  CHECK_FALSE(RobotsRules::parse(text, "nobody").allows("/x"));
  CHECK(allows("User-agent: siftdbot\nDisallow: /\n", "/x"));
}

TEST_CASE("robots: line ends, byte order marks, empty rules and other keys") {
  CHECK_FALSE(allows("\xef\xbb\xbfUser-agent: *\rDisallow: /x\r\n", "/x"));
  CHECK(allows("User-agent: *\nDisallow:\n", "/x"));
  CHECK_FALSE(allows("User-agent: *\nSitemap: http://a/s\nDisallow: /x", "/x"));
  CHECK_FALSE(allows("User-agent : *\n Disallow : /x ", "/x"));
}

TEST_CASE("robots: escapes are compared in one form") {
  CHECK_FALSE(allows("User-agent: *\nDisallow: /caf\xc3\xa9\n", "/caf%c3%a9"));
  CHECK_FALSE(allows("User-agent: *\nDisallow: /%7Ejoe\n", "/~joe"));
  CHECK(allows("User-agent: *\nDisallow: /a%2fb\n", "/a/b"));
}

TEST_CASE("robots: hostile 56: what is no robots.txt forbids nothing") {
  CHECK(allows("<!DOCTYPE html><html><body>Disallow: everything</body></html>", "/x"));
  CHECK(allows("", "/x"));
  CHECK(allows(std::string(1000, '\0'), "/x"));
  CHECK(allows("Disallow: /\n", "/x"));  // of no group
}

TEST_CASE("robots: hostile 56: a file of 10 MB is read to the limit, in linear time") {
  std::string text = "User-agent: *\nDisallow: /early\n";
  while (text.size() < 10u << 20) {
    text += "Disallow: /" + std::string(200, '*') + "x\n";
  }
  text += "Disallow: /late\n";
  const RobotsRules rules = RobotsRules::parse(text, "siftd");
  CHECK_FALSE(rules.allows("/early"));
  CHECK(rules.allows("/late/" + std::string(2000, 'a')));
}

TEST_CASE("robots: crawl delays, sane ones") {
  const auto delay = [](const std::string& value) {
    return RobotsRules::parse("User-agent: *\nCrawl-delay: " + value, "siftd")
        .crawl_delay();
  };
  CHECK(delay("2") == std::chrono::seconds(2));
  CHECK(delay("0.5") == std::chrono::milliseconds(500));
  CHECK_FALSE(delay("soon"));
  CHECK_FALSE(delay("-1"));
  CHECK_FALSE(delay("nan"));
  CHECK_FALSE(delay("1e30"));
}

TEST_CASE("robots: the product token is what stands before the version") {
  CHECK(product_token("siftd/1.0 (+https://example.org/)") == "siftd");
  CHECK(product_token("My-Bot_x 2") == "My-Bot_x");
  CHECK(product_token("") == "");
}
