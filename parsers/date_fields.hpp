#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

// What a date says, part by part. For parsers/date only.
namespace siftd {

// The years that a date can be of, in UTC.
inline constexpr int kFirstYear = 1900;
inline constexpr int kLastYear = 2199;

struct DateFields {
  std::optional<int> year, month, day, week, week_day, year_day;
  std::optional<int> hour, minute, second;
  std::optional<bool> afternoon;               // p.m.
  std::optional<std::chrono::seconds> offset;  // east of UTC
  std::string zone_name;                       // of the tz database

  // The instant they stand for; nullopt when there is none: no year, 30 February, hour
  // 25, an unknown zone.
  std::optional<std::chrono::sys_seconds> instant() const;

 private:
  std::optional<std::chrono::sys_days> date() const;
};

// The year that a number of so many digits means: 22 is 2022, 99 is 1999.
int full_year(int value, std::size_t digits);

}  // namespace siftd
