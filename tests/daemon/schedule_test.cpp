#include "daemon/schedule.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "tests/catch.hpp"

using siftd::Schedule;
using namespace std::chrono_literals;
using Time = Schedule::Time;

namespace {

const Time kStart = Time() + 1000h;

// Runs a schedule: each job takes `busy`, then is due again after `interval`.
struct World {
  Schedule schedule{kStart};
  Time now = kStart;
  std::vector<std::pair<Time, Schedule::Job>> running;
  std::vector<std::pair<Time, Schedule::Job>> starts;
  Schedule::Wait busy = 100ms;
  Schedule::Wait interval = 30min;
  Schedule::Ending ending;
  std::size_t most = 0;

  void start_all() {
    while (const auto page = schedule.next_page(now)) {
      begin(*page);
    }
    while (const auto feed = schedule.next_feed(now)) {
      begin(*feed);
    }
    while (const auto job = schedule.next_refused()) {
      refused.insert(*job);
    }
  }
  void begin(Schedule::Job job) {
    starts.emplace_back(now, job);
    running.emplace_back(now + busy, job);
    most = std::max(most, running.size());
  }
  void run_until(Time end) {
    while (true) {
      start_all();
      Time next = end;
      if (const auto wake = schedule.wake_at()) {
        next = std::min(next, *wake);
      }
      for (const auto& [done, job] : running) {
        next = std::min(next, done);
      }
      if (next >= end) {
        now = end;
        return;
      }
      now = std::max(now, next);
      for (std::size_t i = 0; i < running.size();) {
        if (running[i].first > now) {
          ++i;
          continue;
        }
        const Schedule::Job job = running[i].second;
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
        schedule.finished(job, ending, now);
        if (feeds.count(job) != 0) {
          schedule.set_due(job, now + interval);
        }
      }
    }
  }
  Schedule::Job feed(const std::string& host, std::size_t per_host = 2) {
    const Schedule::Job job = schedule.add_feed(host, per_host, interval, now);
    feeds.insert(job);
    return job;
  }
  std::set<Schedule::Job> feeds;
  std::set<Schedule::Job> refused;
};

}  // namespace

TEST_CASE("schedule: feeds on different hosts start at once") {
  World world;
  for (int i = 0; i < 50; ++i) {
    world.feed("host" + std::to_string(i));
  }
  world.start_all();
  CHECK(world.starts.size() == 50);
}

TEST_CASE("schedule: feeds of one host are spread, and all have their turn in time") {
  World world;
  world.interval = 18s;
  for (int i = 0; i < 200; ++i) {
    world.feed("one.example");
  }
  world.run_until(kStart + 17s);
  REQUIRE(world.starts.size() == 200);
  for (const auto& [from, job] : world.starts) {
    const auto in_a_second = std::count_if(
        world.starts.begin(), world.starts.end(), [&, begin = from](const auto& s) {
          return s.first >= begin && s.first < begin + 1s;
        });
    CHECK(in_a_second <= 20);
  }
}

TEST_CASE("schedule: a few feeds of one host start a second apart") {
  World world;
  for (int i = 0; i < 5; ++i) {
    world.feed("one.example");
  }
  world.run_until(kStart + 10s);
  REQUIRE(world.starts.size() == 5);
  for (std::size_t i = 1; i < 5; ++i) {
    CHECK(world.starts[i].first - world.starts[i - 1].first >= 1s);
  }
}

TEST_CASE("schedule: never more than per_host at once, pages and feeds together") {
  World world;
  world.busy = 5s;
  world.interval = 1s;
  for (int i = 0; i < 6; ++i) {
    world.feed("one.example", 3);
  }
  for (int i = 0; i < 20; ++i) {
    REQUIRE(world.schedule.add_page("one.example", 3, world.now));
  }
  world.run_until(kStart + 2min);
  CHECK(world.most == 3);
  CHECK(world.starts.size() > 40);
}

TEST_CASE("schedule: pages come in a burst, then at a pace; a crawl delay slows them") {
  World world;
  world.busy = 1ms;
  for (int i = 0; i < 30; ++i) {
    REQUIRE(world.schedule.add_page("one.example", 2, world.now));
  }
  world.run_until(kStart + 1s);
  CHECK(world.starts.size() <= 13);
  CHECK(world.starts.size() >= 10);
  world.run_until(kStart + 15s);
  CHECK(world.starts.size() == 30);
  world.schedule.set_crawl_delay("slow.example", 10s);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(world.schedule.add_page("slow.example", 2, world.now));
  }
  const Time begun = world.now;
  const std::size_t before = world.starts.size();
  world.run_until(begun + 60s);
  REQUIRE(world.starts.size() == before + 3);
  CHECK(world.starts.back().first - world.starts[before].first >= 19s);
}

TEST_CASE(
    "schedule: hostile 25: ten thousand feeds of a dead host make one probe at a time") {
  World world;
  world.interval = 30min;
  world.busy = 50ms;
  world.ending.host_failed = true;
  for (int i = 0; i < 10000; ++i) {
    world.feed("dead.example");
  }
  world.run_until(kStart + 1h);
  CHECK(world.most <= 2);
  CHECK(world.starts.size() >= 6);
  CHECK(world.starts.size() <= 20);
  CHECK(world.schedule.host("dead.example")->is_failing);
  // One success and the others have their turns again, spaced.
  world.ending.host_failed = false;
  const std::size_t before = world.starts.size();
  world.run_until(kStart + 3h);
  CHECK_FALSE(world.schedule.host("dead.example")->is_failing);
  CHECK(world.starts.size() > before + 1000);
  CHECK(world.most <= 2);
}

TEST_CASE("schedule: pages of a host that fails are not worth waiting for") {
  World world;
  world.ending.host_failed = true;
  for (int i = 0; i < 20; ++i) {
    REQUIRE(world.schedule.add_page("dead.example", 1, world.now));
  }
  world.run_until(kStart + 20s);
  CHECK(world.starts.size() == siftd::limits::kHostFailures);
  CHECK(world.refused.size() == 20 - siftd::limits::kHostFailures);
  CHECK_FALSE(world.schedule.add_page("dead.example", 1, world.now));
}

TEST_CASE("schedule: hostile 33: what asks for less is asked less, and never more") {
  World world;
  world.busy = 1ms;
  for (int i = 0; i < 40; ++i) {
    world.feed("busy.example");
  }
  const auto before = world.schedule.host("busy.example")->spacing;
  world.ending.slow_down = true;
  world.run_until(kStart + 5s);
  const auto widened = world.schedule.host("busy.example")->spacing;
  CHECK(widened >= 2 * before);
  world.run_until(kStart + 10min);
  CHECK(world.schedule.host("busy.example")->spacing <= 60s);
  world.ending.slow_down = false;
  world.run_until(kStart + 2h);
  CHECK(world.schedule.host("busy.example")->spacing == before);
}

TEST_CASE("schedule: one host's trouble is no other's") {
  World world;
  world.busy = 10s;
  for (int i = 0; i < 100; ++i) {
    world.feed("slow.example");
  }
  world.run_until(kStart + 5s);
  world.feed("quick.example");
  world.start_all();
  CHECK(world.starts.back().first == world.now);
}

TEST_CASE("schedule: what is removed does not start, wherever it waits") {
  World world;
  world.busy = 1s;
  const Schedule::Job one = world.feed("one.example", 1);
  world.start_all();
  const Schedule::Job two = world.feed("one.example", 1);
  world.start_all();
  REQUIRE(world.starts.size() == 1);
  world.schedule.remove(two);  // waits in its host's queue
  world.schedule.remove(one);  // in progress: ends when it has finished
  world.feeds.clear();
  world.run_until(kStart + 2h);
  CHECK(world.starts.size() == 1);
  CHECK(world.schedule.feeds() == 0);
  CHECK(world.schedule.in_progress() == 0);
}

TEST_CASE("schedule: a feed that moved counts for its new host") {
  World world;
  const Schedule::Job job = world.feed("old.example");
  world.start_all();
  world.schedule.set_host(job, "new.example");
  world.schedule.finished(job, {}, world.now);
  world.running.clear();
  world.schedule.set_due(job, world.now + 1s);
  CHECK(world.schedule.host("old.example")->in_progress == 0);
  CHECK(world.schedule.host("old.example")->feeds == 0);
  CHECK(world.schedule.host("new.example")->feeds == 1);
  world.run_until(kStart + 2s);
  CHECK(world.starts.size() == 2);
}

TEST_CASE("schedule: once means all at once, but for per_host") {
  Schedule schedule(kStart, Schedule::Options{false});
  for (int i = 0; i < 10; ++i) {
    schedule.add_feed("one.example", 4, 30min, kStart);
  }
  std::vector<Schedule::Job> started;
  while (const auto job = schedule.next_feed(kStart)) {
    started.push_back(*job);
  }
  CHECK(started.size() == 4);
  schedule.finished(started[0], {}, kStart);
  CHECK(schedule.next_feed(kStart));
  CHECK_FALSE(schedule.next_feed(kStart));
}

TEST_CASE("schedule: many hosts of single pages do not pile up") {
  World world;
  world.busy = 1ms;
  for (int i = 0; i < 20000; ++i) {
    REQUIRE(world.schedule.add_page("host" + std::to_string(i), 2, world.now));
    world.run_until(world.now + 2ms);
  }
  CHECK(world.starts.size() == 20000);
  CHECK_FALSE(world.schedule.host("host1"));  // forgotten
  CHECK(world.schedule.host("host19999"));
}
