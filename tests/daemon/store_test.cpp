#include "daemon/store.hpp"

#include <fstream>
#include <limits>

#include "daemon/salvage.hpp"
#include "daemon/schema.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/store_fixture.hpp"

using namespace siftd;
namespace fs = std::filesystem;

namespace {

std::string read_all(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

StoreError::Kind refusal(const fs::path& dir, std::string* what = nullptr) {
  try {
    Store store(dir);
  } catch (const StoreError& error) {
    if (what != nullptr) {
      *what = error.what();
    }
    return error.kind();
  }
  FAIL("it was opened");
  return {};
}

}  // namespace

TEST_CASE("store: everything written is there after it was opened again") {
  TemporaryDirectory dir;
  const std::uint64_t big = std::numeric_limits<std::uint64_t>::max();
  ArticleRow article;
  article.id = big;
  article.feed_url = "https://example.org/rss";
  article.feed = "example";
  article.guid = std::string("g\0uid", 5);
  article.url = "https://example.org/a";
  article.title = "Title";
  article.text = "Text";
  article.removed_json = "[]";
  article.revision = 3;
  article.text_hash = big - 1;
  article.story = 7;
  article.duplicate_of = 9;
  article.similarity = .5;
  article.kind = CopyKind::near;
  article.text_from = TextFrom::page;
  article.first_seen = 1;
  article.last_changed = 2;
  article.look_again = 3;
  article.looked = 4;
  article.is_removed = true;
  article.titles = std::string("t\0", 2);
  {
    Store opened(dir.path() / "deep" / "state");
    WriteSet writes;
    writes.feeds.push_back({"u", std::string("\0state", 6), false});
    writes.seen.push_back({big, 1, big, 12});
    writes.articles.push_back(article);
    writes.memory.push_back({2, 20, "late"});
    writes.memory.push_back({1, 10, "early"});
    writes.sites.push_back({"example.org", "blob"});
    writes.cursors.push_back({"sink", {12, "state"}});
    writes.settings.push_back({"key", "value"});
    CHECK(!writes.is_empty());
    store(opened, writes);
  }
  Store opened(dir.path() / "deep" / "state");
  CHECK(opened.find(big)->item_hash == big);
  CHECK(opened.find(big)->listed_day == 12);
  CHECK(!opened.find(1));
  const ArticleRow found = *opened.article(big);
  CHECK(found.guid == article.guid);
  CHECK(found.text_hash == article.text_hash);
  CHECK(found.similarity == article.similarity);
  CHECK(found.kind == CopyKind::near);
  CHECK(found.text_from == TextFrom::page);
  CHECK(found.is_removed);
  CHECK(found.looked == 4);
  CHECK(found.titles == article.titles);
  CHECK(found.text == "Text");
  CHECK(found.removed_json == "[]");
  CHECK(opened.due_again(2, 10).empty());
  CHECK(opened.due_again(3, 10).size() == 1);
  CHECK(opened.site("example.org")->blob == "blob");
  CHECK(opened.cursor("sink")->sequence == 12);
  CHECK(opened.cursor("sink")->state == "state");
  CHECK(opened.setting("key") == "value");
  CHECK(!opened.setting("other"));
  std::string order;
  opened.each_memory([&](MemoryRow row) { order += row.blob; });
  CHECK(order == "earlylate");
  std::size_t states = 0;
  opened.feed_states({"never heard of", "u"},
                     [&](std::size_t place, std::string_view state) {
                       CHECK(place == 1);
                       CHECK(state == std::string("\0state", 6));
                       ++states;
                     });
  CHECK(states == 1);
}

TEST_CASE("store: a feed that is erased is gone") {
  TemporaryDirectory dir;
  Store opened(dir.path());
  WriteSet writes;
  writes.feeds.push_back({"u", "s", false});
  store(opened, writes);
  writes.feeds[0].erase = true;
  store(opened, writes);
  opened.feed_states({"u"}, [](std::size_t, std::string_view) { FAIL("still there"); });
}

TEST_CASE("store: sequences start with 1, have no gaps, and stand in the lines") {
  TemporaryDirectory dir;
  {
    Store opened(dir.path());
    CHECK(opened.newest() == 0);
    CHECK(opened.oldest() == 1);
    WriteSet writes = event_writes(5);
    opened.begin();
    opened.apply(writes);
    CHECK(opened.newest() == 1);
    CHECK(writes.events[0].line.find("\"sequence\":\"00000000000000000001\"") !=
          std::string::npos);
    opened.rollback();
    CHECK(opened.newest() == 0);
    CHECK(!opened.article(5));
    // The same writes again: applied as if for the first time.
    opened.begin();
    opened.apply(writes);
    opened.commit();
    CHECK(opened.newest() == 1);
    store(opened, event_writes(6));
    CHECK(opened.newest() == 2);
  }
  Store opened(dir.path());
  CHECK(opened.newest() == 2);
  store(opened, event_writes(7));
  CHECK(opened.newest() == 3);
}

TEST_CASE("hostile 68: a second store on one directory names the first one's process") {
  TemporaryDirectory dir;
  Store opened(dir.path());
  std::string what;
  CHECK(refusal(dir.path(), &what) == StoreError::Kind::in_use);
  CHECK(what.find(std::to_string(::getpid())) != std::string::npos);
  CHECK(what.find(dir.path().string()) != std::string::npos);
}

TEST_CASE("hostile 69: the state of a newer version is refused and not touched") {
  TemporaryDirectory dir;
  const fs::path file = dir.path() / "siftd.db";
  { Store opened(dir.path()); }
  {
    Database database(file, Database::Access::read_write);
    database.execute("PRAGMA user_version = 99");
  }
  const std::string before = read_all(file);
  CHECK(refusal(dir.path()) == StoreError::Kind::newer);
  CHECK(read_all(file) == before);
  CHECK(!fs::exists(dir.path() / "siftd.db-wal"));
}

TEST_CASE("store: a directory that cannot be made or written is named") {
  TemporaryDirectory dir;
  std::ofstream(dir.path() / "file") << "x";
  std::string what;
  CHECK(refusal(dir.path() / "file" / "state", &what) == StoreError::Kind::cannot_open);
  CHECK(what.find((dir.path() / "file" / "state").string()) != std::string::npos);
}

TEST_CASE("store: files are not for everybody") {
  TemporaryDirectory dir;
  Store opened(dir.path() / "state");
  for (const char* name : {"siftd.db", "siftd.db-wal", "siftd.lock"}) {
    const fs::perms mode = fs::status(dir.path() / "state" / name).permissions();
    CHECK((mode & fs::perms::others_all) == fs::perms::none);
  }
  CHECK((fs::status(dir.path() / "state").permissions() & fs::perms::others_all) ==
        fs::perms::none);
}

TEST_CASE("store: each earlier version is migrated to this one") {
  const auto steps = schema_steps();
  for (std::size_t version = 0; version <= steps.size(); ++version) {
    TemporaryDirectory dir;
    {
      Database database(dir.path() / "siftd.db", Database::Access::read_write);
      migrate(database, steps.subspan(0, version));
      if (version > 0) {
        database.execute("INSERT INTO settings (key, value) VALUES (x'6b', x'76')");
      }
    }
    CHECK(schema_version(dir.path() / "siftd.db") == version);
    Store opened(dir.path());
    CHECK(opened.setting("k").has_value() == (version > 0));
    store(opened, event_writes(1));
    CHECK(opened.newest() == 1);
  }
}

TEST_CASE("store: a migration that fails leaves the version before it") {
  TemporaryDirectory dir;
  Database database(dir.path() / "x.db", Database::Access::read_write);
  const std::vector<const char*> steps = {
      "CREATE TABLE a (b)", "CREATE TABLE c (d); INSERT INTO nowhere VALUES (1)"};
  CHECK_THROWS_AS(migrate(database, steps), StoreError);
  CHECK(database.integer("PRAGMA user_version") == 1);
  CHECK(database.integer("SELECT count(*) FROM sqlite_master WHERE name = 'c'") == 0);
}
