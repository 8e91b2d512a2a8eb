#include "parsers/date_fields.hpp"

#include <algorithm>
#include <cstdint>
#include <unicode/ucal.h>

namespace siftd {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

// The offset that a zone of the tz database has at a local time.
std::optional<seconds> named_zone_offset(const std::string& name, sys_seconds local) {
  std::u16string zone(name.begin(), name.end());
  UErrorCode error = U_ZERO_ERROR;
  UChar canonical[64];
  ucal_getCanonicalTimeZoneID(zone.c_str(), static_cast<std::int32_t>(zone.size()),
                              canonical, 64, nullptr, &error);
  if (U_FAILURE(error)) {
    return std::nullopt;
  }
  UCalendar* calendar = ucal_open(zone.c_str(), static_cast<std::int32_t>(zone.size()),
                                  "", UCAL_GREGORIAN, &error);
  if (U_FAILURE(error)) {
    return std::nullopt;
  }
  // Twice: first at the local time taken as UTC, then where that leads.
  seconds offset(0);
  for (int round = 0; round < 2; ++round) {
    ucal_setMillis(
        calendar,
        1000.0 * static_cast<double>((local - offset).time_since_epoch().count()),
        &error);
    offset = seconds((ucal_get(calendar, UCAL_ZONE_OFFSET, &error) +
                      ucal_get(calendar, UCAL_DST_OFFSET, &error)) /
                     1000);
  }
  ucal_close(calendar);
  return U_SUCCESS(error) ? std::optional(offset) : std::nullopt;
}

}  // namespace

int full_year(int value, std::size_t digits) {
  if (digits > 2) {
    return value;
  }
  // RFC 2822 splits at 50, POSIX at 69: no feed speaks of the 1950s.
  return value < 69 ? 2000 + value : 1900 + value;
}

std::optional<sys_days> DateFields::date() const {
  if (!year || *year < kFirstYear || *year > kLastYear) {
    return std::nullopt;
  }
  const std::chrono::year y(*year);
  if (year_day) {
    const bool fits = *year_day >= 1 && *year_day <= (y.is_leap() ? 366 : 365);
    return fits ? std::optional(sys_days(y / 1 / 1) + days(*year_day - 1)) : std::nullopt;
  }
  if (week) {
    const sys_days fourth(y / 1 / 4);  // is in week 1 (ISO 8601)
    const auto monday = fourth - (std::chrono::weekday(fourth) - std::chrono::Monday);
    const bool fits = *week >= 1 && *week <= 53 && *week_day >= 1 && *week_day <= 7;
    return fits ? std::optional(monday + days(7 * (*week - 1) + *week_day - 1))
                : std::nullopt;
  }
  const std::chrono::year_month_day on(
      y, std::chrono::month(static_cast<unsigned>(month.value_or(1))),
      std::chrono::day(static_cast<unsigned>(day.value_or(1))));
  if (!on.ok() || (day && !month)) {
    return std::nullopt;
  }
  return sys_days(on);
}

std::optional<sys_seconds> DateFields::instant() const {
  const auto on = date();
  int h = hour.value_or(0);
  const int m = minute.value_or(0);
  const int s = second.value_or(0);
  if (!on || h > 24 || m > 59 || s > 60 || (h == 24 && (m != 0 || s != 0))) {
    return std::nullopt;
  }
  if (afternoon && h <= 12) {  // "20:28 PM" is said, and clear
    h = h % 12 + (*afternoon ? 12 : 0);
  }
  const sys_seconds local = *on + hours(h) + minutes(m) + seconds(std::min(s, 59));
  const auto east = zone_name.empty() ? std::optional(offset.value_or(seconds(0)))
                                      : named_zone_offset(zone_name, local);
  if (!east) {
    return std::nullopt;
  }
  // A zone or a week's begin may lead out of the years that there are.
  const sys_seconds time = local - *east;
  const bool is_known = time >= sys_days(std::chrono::year(kFirstYear) / 1 / 1) &&
                        time < sys_days(std::chrono::year(kLastYear + 1) / 1 / 1);
  return is_known ? std::optional(time) : std::nullopt;
}

}  // namespace siftd
