#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace siftd {

// Reads a date as feeds write it: RFC 822 and its many misreadings, RFC 3339 and
// ISO 8601, asctime, day-first and month-first numbers, month names of some twenty
// languages, Unix times in seconds or milliseconds, zones by offset, abbreviation or
// tz database name. A date without a time is that day's midnight, one without a
// zone is UTC. Fractions of a second are dropped. What is no date, or an impossible
// one (30 February, hour 25, minute 61, a year beyond 1900 to 2199), is absent:
// never a guess. UTF-8; linear in its length; any thread.
std::optional<std::chrono::sys_seconds> parse_date(std::string_view text);

// "2022-01-08T18:04:11Z" (RFC 3339).
std::string format_rfc3339(std::chrono::sys_seconds time);

}  // namespace siftd
