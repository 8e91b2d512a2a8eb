#include "daemon/feed_list.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

namespace {

using namespace siftd;

Shared<FeedConfig> feed(const std::string& url, const std::string& name) {
  FeedConfig config;
  config.url = url;
  config.name = name;
  return Shared<FeedConfig>(std::move(config));
}

Config two_feeds() {
  Config config;
  config.feeds = {feed("https://a.example/", "a"), feed("https://b.example/", "b")};
  return config;
}

std::vector<std::string> names(const std::vector<Shared<FeedConfig>>& feeds) {
  std::vector<std::string> result;
  for (const Shared<FeedConfig>& one : feeds) {
    result.push_back(one->name.str());
  }
  return result;
}

}  // namespace

TEST_CASE("feed list: without edits it is the configuration's, and the same objects",
          "[config]") {
  const Config config = two_feeds();
  const auto feeds = effective_feeds(config, {});
  REQUIRE(feeds.size() == 2);
  CHECK(&*feeds[1] == &*config.feeds[1]);
}

TEST_CASE("feed list: a feed that was removed stays away until its entry changes",
          "[config]") {
  Config config = two_feeds();
  FeedEdits edits;
  edits.removed.push_back({"https://a.example/", entry_hash(*config.feeds[0])});
  CHECK(names(effective_feeds(config, edits)) == std::vector<std::string>{"b"});
  config.feeds[0].edit().tags = {"new"};
  CHECK(effective_feeds(config, edits).size() == 2);
}

TEST_CASE("feed list: what was added comes after, once, under a name of its own",
          "[config]") {
  const Config config = two_feeds();
  FeedEdits edits;
  edits.added.push_back({"https://c.example/", "", "a", {"x"}});
  edits.added.push_back({"https://b.example/", "", "other", {}});
  edits.added.push_back({"https://d.example/feed/", "me:pw", "", {}});
  const auto feeds = effective_feeds(config, edits);
  CHECK(names(feeds) == std::vector<std::string>{"a", "b", "a-2", "d.example/feed"});
  CHECK(feeds[3]->user_info == "me:pw");
  CHECK(feeds[3]->origin() == "added");
  const FeedEdits again = FeedEdits::decode(edits.encode());
  CHECK(again == edits);
}
