// What a configuration can have wrong, and how that is told.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>

#include "daemon/config.hpp"
#include "daemon/config_values.hpp"
#include "daemon/feed_url.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/config_fixture.hpp"

using namespace siftd;
using namespace siftd::test;
using namespace std::chrono_literals;

TEST_CASE("all mistakes are told at once, in the order of the file", "[config]") {
  const std::vector<std::string> found = mistakes(R"(state_dri = "/srv/siftd"
[fetch]
interval = "soon"
per_host = "2"
[[feed]]
url = "ftp://example.org/x"
[[sink]]
type = "socket"
path = "/x"
)");
  REQUIRE(found.size() == 6);
  CHECK(found[0] == "1:1: state_dri: unknown key; did you mean \"state_dir\"?");
  CHECK(found[1].starts_with("3:12: fetch.interval: \"soon\" is no duration"));
  CHECK(found[2] == "4:12: fetch.per_host: is a string, must be an integer");
  CHECK(found[3].starts_with("6:7: feed.url: \"ftp://example.org/x\" is no address"));
  CHECK(found[4].starts_with("7:1: sink.listen: is missing"));
  CHECK(found[5] == "9:1: sink.path: only sinks of type \"file\" have one");
}

TEST_CASE("a mistake of syntax is told with its place", "[config]") {
  const std::vector<std::string> found = mistakes("state_dir = \"/x\"\n[fetch\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("2:7: not TOML: "));
}

TEST_CASE("a value that cannot be is refused with what could be", "[config]") {
  CHECK(
      is_one_mistake("[fetch]\nmax_body = \"0\"", "2:12: fetch.max_body: 0B is out of"));
  CHECK(
      is_one_mistake("[fetch]\nconcurrency = 0", "2:15: fetch.concurrency: 0 is out of"));
  CHECK(
      is_one_mistake("[fetch]\nmax_backlog = -1", "2:15: fetch.max_backlog: -1 is out"));
  CHECK(
      is_one_mistake("[fetch]\ntimeout = 30", "2:11: fetch.timeout: must be a duration"));
  CHECK(is_one_mistake("[fetch]\ninterval = \"500ms\"", "2:12: fetch.interval: "));
  CHECK(is_one_mistake("[fetch]\nmin_interval = \"2h\"\nmax_interval = \"1h\"",
                       "2:16: fetch.min_interval: \"2h\" is above"));
  CHECK(is_one_mistake("[fetch]\nfull_text = \"allways\"",
                       "2:13: fetch.full_text: \"allways\" is not one of"));
  CHECK(is_one_mistake("[fetch]\nallow_private = \"yes\"", "2:17: fetch.allow_private"));
  CHECK(is_one_mistake("[fetch]\nallow_private = [\"10.0.0.0/99\"]", "2:18: "));
  CHECK(is_one_mistake("[fetch]\nca_file = \"/none/such.pem\"", "2:11: fetch.ca_file"));
  CHECK(is_one_mistake("[dedup]\nthreshold = 1.2", "2:13: dedup.threshold"));
  CHECK(is_one_mistake("[dedup]\nthreshold = nan", "2:13: dedup.threshold"));
  CHECK(is_one_mistake("[dedup]\naction = \"keep\"", "2:10: dedup.action"));
  CHECK(is_one_mistake("[http]\nlisten = \"7600\"", "2:10: http.listen"));
  CHECK(is_one_mistake("user_agent = \"a\\nb\"", "1:14: user_agent"));
  CHECK(is_one_mistake("log = \"debug\"", "1:7: log: is a string, must be a table"));
  CHECK(is_one_mistake("[store]\nretention = { aeg = \"1d\" }",
                       "2:15: store.retention.aeg: unknown key; did you mean \"age\"?"));
  CHECK(is_one_mistake("state_dir = \"\"", "1:13: state_dir: is empty"));
}

TEST_CASE("an interval beside its bounds must fit; an inherited bound gives way",
          "[config]") {
  CHECK(is_one_mistake("[fetch]\ninterval = \"1m\"\nmin_interval = \"5m\"",
                       "2:12: fetch.interval: \"1m\" is below min_interval"));
  const Config config = good(R"([fetch]
interval = "1s"
[[feed]]
url = "https://a.example/1"
min_interval = "1h"
[[feed]]
url = "https://a.example/2"
max_interval = "2s"
)");
  CHECK(config.fetch->min_interval == 1s);
  CHECK(config.feeds[0]->fetch->interval == 1h);
  CHECK(config.feeds[1]->fetch->max_interval == 2s);
  CHECK(config.feeds[1]->fetch->interval == 1s);
}

TEST_CASE("[feed] with single brackets is explained", "[config]") {
  CHECK(is_one_mistake("[feed]\nurl = \"https://a.example/\"",
                       "1:1: feed: there may be several: write [[feed]]"));
}

TEST_CASE("what would be ambiguous is refused with both lines", "[config]") {
  CHECK(
      is_one_mistake("[[feed]]\nurl=\"https://a.example/1\"\nname=\"x\"\n"
                     "[[feed]]\nurl=\"https://a.example/2\"\nname=\"x\"\n",
                     "4:1: feed.name: \"x\" is also the feed's at line 1"));
  CHECK(is_one_mistake(
      "[[feed]]\nurl=\"https://a.example/1\"\n"
      "[[feed]]\nurl=\"https://a.example/1\"\n",
      "3:1: feed.url: \"https://a.example/1\" is also the feed at line 1"));
  CHECK(
      is_one_mistake("[[sink]]\ntype=\"file\"\npath=\"/a\"\n"
                     "[[sink]]\ntype=\"file\"\nname=\"b\"\npath=\"/a\"\n",
                     "7:6: sink.path: \"/a\" is also the sink's at line 1"));
}

TEST_CASE("addresses that no feed can have are refused", "[config]") {
  for (const char* url :
       {"example.org/feed", "gopher://x/", "https://", "https://:80/", "https://a:b/",
        "https://a.example:70000/", "https://a.example/a b", "file:x.xml", "javascript:x",
        "https://user@/"}) {
    INFO(url);
    FeedUrl parts;
    std::string why;
    CHECK(!split_feed_url(url, parts, why));
    CHECK(!why.empty());
  }
  for (const char* url : {"https://a.example", "HTTP://A.example/x", "http://[::1]:80/x",
                          "https://a.example:443/ä?q=|", "file:///x.xml"}) {
    INFO(url);
    FeedUrl parts;
    std::string why;
    CHECK(split_feed_url(url, parts, why));
  }
}

TEST_CASE("headers that would break or redirect a request are refused", "[config]") {
  const std::string feed = "[[feed]]\nurl=\"https://a.example/\"\nheaders = ";
  CHECK(is_one_mistake(feed + "{ Host = \"b\" }", "3:20: feed.headers.Host"));
  CHECK(is_one_mistake(feed + "{ \"a b\" = \"c\" }", "3:21: feed.headers.a b"));
  CHECK(is_one_mistake(feed + "{ A = \"b\\r\\nC: d\" }", "3:17: feed.headers.A"));
  CHECK(is_one_mistake(feed + "{ A = 1 }", "3:17: feed.headers.A: is an integer"));
}

TEST_CASE("sinks are told what they lack and what they cannot have", "[config]") {
  CHECK(is_one_mistake("[[sink]]\nname=\"x\"", "1:1: sink.type: is missing"));
  CHECK(is_one_mistake("[[sink]]\ntype=\"flie\"",
                       "2:6: sink.type: \"flie\" is not one of"));
  CHECK(is_one_mistake("[[sink]]\ntype=\"file\"", "1:1: sink.path: is missing"));
  CHECK(
      is_one_mistake("[[sink]]\ntype=\"file\"\npath=\"/x/\"", "3:6: sink.path: names a"));
  CHECK(is_one_mistake("[[sink]]\ntype=\"file\"\npath=\"-\"\nrotate={size=\"1MiB\"}",
                       "4:8: sink.rotate: stdout"));
  CHECK(is_one_mistake("[[sink]]\ntype=\"file\"\npath=\"/x\"\nrotate={keep=3}",
                       "4:8: sink.rotate: says not when"));
  CHECK(is_one_mistake("[[sink]]\ntype=\"file\"\npath=\"/x\"\nsync=\"often\"", "4:6: "));
  CHECK(
      is_one_mistake("[[sink]]\ntype=\"socket\"\nlisten=\"/run/x\"", "3:8: sink.listen"));
  CHECK(
      is_one_mistake("[[sink]]\ntype=\"socket\"\nlisten=\"unix:x\"", "3:8: sink.listen"));
  CHECK(is_one_mistake(
      "[[sink]]\ntype=\"socket\"\nlisten=\"unix:/" + std::string(108, 'x') + "\"",
      "3:8: sink.listen: the path is longer"));
  CHECK(
      is_one_mistake("[[sink]]\ntype=\"socket\"\nlisten=\"tcp:a:1\"\nconnect=\"tcp:b:1\"",
                     "4:9: sink.connect: a sink listens or connects"));
  CHECK(is_one_mistake("[[sink]]\ntype=\"socket\"\nlisten=\"tcp:a:1\"\nmode=\"999\"",
                       "4:6: sink.mode"));
  CHECK(is_one_mistake(
      "[[sink]]\ntype=\"file\"\npath=\"/x\"\ntypes=[\"siftd.article.nwe\"]",
      "4:7: sink.types: \"siftd.article.nwe\" is no type of event; did you mean"));
  CHECK(
      is_one_mistake("[[sink]]\ntype=\"exec\"\ncommand=[\"cat\"]", "3:9: sink.command"));
  CHECK(is_one_mistake("[[sink]]\ntype=\"http\"\nurl=\"example.org\"", "3:5: sink.url"));
}

TEST_CASE("no file, a directory: one line that says so", "[config]") {
  const TemporaryDirectory folder;
  const LoadedConfig none = load_config(folder.path() / "none.toml");
  REQUIRE(none.errors.size() == 1);
  CHECK(none.errors[0].to_string().find("none.toml: cannot be read: No such file") !=
        std::string::npos);
  const LoadedConfig directory = load_config(folder.path());
  REQUIRE(directory.errors.size() == 1);
  CHECK(directory.errors[0].what.starts_with("is a directory"));
}

TEST_CASE("a sink that waits for a feed which is not here is worth a warning",
          "[config]") {
  const LoadedConfig loaded = load(
      "[[feed]]\nurl=\"https://a.example/\"\ntags=[\"world\"]\n"
      "[[sink]]\ntype=\"file\"\npath=\"-\"\nfeeds=[\"word\", \"world\"]\n");
  CHECK(loaded.errors.empty());
  REQUIRE(loaded.warnings.size() == 1);
  CHECK(loaded.warnings[0].line == 4);
}

TEST_CASE("a configuration cut anywhere, or with any byte changed, is read or refused",
          "[config]") {
  const std::string whole =
      "state_dir = \"/x\"\nlog = { level = \"info\" }\n[fetch]\ninterval = \"1m\"\n"
      "allow_private = [\"10.0.0.0/8\"]\n[[feed]]\nurl = \"https://u:p@a.example/x\"\n"
      "headers = { A = \"b\" }\n[[sink]]\ntype = \"file\"\npath = \"-\"\nsync = \"1s\"\n";
  const TemporaryDirectory folder;
  std::mt19937 random(7);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    load_config(folder.write("siftd.toml", whole.substr(0, i)));
    std::string changed = whole;
    changed[i] = static_cast<char>(random() & 0xff);
    const LoadedConfig loaded = load_config(folder.write("siftd.toml", changed));
    for (const ConfigError& error : loaded.errors) {
      CHECK(!error.what.empty());
    }
  }
}
