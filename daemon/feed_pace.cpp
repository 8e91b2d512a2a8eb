#include "daemon/feed_pace.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <xxhash.h>

#include "base/limits.hpp"

namespace siftd {
namespace {

using std::chrono::ceil;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// 0..1, another for each feed and each poll, the same when asked twice: jitter without
// a random source keeps this pure.
double dice(const FeedConfig& config, WallTime now, std::uint64_t salt) {
  const auto time = static_cast<std::uint64_t>(now.time_since_epoch().count());
  const std::string_view url = config.url;
  const std::uint64_t x = XXH3_64bits_withSeed(url.data(), url.size(), time * 31 + salt);
  return static_cast<double>(x >> 11) / 9007199254740992.0;
}

milliseconds scaled(milliseconds wait, double factor) {
  return milliseconds(
      static_cast<std::int64_t>(static_cast<double>(wait.count()) * factor));
}

milliseconds clamp_interval(const FetchConfig& fetch, milliseconds wait) {
  return std::clamp(wait, fetch.min_interval,
                    std::max(fetch.min_interval, fetch.max_interval));
}

milliseconds usual_wait(const FeedConfig& config, const FeedState& state, WallTime now) {
  return clamp_interval(*config.fetch, state.rhythm.wait(config.fetch->interval, now));
}

// How long the answer is fresh (RFC 9111 4.2.1), from now on.
milliseconds fresh_for(const Freshness& freshness, WallTime now) {
  seconds fresh(0);
  if (freshness.max_age) {
    fresh = *freshness.max_age;
  } else if (freshness.expires) {
    fresh = *freshness.expires - freshness.date.value_or(floor<seconds>(now));
  }
  if (freshness.age) {
    fresh -= *freshness.age;
  }
  return std::clamp<seconds>(fresh, seconds(0), limits::kMaxAskedWait);
}

bool is_skipped(const FeedState& state, WallTime time) {
  const auto hour = floor<hours>(time.time_since_epoch()).count();
  const auto day = floor<std::chrono::days>(time.time_since_epoch()).count();
  const auto hour_of_day = static_cast<unsigned>((hour % 24 + 24) % 24);
  const auto day_of_week = static_cast<unsigned>(((day + 3) % 7 + 7) % 7);  // Monday 0
  return (state.skip_hours >> hour_of_day & 1u) != 0 ||
         (state.skip_days >> day_of_week & 1) != 0;
}

// The first time from `time` on that the publisher does not ask to be spared.
WallTime after_skips(const FeedState& state, WallTime now, WallTime time) {
  if (state.skip_hours == 0xffffff || state.skip_days == 0x7f) {
    // Everything is listed, which cannot be meant: once a day.
    return std::max<WallTime>(time, now + hours(24));
  }
  for (int step = 0; step < 24 * 8 && is_skipped(state, time); ++step) {
    time = floor<hours>(time) + hours(1);
  }
  return time;
}

void back_off(const FeedConfig& config, const Freshness& freshness, int http_status,
              WallTime now, FeedState& state) {
  const FetchConfig& fetch = *config.fetch;
  const milliseconds usual = usual_wait(config, state, now);
  int doublings = std::min<int>(state.failures, 24);
  const bool has_time = freshness.retry_after && freshness.retry_after->count() > 0;
  if (http_status == 429 && !has_time) {
    doublings += 3;  // it does not say how long: hours, at the usual intervals
  }
  const milliseconds longest = std::max(fetch.max_interval, usual);
  const double grown = static_cast<double>(usual.count()) * std::exp2(doublings);
  const double chance = dice(config, now, 1);
  // Less chance than that doubling makes up for: each wait is half again as long at
  // least.
  const double spread = grown * (0.75 + 0.25 * chance);
  milliseconds wait = longest;
  if (spread < static_cast<double>(longest.count())) {
    wait = milliseconds(static_cast<std::int64_t>(spread));
  } else if (longest > usual) {
    wait = std::max(usual, scaled(longest, 0.8 + 0.2 * chance));
  } else {
    wait = scaled(usual, 1 + 0.1 * chance);
  }
  state.why = http_status == 429 ? Why::rate_limited : Why::failing;
  state.next_poll = now + std::max(wait, usual);
  if (has_time) {
    const milliseconds asked =
        std::min<milliseconds>(*freshness.retry_after, limits::kMaxAskedWait);
    const milliseconds more =
        std::min<milliseconds>(scaled(asked, 0.05 * chance), seconds(30));
    state.held_until = now + asked + more;
    if (state.held_until >= state.next_poll) {
      state.next_poll = state.held_until;
      state.why = Why::retry_after;
    }
  }
}

std::string duration_text(milliseconds wait) {
  const auto total = std::max<std::int64_t>(0, ceil<seconds>(wait).count());
  if (total < 120) {
    return std::to_string(total) + " s";
  }
  if (total < 2 * 3600) {
    return std::to_string(total / 60) + " min";
  }
  if (total < 48 * 3600) {
    return std::to_string(total / 3600) + " h";
  }
  return std::to_string(total / 86400) + " days";
}

std::string items_text(double an_hour) {
  char text[64];
  if (an_hour >= 0.5) {
    std::snprintf(text, sizeof text, "about %.0f new items an hour", an_hour);
  } else if (an_hour * 24 >= 1) {
    std::snprintf(text, sizeof text, "about %.1f new items a day", an_hour * 24);
  } else {
    std::snprintf(text, sizeof text, "about one new item in %.0f days",
                  1 / (an_hour * 24));
  }
  return text;
}

std::string reason_text(const FeedState& state) {
  switch (state.why) {
    case Why::first:
      return "it was not polled yet";
    case Why::rhythm:
      return "it brings " + items_text(state.rhythm.rate());
    case Why::fresh:
      return "the server says that its answer is fresh until then";
    case Why::publisher:
      return "the feed asks for that interval (ttl or sy:updatePeriod)";
    case Why::skipped:
      return "the feed asks to be spared until then (skipHours, skipDays)";
    case Why::retry_after:
      return "the server asked for that time (Retry-After)";
    case Why::rate_limited:
      return "the server says that it is asked too often";
    case Why::failing:
      return "it failed " + std::to_string(state.failures) +
             (state.failures == 1 ? " time: " : " times in a row: ") + state.error.str();
    case Why::pushed:
      return "its hub tells of news; polls only make sure";
    case Why::asked:
      return "somebody asked for it";
    case Why::gone:
      return "it is gone (410); `siftd feeds poll` tries it again";
  }
  return {};
}

}  // namespace

void set_next_poll(const FeedConfig& config, const Freshness& freshness, int http_status,
                   WallTime now, FeedState& state) {
  if (state.failures > 0) {
    back_off(config, freshness, http_status, now, state);
    return;
  }
  const FetchConfig& fetch = *config.fetch;
  const double chance = dice(config, now, 2);
  const milliseconds usual = usual_wait(config, state, now);
  // Around the interval that was chosen, but never below the least; a feed with one
  // interval alone drifts a little, so that feeds started together come apart.
  milliseconds wait = std::max(fetch.min_interval, scaled(usual, 0.95 + 0.1 * chance));
  state.why = Why::rhythm;
  state.held_until = {};
  if (state.push && state.push->until > now) {
    const milliseconds safety = std::max(
        wait, std::min<milliseconds>(fetch.max_interval, limits::kPushedInterval));
    if (safety > wait) {
      wait = safety;
      state.why = Why::pushed;
    }
  }
  const auto lengthen = [&](milliseconds asked, Why why) {
    if (asked > wait) {
      const milliseconds more =
          std::min<milliseconds>(scaled(asked, 0.05 * chance), seconds(60));
      wait = asked + more;
      state.why = why;
    }
  };
  lengthen(seconds(state.asked_wait_s), Why::publisher);
  lengthen(fresh_for(freshness, now), Why::fresh);
  const WallTime time = after_skips(state, now, now + wait);
  if (time > now + wait) {
    // Not all at the full hour.
    const auto spread = std::min<milliseconds>(wait, std::chrono::minutes(10));
    state.next_poll = time + scaled(spread, chance);
    state.why = Why::skipped;
  } else {
    state.next_poll = time;
  }
}

bool wants_whole(const FeedConfig& config, const FeedState& state, WallTime now) {
  if (state.last_whole == std::chrono::sys_seconds()) {
    return false;
  }
  const double chance = dice(config, WallTime(state.last_whole), 3);
  return now - state.last_whole > scaled(limits::kWholeEvery, 0.85 + 0.3 * chance);
}

std::uint32_t asked_wait(const FeedInfo& info) {
  seconds wait(0);
  if (info.ttl) {
    wait = std::max<seconds>(
        wait,
        std::min<std::chrono::minutes>(
            *info.ttl, std::chrono::ceil<std::chrono::minutes>(limits::kMaxAskedWait)));
  }
  if (info.update_period) {
    wait = std::max(wait, *info.update_period);
  }
  return static_cast<std::uint32_t>(
      std::clamp<seconds>(wait, seconds(0), limits::kMaxAskedWait).count());
}

std::optional<milliseconds> first_wait(const FeedConfig& config, const FeedState& state,
                                       WallTime now) {
  if (state.is_gone) {
    return std::nullopt;
  }
  if (state.polls == 0) {
    return milliseconds(0);
  }
  milliseconds wait = state.next_poll - now;
  const bool is_ours = state.why == Why::rhythm || state.why == Why::failing ||
                       state.why == Why::rate_limited || state.why == Why::first;
  // The clock may have been set back, the interval made shorter.
  milliseconds most = std::max(milliseconds(0), state.next_poll - state.last_poll);
  if (is_ours) {
    most = std::min(
        most,
        scaled(std::max(config.fetch->max_interval, config.fetch->min_interval), 1.1));
  }
  wait = std::min(wait, most);
  if (wait > milliseconds(0)) {
    return wait;
  }
  const auto spread =
      std::min<milliseconds>(config.fetch->interval, limits::kOverdueSpread);
  return scaled(spread, dice(config, now, 4));
}

bool may_poll_once(const FeedState& state, WallTime now) {
  const bool is_held = state.held_until > now &&
                       state.held_until - state.last_poll >= state.held_until - now;
  return !state.is_gone && !is_held;
}

std::string explain(const FeedConfig& config, const FeedState& state, WallTime now) {
  static_cast<void>(config);
  if (state.why == Why::gone || state.is_gone) {
    return "not polled: " + reason_text(state);
  }
  const std::string when =
      state.next_poll <= now ? "now" : "in " + duration_text(state.next_poll - now);
  return "polled " + when + ": " + reason_text(state);
}

}  // namespace siftd
