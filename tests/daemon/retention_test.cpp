#include <boost/asio/io_context.hpp>

#include "base/limits.hpp"
#include "base/task_group.hpp"
#include "daemon/reader.hpp"
#include "daemon/store.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/store_fixture.hpp"

using namespace siftd;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

using Clock = std::chrono::system_clock;

void fill(Store& opened, std::uint64_t events) {
  opened.begin();
  for (std::uint64_t article = 1; article <= events; ++article) {
    WriteSet writes = event_writes(article, 1000);
    opened.apply(writes);
  }
  opened.commit();
}

Store::Forgotten forget_all(Store& opened, const Retention& retention,
                            Clock::time_point now) {
  Store::Forgotten all;
  all.is_done = false;
  while (!all.is_done) {
    const Store::Forgotten step = opened.forget(retention, now);
    all.events += step.events;
    all.untaken += step.untaken;
    all.is_done = step.is_done;
  }
  return all;
}

void set_cursor(Store& opened, std::uint64_t sequence) {
  WriteSet writes;
  writes.cursors.push_back({"sink:file", {sequence, ""}});
  store(opened, writes);
}

asio::awaitable<void> ask(Reader& reader) {
  Reader::Query query;
  query.words = "article";
  query.limit = 3;
  Result<Reader::Articles> found = co_await reader.search(query);
  REQUIRE(found.has_value());
  CHECK(found->rows.size() == 0);  // titles are kept in the row, which has none here
  query.words = "XXX";
  found = co_await reader.search(query);
  CHECK(found->rows.size() == 3);
  Result<std::optional<ArticleRow>> article = co_await reader.article(2);
  REQUIRE(article->has_value());
  CHECK((*article)->guid == "guid-2");
  article = co_await reader.article(77);
  CHECK(!article->has_value());
  found = co_await reader.by_url("guid-3");
  CHECK(found->rows.size() == 1);
  const Result<std::vector<StoredEvent>> events = co_await reader.events(2);
  REQUIRE(events->size() == 2);
  CHECK((*events)[0].sequence == 2);
  CHECK((*events)[1].sequence == 6);
}

}  // namespace

TEST_CASE("retention: by age, events go when they are older, but never the last") {
  TemporaryDirectory dir;
  Store opened(dir.path());
  fill(opened, 10);
  Retention retention;
  CHECK(forget_all(opened, retention, Clock::now()).events == 0);
  CHECK(forget_all(opened, retention, Clock::now() + retention.age + 1h).events == 9);
  CHECK(opened.oldest() == 10);
  store(opened, event_writes(11));
  CHECK(opened.newest() == 11);
}

TEST_CASE("retention: by size, the oldest go until it fits") {
  TemporaryDirectory dir;
  Store opened(dir.path());
  fill(opened, 100);
  Retention retention;
  retention.size = opened.bytes() * 505 / 1000;
  CHECK(forget_all(opened, retention, Clock::now()).events == 50);
  CHECK(opened.bytes() <= retention.size);
  CHECK(opened.oldest() == 51);
}

TEST_CASE("retention: age waits for a configured sink, size does not and counts it") {
  TemporaryDirectory dir;
  Store opened(dir.path());
  fill(opened, 10);
  Retention retention;
  retention.holders = {"sink:file"};
  const Clock::time_point later = Clock::now() + retention.age + 1h;
  CHECK(forget_all(opened, retention, later).events == 0);  // it has no place yet
  set_cursor(opened, 4);
  CHECK(forget_all(opened, retention, later).events == 4);
  CHECK(opened.oldest() == 5);
  retention.size = opened.bytes() * 6 / 10;
  const Store::Forgotten forgotten = forget_all(opened, retention, later);
  CHECK(forgotten.events == 3);
  CHECK(forgotten.untaken == 3);
}

TEST_CASE("retention: keys, texts and the memory of copies go in their time") {
  TemporaryDirectory dir;
  Store opened(dir.path());
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(Clock::now().time_since_epoch())
          .count();
  WriteSet writes = event_writes(1, 100);
  writes.articles[0].last_changed = now;
  writes.seen[0].listed_day = static_cast<std::int32_t>(now / 86400);
  writes.memory.push_back({1, now, "blob"});
  store(opened, writes);
  const auto has_memory = [&] {
    bool found = false;
    opened.each_memory([&](MemoryRow) { found = true; });
    return found;
  };
  forget_all(opened, {}, Clock::now() + 6 * 24h);
  CHECK(has_memory());
  CHECK(!opened.article(1)->text.empty());
  forget_all(opened, {}, Clock::now() + 9 * 24h);
  CHECK(!has_memory());
  CHECK(opened.article(1)->text.empty());
  CHECK(opened.find(1));
  forget_all(opened, {}, Clock::now() + 92 * 24h);
  CHECK(!opened.find(1));
  CHECK(!opened.article(1));
}

TEST_CASE("reader: articles are found, and an article's events without an index") {
  TemporaryDirectory dir;
  Store opened(dir.path());
  fill(opened, 5);
  store(opened, event_writes(2, 10));
  asio::io_context loop;
  Reader reader(loop.get_executor(), opened.file());
  TaskGroup group(loop.get_executor());
  group.spawn(ask(reader));
  loop.run();
  group.check();
}
