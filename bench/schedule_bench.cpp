// What the adaptive schedule gains, and what the scheduler costs.
//
//   bench_schedule [feeds] [days]
//
// Freshness: feeds with realistic rhythms (rates over four orders of magnitude, hours
// of the day in different time zones, weekends, bursts) are polled for some weeks by
// three rules with the same number of polls: siftd's, a fixed interval, and that of
// Miniflux's entry_frequency (a week divided by the week's items, times a factor that
// is fitted to the number of polls, 5 min to 24 h). The delay of an item is the time
// from its publication to the next poll. The first half is for learning and is not
// counted.
//
// Cost: nanoseconds of CPU a poll with a thousand and with a million feeds.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <time.h>
#include <vector>

#include "daemon/rhythm.hpp"
#include "daemon/schedule.hpp"

namespace {

using namespace siftd;
using std::chrono::milliseconds;
using Seconds = double;

struct Feed {
  std::vector<Seconds> items;  // publication times, ascending
};

double day_weight(double hour, int style, double zone) {
  const double local = std::fmod(hour + zone + 24, 24.0);
  switch (style) {
    case 0:  // a newsroom: from early morning to late evening
      return local < 6 ? 0.15 : (local < 9 ? 1.2 : (local < 20 ? 1.6 : 0.7));
    case 1:  // an office
      return local < 8 || local > 18 ? 0.1 : 2.2;
    case 2:  // one post at about the same hour
      return std::exp(-std::pow(std::remainder(local - 9, 24.0) / 1.5, 2)) * 6 + 0.05;
    default:  // a machine
      return 1;
  }
}

Feed make_feed(std::mt19937_64& random, double days) {
  // Items a day: median 1.2, some hundred at most, like the feeds of a large reader.
  std::lognormal_distribution<double> rate_of(std::log(1.2), 1.8);
  std::uniform_real_distribution<double> uniform(0, 1);
  const double rate = std::clamp(rate_of(random), 0.01, 200.0);
  const int style = static_cast<int>(uniform(random) * 4);
  const double zone = std::floor(uniform(random) * 24);
  const double weekend = style == 1 ? 0.1 : 0.6;
  const bool bursts = uniform(random) < 0.3;
  Feed feed;
  const double most = 7.0;  // of day_weight times weekend, for thinning
  Seconds now = 0;
  std::exponential_distribution<double> gap(rate * most / 86400);
  while ((now += gap(random)) < days * 86400) {
    const double hour = std::fmod(now / 3600, 24);
    const bool is_weekend = std::fmod(now / 86400, 7) >= 5;
    const double weight = day_weight(hour, style, zone) * (is_weekend ? weekend : 1.1);
    if (uniform(random) * most > weight) {
      continue;
    }
    feed.items.push_back(now);
    while (bursts && uniform(random) < 0.4) {
      now += 60 + uniform(random) * 600;
      feed.items.push_back(now);
    }
  }
  return feed;
}

struct Outcome {
  double polls = 0;
  std::vector<float> delays;  // seconds
  double mean() const {
    double sum = 0;
    for (const float delay : delays) {
      sum += static_cast<double>(delay);
    }
    return sum / static_cast<double>(std::max<std::size_t>(1, delays.size()));
  }
  double quantile(double q) {
    const auto at =
        static_cast<std::ptrdiff_t>(q * static_cast<double>(delays.size() - 1));
    std::nth_element(delays.begin(), delays.begin() + at, delays.end());
    return static_cast<double>(delays[static_cast<std::size_t>(at)]);
  }
};

// Given a poll at `now`, with the items since the last one, when is the next?
using Rule = std::function<Seconds(Seconds last, Seconds now, const Feed&,
                                   std::size_t from, std::size_t to)>;

void live(const Feed& feed, Seconds from, Seconds to, Seconds phase, const Rule& rule,
          Outcome& outcome) {
  std::size_t next_item = 0;
  Seconds last = 0;
  Seconds now = phase;
  while (now < to) {
    const std::size_t first = next_item;
    while (next_item < feed.items.size() && feed.items[next_item] <= now) {
      if (feed.items[next_item] >= from) {
        outcome.delays.push_back(static_cast<float>(now - feed.items[next_item]));
      }
      ++next_item;
    }
    outcome.polls += now >= from ? 1 : 0;
    const Seconds wait = rule(last, now, feed, first, next_item);
    last = now;
    now += wait;
  }
}

WallTime wall(Seconds time) {
  // From a Monday on, a year after the epoch.
  return WallTime(milliseconds(static_cast<std::int64_t>(time * 1000) + 31881600000));
}

Outcome run_siftd(const std::vector<Feed>& feeds, Seconds half, Seconds end) {
  Outcome outcome;
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (const Feed& feed : feeds) {
    Rhythm rhythm;
    const Rule rule = [&](Seconds last, Seconds now, const Feed& its, std::size_t from,
                          std::size_t to) {
      std::vector<std::chrono::sys_seconds> dates;
      for (std::size_t i = to > 20 ? to - 20 : 0; i < to; ++i) {
        dates.push_back(std::chrono::floor<std::chrono::seconds>(wall(its.items[i])));
      }
      rhythm.learn(last == 0 ? WallTime() : wall(last), wall(now), to > from, dates);
      const auto wait =
          std::clamp<milliseconds>(rhythm.wait(std::chrono::minutes(30), wall(now)),
                                   std::chrono::minutes(5), std::chrono::hours(24));
      return static_cast<double>(wait.count()) / 1000 * (0.95 + 0.1 * uniform(random));
    };
    live(feed, half, end, 1 + uniform(random) * 1800, rule, outcome);
  }
  return outcome;
}

Outcome run_fixed(const std::vector<Feed>& feeds, Seconds half, Seconds end,
                  Seconds interval) {
  Outcome outcome;
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (const Feed& feed : feeds) {
    const Rule rule = [&](Seconds, Seconds, const Feed&, std::size_t, std::size_t) {
      return interval * (0.95 + 0.1 * uniform(random));
    };
    live(feed, half, end, uniform(random) * interval, rule, outcome);
  }
  return outcome;
}

Outcome run_miniflux(const std::vector<Feed>& feeds, Seconds half, Seconds end,
                     double factor) {
  Outcome outcome;
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (const Feed& feed : feeds) {
    const Rule rule = [&](Seconds, Seconds now, const Feed& its, std::size_t,
                          std::size_t to) {
      const auto begin =
          std::lower_bound(its.items.begin(), its.items.end(), now - 7 * 86400);
      const auto week = static_cast<double>(std::max<std::ptrdiff_t>(
          0, its.items.begin() + static_cast<std::ptrdiff_t>(to) - begin));
      const double wait = week == 0 ? 86400 : 7 * 86400 / (week * factor);
      return std::clamp(wait, 300.0, 86400.0);
    };
    live(feed, half, end, uniform(random) * 1800, rule, outcome);
  }
  return outcome;
}

void print(const char* name, Outcome outcome, double feeds, double days) {
  std::printf(
      "%-28s %8.1f polls a feed and day   mean %7.1f min   median %7.1f min   "
      "95th %8.1f min\n",
      name, outcome.polls / feeds / days, outcome.mean() / 60, outcome.quantile(0.5) / 60,
      outcome.quantile(0.95) / 60);
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Polls of `feeds` feeds at half an hour, ten to a host, that take no time.
void measure_cost(std::size_t feeds) {
  const Schedule::Time start{};
  Schedule schedule(start);
  std::mt19937_64 random(5);
  const auto interval = std::chrono::minutes(30);
  for (std::size_t i = 0; i < feeds; ++i) {
    const auto due = start + milliseconds(random() % 1800000);
    schedule.add_feed("h" + std::to_string(i / 10) + ".example", 2, interval, due);
  }
  const std::size_t polls = std::max<std::size_t>(2 * feeds, 1000000);
  const double begun = cpu_seconds();
  Schedule::Time now = start;
  std::size_t done = 0;
  while (done < polls) {
    while (const auto job = schedule.next_feed(now)) {
      schedule.set_due(*job, now + interval + milliseconds(random() % 60000));
      schedule.finished(*job, {}, now);
      ++done;
    }
    now = std::max(now, schedule.wake_at().value_or(now));
  }
  std::printf("%9zu feeds: %6.0f ns of CPU a poll\n", feeds,
              (cpu_seconds() - begun) / static_cast<double>(done) * 1e9);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 2000;
  const double days = argc > 2 ? std::strtod(argv[2], nullptr) : 42;
  std::mt19937_64 random(1);
  std::vector<Feed> feeds;
  for (std::size_t i = 0; i < count; ++i) {
    feeds.push_back(make_feed(random, days));
  }
  const Seconds end = days * 86400;
  const Seconds half = end / 2;
  const auto number = static_cast<double>(count);
  Outcome adaptive = run_siftd(feeds, half, end);
  std::printf("%zu feeds, %.0f days, %zu items counted\n", count, days,
              adaptive.delays.size());
  const double per_poll = (end - half) * number / adaptive.polls;
  double low = 0.01;
  double high = 100;
  for (int step = 0; step < 18; ++step) {
    const double middle = std::sqrt(low * high);
    (run_miniflux(feeds, half, end, middle).polls < adaptive.polls ? low : high) = middle;
  }
  Outcome fixed = run_fixed(feeds, half, end, per_poll);
  Outcome miniflux = run_miniflux(feeds, half, end, std::sqrt(low * high));
  print("siftd", adaptive, number, days / 2);
  print("fixed interval", fixed, number, days / 2);
  print("Miniflux, entry_frequency", miniflux, number, days / 2);
  std::printf("against fixed: mean %+.0f%%, median %+.0f%%, 95th %+.0f%%\n\n",
              100 * (adaptive.mean() / fixed.mean() - 1),
              100 * (adaptive.quantile(0.5) / fixed.quantile(0.5) - 1),
              100 * (adaptive.quantile(0.95) / fixed.quantile(0.95) - 1));
  for (const std::size_t size : {1000u, 100000u, 1000000u}) {
    measure_cost(size);
  }
  return 0;
}
