#include "daemon/recorder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "base/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/store_fixture.hpp"

using namespace siftd;
namespace asio = boost::asio;

namespace {

// Runs a task to its end on a loop of its own; rethrows what it threw.
struct Loop {
  asio::io_context context;
  TaskGroup group{context.get_executor()};
  void run(asio::awaitable<void> task) {
    group.spawn(std::move(task));
    context.run();
    context.restart();
    group.check();
  }
};

asio::awaitable<void> record_event(Recorder& recorder, std::uint64_t article,
                                   std::size_t size = 0) {
  Recorder::Decide decide = [article, size](Store&) {
    return event_writes(article, size);
  };
  co_await recorder.record(std::move(decide));
}

asio::awaitable<void> record_and_read(Recorder& recorder) {
  co_await record_event(recorder, 1);
  CHECK(recorder.journal().newest() == 1);
  Result<EventBatch> batch = co_await recorder.journal().read(1, 1000);
  REQUIRE(batch.has_value());
  REQUIRE((*batch)->size() == 1);
  CHECK((**batch)[0].sequence == 1);
  CHECK((**batch)[0].feed == "example");
  CHECK((**batch)[0].feed_tags == std::vector<std::string>{"world", "news"});
  CHECK((**batch)[0].line.find("\"00000000000000000001\"") != std::string::npos);
  batch = co_await recorder.journal().read(2, 1000);
  CHECK((*batch)->empty());
}

asio::awaitable<void> wait_for(Journal& journal, std::uint64_t sequence, bool& came) {
  co_await journal.wait_beyond(sequence);
  came = true;
}

asio::awaitable<void> failing(Recorder& recorder) {
  Recorder::Decide decide = [](Store&) -> WriteSet {
    throw std::runtime_error("no");
  };
  bool threw = false;
  try {
    co_await recorder.record(std::move(decide));
  } catch (const std::runtime_error& error) {
    threw = std::string(error.what()) == "no";
  }
  CHECK(threw);
  co_await record_event(recorder, 3);
  CHECK(recorder.journal().newest() == 1);
}

asio::awaitable<void> read_all(Journal& journal, std::uint64_t from,
                               std::size_t max_bytes, std::vector<StoredEvent>& to) {
  while (true) {
    Result<EventBatch> batch = co_await journal.read(from, max_bytes);
    REQUIRE(batch.has_value());
    if ((*batch)->empty()) {
      co_return;
    }
    to.insert(to.end(), (*batch)->begin(), (*batch)->end());
    from = to.back().sequence + 1;
  }
}

}  // namespace

TEST_CASE("recorder: what was recorded is durable and can be read") {
  TemporaryDirectory dir;
  Loop loop;
  Store opened(dir.path());
  Recorder recorder(loop.context.get_executor(), opened);
  loop.run(record_and_read(recorder));
}

TEST_CASE("recorder: a job sees what earlier jobs of its group wrote") {
  TemporaryDirectory dir;
  Loop loop;
  Store opened(dir.path());
  Recorder recorder(loop.context.get_executor(), opened);
  int known = 0;
  const auto one = [&](std::uint64_t article) -> asio::awaitable<void> {
    Recorder::Decide decide = [&known, article](Store& store) {
      known += article > 1 && store.find(article - 1) ? 1 : 0;
      return event_writes(article);
    };
    return recorder.record(std::move(decide));
  };
  for (std::uint64_t article = 1; article <= 500; ++article) {
    loop.group.spawn(one(article));
  }
  loop.context.run();
  CHECK(known == 499);
  CHECK(recorder.journal().newest() == 500);
  CHECK(recorder.counters().commits < 250);
}

TEST_CASE("recorder: who waits for events is woken by them") {
  TemporaryDirectory dir;
  Loop loop;
  Store opened(dir.path());
  Recorder recorder(loop.context.get_executor(), opened);
  bool came = false;
  loop.group.spawn(wait_for(recorder.journal(), 0, came));
  loop.run(record_event(recorder, 1));
  CHECK(came);
}

TEST_CASE("recorder: a decision that throws concerns its caller alone") {
  TemporaryDirectory dir;
  Loop loop;
  Store opened(dir.path());
  Recorder recorder(loop.context.get_executor(), opened);
  loop.run(failing(recorder));
}

TEST_CASE("recorder: its end finishes the queue") {
  TemporaryDirectory dir;
  {
    asio::io_context context;
    Store opened(dir.path());
    Recorder recorder(context.get_executor(), opened);
    for (std::uint64_t article = 1; article <= 100; ++article) {
      recorder.enqueue([article](Store&) { return event_writes(article); });
    }
  }
  Store opened(dir.path());
  CHECK(opened.newest() == 100);
}

TEST_CASE("journal: the same bytes from memory and from the disk, whatever the batch") {
  TemporaryDirectory dir;
  std::vector<StoredEvent> live;
  {
    Loop loop;
    Store opened(dir.path());
    Recorder recorder(loop.context.get_executor(), opened);
    for (std::uint64_t article = 1; article <= 300; ++article) {
      loop.group.spawn(record_event(recorder, article, article * 37 % 5000));
    }
    loop.context.run();
    loop.context.restart();
    loop.run(read_all(recorder.journal(), 1, 10000, live));
  }
  REQUIRE(live.size() == 300);
  Loop loop;
  Store opened(dir.path());
  Recorder recorder(loop.context.get_executor(), opened);
  for (const std::size_t max_bytes : {1u, 1000u, 50000u, 10000000u}) {
    std::vector<StoredEvent> again;
    loop.run(read_all(recorder.journal(), 1, max_bytes, again));
    REQUIRE(again.size() == live.size());
    for (std::size_t i = 0; i < live.size(); ++i) {
      REQUIRE(again[i].sequence == i + 1);
      REQUIRE(again[i].line == live[i].line);
    }
    std::vector<StoredEvent> part;
    loop.run(read_all(recorder.journal(), 250, max_bytes, part));
    CHECK(part.size() == 51);
  }
}

TEST_CASE("journal: who starts over together, or is cut off meanwhile, disturbs nobody") {
  TemporaryDirectory dir;
  {
    Loop loop;
    Store opened(dir.path());
    Recorder recorder(loop.context.get_executor(), opened);
    for (std::uint64_t article = 1; article <= 500; ++article) {
      loop.group.spawn(record_event(recorder, article, 4000));
    }
    loop.context.run();
    loop.group.check();
  }
  Loop loop;
  Store opened(dir.path());
  Recorder recorder(loop.context.get_executor(), opened);
  std::vector<std::vector<StoredEvent>> read(20);
  std::vector<StoredEvent> lost;
  TaskGroup cut_off(loop.context.get_executor());
  cut_off.spawn(read_all(recorder.journal(), 1, 20000, lost));
  for (std::vector<StoredEvent>& to : read) {
    loop.group.spawn(read_all(recorder.journal(), 1, 20000, to));
  }
  loop.context.run_one();  // all wait for what the first has asked for
  cut_off.stop();
  loop.context.run();
  loop.group.check();
  for (const std::vector<StoredEvent>& events : read) {
    REQUIRE(events.size() == 500);
    for (std::size_t i = 0; i < events.size(); ++i) {
      REQUIRE(events[i].sequence == i + 1);
    }
  }
}
