#include "daemon/config.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>

#include "daemon/config_values.hpp"
#include "daemon/feed_url.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/config_fixture.hpp"

using namespace siftd;
using namespace siftd::test;
using namespace std::chrono_literals;

TEST_CASE("sizes are read in units of 1000 and of 1024", "[config]") {
  CHECK(parse_size("64MiB") == 64ull << 20);
  CHECK(parse_size("10 GiB") == 10ull << 30);
  CHECK(parse_size("512kB") == 512'000u);
  CHECK(parse_size("1.5KiB") == 1536u);
  CHECK(parse_size("0") == 0u);
  for (const char* wrong : {"", "MiB", "-1", "1.3B", "64 M", "64mib", "inf", "nan", "1e3",
                            "99999999999999TiB", "64MiB ", " 64MiB", "0x10"}) {
    INFO(wrong);
    CHECK(!parse_size(wrong));
  }
}

TEST_CASE("durations are read with their units, which may be joined", "[config]") {
  CHECK(parse_duration("90s") == 90s);
  CHECK(parse_duration("15m") == 15min);
  CHECK(parse_duration("14d") == 14 * 24h);
  CHECK(parse_duration("2w") == 14 * 24h);
  CHECK(parse_duration("200ms") == 200ms);
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("1.5h") == 90min);
  CHECK(parse_duration("0s") == 0s);
  for (const char* wrong : {"", "90", "s", "-1s", "1 s", "1y", "1S", "1e9s", "0.1ms",
                            "inf", "9999999999d", "1s2"}) {
    INFO(wrong);
    CHECK(!parse_duration(wrong));
  }
}

TEST_CASE("what is formatted reads back as the same", "[config]") {
  for (const std::uint64_t size :
       {0ull, 1ull, 1000ull, 1024ull, 1536ull, 64ull << 20, 10'000'000ull, 10ull << 30}) {
    CHECK(parse_size(format_size(size)) == size);
  }
  for (const std::chrono::milliseconds time :
       {0ms, 1ms, 1000ms, 1500ms, 90'000ms, 5'400'000ms, 604'800'000ms, 864'000'000ms}) {
    CHECK(parse_duration(format_duration(time)) == time);
  }
  CHECK(format_duration(24h * 10) == "10d");
  CHECK(format_duration(24h * 14) == "2w");
}

TEST_CASE("networks and addresses are told from what only looks like them", "[config]") {
  CHECK(is_network("10.20.0.0/16"));
  CHECK(is_network("127.0.0.1"));
  CHECK(is_network("fd00::/8"));
  CHECK(!is_network("10.20.0.0/33"));
  CHECK(!is_network("fd00::/129"));
  CHECK(!is_network("10.20/16"));
  CHECK(!is_network("example.org"));
  CHECK(is_host_and_port("127.0.0.1:7600"));
  CHECK(is_host_and_port("[::1]:7600"));
  CHECK(is_host_and_port("localhost:0"));
  CHECK(!is_host_and_port("::1:7600"));
  CHECK(!is_host_and_port("127.0.0.1"));
  CHECK(!is_host_and_port("127.0.0.1:70000"));
  CHECK(!is_host_and_port(":7600"));
}

TEST_CASE("an empty configuration has the documented defaults", "[config]") {
  const Config config = good("");
  CHECK(config.state_dir == "/var/lib/siftd");
  CHECK(config.http.listen == "127.0.0.1:7600");
  CHECK(config.fetch->interval == 30min);
  CHECK(config.fetch->min_interval == 5min);
  CHECK(config.fetch->max_interval == 24h);
  CHECK(config.fetch->max_body == 16ull << 20);
  CHECK(config.fetch->concurrency == 256);
  CHECK(config.dedup.threshold == 0.8);
  CHECK(config.store.retention_size == 10ull << 30);
  CHECK(config.clean.rules.size() == 1);
  CHECK(config.clean.rules.front().ends_with("/rules.d/*.toml"));
  CHECK(config.clean.rules.front().starts_with("/"));
}

TEST_CASE("every key of the configuration is understood", "[config]") {
  const Config config = good(R"toml(
state_dir  = "/srv/siftd"
user_agent = "siftd/1.0 (+https://example.org/about)"
log        = { level = "debug", format = "json" }
[http]
listen = "unix:/run/siftd/http.sock"
token  = "hush"
public_url = "https://news.example.org"
[fetch]
interval = "10m"
min_interval = "1m"
max_interval = "2h"
timeout = "20s"
max_body = "8MiB"
concurrency = 64
per_host = 4
max_backlog = 5
full_text = "always"
allow_private = ["10.20.0.0/16", "fd00::/8"]
allow_file = true
ca_file = ""
proxy = ""
robots_articles = false
robots_feeds = true
look_again = false
[clean]
learn = false
rules = ["a.toml", "/etc/rules/*.toml"]
[dedup]
threshold = 0.9
window = "3d"
action = "mark"
[store]
retention = { age = "2d", size = "1GiB" }
[[feed]]
url = "https://www.example.org/rss.xml"
name = "example"
tags = ["world", "news"]
headers = { Authorization = "Bearer x", "X-Key" = "1" }
interval = "2m"
full_text = "never"
[[sink]]
type = "file"
name = "events"
path = "out/events.jsonl"
rotate = { size = "256MiB", every = "1d", keep = 30, compress = "zstd" }
sync = "200ms"
[[sink]]
type = "socket"
name = "live"
listen = "tcp:127.0.0.1:7601"
group = "readers"
mode = "0660"
queue = "4MiB"
types = ["siftd.article.new", "siftd.feed.status"]
feeds = ["example", "world"]
tls = { cert = "a.pem", key = "a.key" }
[[sink]]
type = "http"
name = "hook"
url = "https://example.org/hook"
secret = "s"
[[sink]]
type = "exec"
name = "child"
command = ["/bin/cat", "-u"]
)toml");
  CHECK(config.log.format == "json");
  CHECK(config.http.token == "hush");
  CHECK(config.fetch->full_text == FullText::always);
  CHECK(config.fetch->allow_private.networks.size() == 2);
  CHECK(config.fetch->allow_file);
  CHECK(!config.fetch->robots_articles);
  CHECK(config.clean.rules.back() == "/etc/rules/*.toml");
  CHECK(config.dedup.mark);
  CHECK(config.store.retention_age == 48h);
  REQUIRE(config.feeds.size() == 1);
  CHECK(config.feeds[0]->fetch->interval == 2min);
  CHECK(config.feeds[0]->fetch->full_text == FullText::never);
  CHECK(config.feeds[0]->fetch->per_host == 4);
  CHECK(config.feeds[0]->headers.size() == 2);
  CHECK(config.feeds[0]->origin() == "siftd.toml:35");
  REQUIRE(config.sinks.size() == 4);
  CHECK(config.sinks[0].path.is_absolute());
  CHECK(config.sinks[0].rotate->every == 24h);
  CHECK(config.sinks[0].sync_every == 200ms);
  CHECK(config.sinks[1].mode == 0660);
  CHECK(config.sinks[1].types.size() == 2);
  CHECK(config.sinks[3].command.size() == 2);
}

TEST_CASE("a password in a feed's url is taken out of it", "[config]") {
  const Config config =
      good("[[feed]]\nurl = \"https://me%40x:se%3Acret@Example.org:8443/a.xml?b=1\"");
  CHECK(config.feeds[0]->url == "https://Example.org:8443/a.xml?b=1");
  CHECK(config.feeds[0]->user_info == "me@x:se:cret");
  CHECK(config.feeds[0]->name == "example.org/a.xml");
  const std::string printed = print_config(config);
  CHECK(printed.find("se:cret") == std::string::npos);
  CHECK(printed.find("se%3Acret") == std::string::npos);
}

TEST_CASE("a feed without a name gets host and path, and more when that is taken",
          "[config]") {
  const Config config = good(R"(
[[feed]]
url = "https://www.example.org/feed/"
[[feed]]
url = "https://www.example.org/feed?tag=a"
[[feed]]
url = "http://www.example.org/feed?tag=a"
[[feed]]
url = "https://other.example/"
[[feed]]
url = "file:///srv/feeds/a.xml"
)");
  CHECK(config.feeds[0]->name == "www.example.org/feed");
  CHECK(config.feeds[1]->name == "www.example.org/feed?tag=a");
  CHECK(config.feeds[2]->name == "http://www.example.org/feed?tag=a");
  CHECK(config.feeds[3]->name == "other.example");
  CHECK(config.feeds[4]->name == "srv/feeds/a.xml");
  CHECK(!config.feeds[0]->is_named);
}

TEST_CASE("a secret is read from the service's credentials", "[config]") {
  const TemporaryDirectory folder;
  folder.write("token", "hush\n");
  folder.write("empty", "\n");
  const auto token = [&](const std::string& value) {
    return load_config(folder.write("siftd.toml", "[http]\ntoken = \"" + value + "\"\n"));
  };
  ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
  CHECK(token("$CREDENTIALS_DIRECTORY/token").config.http.token == "hush");
  CHECK(token("$CREDENTIALS_DIRECTORY/none").errors.size() == 1);
  CHECK(token("$CREDENTIALS_DIRECTORY/empty").errors.size() == 1);
  ::unsetenv("CREDENTIALS_DIRECTORY");
  CHECK(token("$CREDENTIALS_DIRECTORY/token").errors.size() == 1);
  CHECK(token("plain").config.http.token == "plain");
}

TEST_CASE("no secret is in what check prints, and it reads back the same", "[config]") {
  const std::string source = R"(
state_dir = "/srv/siftd"
[http]
token = "hush-1"
[fetch]
allow_private = true
[[feed]]
url = "https://a.example/1"
headers = { Authorization = "hush-2" }
timeout = "5s"
tags = ["a \"b\" \\ c"]
[[sink]]
type = "http"
url = "https://b.example/"
secret = "hush-3"
[[sink]]
type = "file"
path = "-"
sync = "never"
types = ["siftd.article.removed"]
)";
  const Config config = good(source);
  const std::string printed = print_config(config);
  CHECK(printed.find("hush") == std::string::npos);
  const Config again = good(printed);
  CHECK(again.fetch == config.fetch);
  CHECK(again.feeds[0]->fetch == config.feeds[0]->fetch);
  CHECK(again.feeds[0]->tags == config.feeds[0]->tags);
  CHECK(again.sinks[1].path == "-");
  CHECK(again.sinks[1].types == config.sinks[1].types);
  CHECK(again.store == config.store);
}

TEST_CASE("a file of many feeds is read in pieces, as if it were one", "[config]") {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "[[feed]]\nurl = \"https://a.example/" + std::to_string(i) + "\"\n";
  }
  const Config config = good(text + "[[sink]]\ntype = \"file\"\npath = \"-\"\n");
  REQUIRE(config.feeds.size() == 1000);
  CHECK(config.feeds[999]->origin() == "siftd.toml:1999");
  CHECK(config.sinks.size() == 1);
  CHECK(&*config.feeds[1]->fetch == &*config.feeds[998]->fetch);
  CHECK(mistakes(text + "[[feed]]\nurl = \"https://a.example/7\"\n") ==
        std::vector<std::string>{
            "2001:1: feed.url: \"https://a.example/7\" is also the feed at line 15: take "
            "one of the two out"});
  CHECK(mistakes(text + "[[feed]]\nurl = =\n").at(0).starts_with("2002:"));
  CHECK(mistakes("feed = []\n" + text).at(0).find("not TOML") != std::string::npos);
}

TEST_CASE("the feeds of an OPML file come after the file's own, each once", "[config]") {
  const TemporaryDirectory folder;
  folder.write("feeds.opml", R"(<?xml version="1.0"?>
<opml version="2.0"><body>
<outline text="World"><outline text="One" xmlUrl="https://a.example/1"/>
<outline text="Two" xmlUrl="https://me:pw@a.example/2"/></outline>
<outline text="Two" xmlUrl="https://a.example/3"/>
<outline text="Bad" xmlUrl="exec:rm"/>
</body></opml>)");
  folder.write("page.opml", "<html><p>hello</p></html>");
  const LoadedConfig loaded = load_config(
      folder.write("siftd.toml",
                   "[[feed]]\nurl = \"https://a.example/1\"\nname = \"mine\"\n"
                   "[fetch]\ntimeout = \"7s\"\n[[opml]]\npath = \"feeds.opml\"\n"
                   "[[sink]]\ntype = \"file\"\npath = \"-\"\n"));
  CHECK(loaded.errors.empty());
  REQUIRE(loaded.config.feeds.size() == 3);
  CHECK(loaded.config.feeds[0]->name == "mine");
  CHECK(loaded.config.feeds[1]->name == "Two");
  CHECK(loaded.config.feeds[1]->user_info == "me:pw");
  CHECK(loaded.config.feeds[1]->tags == std::vector<std::string>{"World"});
  CHECK(loaded.config.feeds[1]->fetch->timeout == 7s);
  CHECK(loaded.config.feeds[1]->origin() == "feeds.opml:4");
  CHECK(loaded.config.feeds[2]->name == "a.example/3");
  REQUIRE(loaded.warnings.size() == 1);
  CHECK(loaded.warnings[0].what.find("feeds.opml:6: left out \"exec:rm\"") !=
        std::string::npos);

  const auto only_opml = [&](const std::string& path) {
    return load_config(folder.write("b.toml", "[[opml]]\npath = \"" + path + "\"\n"));
  };
  REQUIRE(only_opml("page.opml").errors.size() == 1);
  CHECK(only_opml("page.opml").errors[0].line == 2);
  REQUIRE(only_opml("none.opml").errors.size() == 1);
  CHECK(only_opml("none.opml").errors[0].what.find("cannot be read: No such file") !=
        std::string::npos);
  CHECK(only_opml("").errors.size() == 1);
}
