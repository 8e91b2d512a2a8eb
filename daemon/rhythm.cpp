#include "daemon/rhythm.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace siftd {
namespace {

using std::chrono::milliseconds;
using std::chrono::sys_seconds;

constexpr double kHalfLifeHours = 14 * 24;   // half as much after two weeks
constexpr double kFirstLookHours = 60 * 24;  // how far back the first poll believes dates
// The prior: half an item at the rate of reference.
constexpr double kReferenceRate = 3.0 / 24;  // items an hour that `interval` is meant for
constexpr double kPriorItems = 0.5;
constexpr double kPriorHours = kPriorItems / kReferenceRate;
// The root would make the mean delay least; a little flatter costs the mean nothing that
// can be seen and spares the slowest feeds (bench_schedule).
constexpr double kRateExponent = 0.4;
constexpr std::uint8_t kHourStep = 8;         // an item's weight in `hours`
constexpr double kHourPrior = 2 * kHourStep;  // so many items' worth says "evenly"

double hours_between(WallTime from, WallTime to) {
  return std::max(0.0,
                  std::chrono::duration<double, std::ratio<3600>>(to - from).count());
}

double decay(double hours) {
  return std::exp2(-hours / kHalfLifeHours);
}

unsigned hour_of(WallTime time) {
  const auto hours = std::chrono::floor<std::chrono::hours>(time.time_since_epoch());
  return static_cast<unsigned>(((hours.count() % 24) + 24) % 24);
}

}  // namespace

void Rhythm::add_hour(sys_seconds time) {
  std::uint8_t& hour = hours[hour_of(time)];
  if (hour > 255 - kHourStep) {
    for (std::uint8_t& each : hours) {
      each = static_cast<std::uint8_t>(each / 2);
    }
  }
  hour = static_cast<std::uint8_t>(hour + kHourStep);
}

void Rhythm::learn(WallTime since, WallTime now, bool items_changed,
                   const std::vector<sys_seconds>& dates) {
  const bool is_first = since == WallTime();
  WallTime from = since;
  if (is_first) {
    from = now;
    for (const sys_seconds date : dates) {
      if (date < from && hours_between(date, now) < kFirstLookHours) {
        from = date;
      }
    }
    if (from == now && !dates.empty()) {
      from = now - std::chrono::hours(static_cast<int>(kFirstLookHours));
    }
  }
  // A feed that was not looked at for long has not been seen to be silent for long.
  const double watched = std::min(hours_between(from, now), kFirstLookHours);
  double found = 0;
  for (const sys_seconds date : dates) {
    if (date > from && date <= now) {
      found += decay(hours_between(date, now));
      add_hour(std::chrono::floor<std::chrono::seconds>(date));
    }
  }
  if (!is_first && items_changed && found == 0) {
    found = 1;  // undated, or dated before it was shown
    add_hour(std::chrono::floor<std::chrono::seconds>(now));
  }
  const double keep = decay(watched);
  // The integral of the decay over the time watched.
  const double exposure = kHalfLifeHours / std::log(2.0) * (1 - keep);
  weight = static_cast<float>(static_cast<double>(weight) * keep + exposure);
  news = static_cast<float>(static_cast<double>(news) * keep +
                            (items_changed || is_first ? found : 0));
}

double Rhythm::rate() const {
  return (static_cast<double>(news) + kPriorItems) /
         (static_cast<double>(weight) + kPriorHours);
}

milliseconds Rhythm::wait(milliseconds interval, WallTime now) const {
  const double even =
      static_cast<double>(interval.count()) / 3.6e6 *
      std::pow(kReferenceRate / rate(), kRateExponent);  // hours, were all hours alike
  const double total = std::accumulate(hours.begin(), hours.end(), 0.0);
  std::array<double, 24> pace{};
  double mean = 0;
  for (unsigned h = 0; h < 24; ++h) {
    // Two neighbours count half: an hour's edge is no edge in life.
    const double near =
        hours[(h + 23) % 24] / 4.0 + hours[h] / 2.0 + hours[(h + 1) % 24] / 4.0;
    pace[h] = std::sqrt((near + kHourPrior) / (total / 24 + kHourPrior));
    mean += pace[h] / 24;
  }
  // Go through the hours until as much "pace" has passed as `even` hours have.
  double left = even * mean;
  double wait = 0;
  unsigned hour = hour_of(now);
  double room = 1 - std::fmod(hours_between(WallTime(), now), 1.0);
  const double day = 24 * mean;
  if (left > day) {
    const double days = std::floor(left / day);
    wait += 24 * days;
    left -= day * days;
  }
  while (left > room * pace[hour]) {
    left -= room * pace[hour];
    wait += room;
    room = 1;
    hour = (hour + 1) % 24;
  }
  wait += left / pace[hour];
  return milliseconds(static_cast<std::int64_t>(std::min(wait, 24.0 * 3650) * 3.6e6));
}

}  // namespace siftd
