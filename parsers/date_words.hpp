#pragma once

#include <chrono>
#include <optional>
#include <string_view>

// The words of dates, in some twenty languages. For parsers/date only.
namespace siftd {

// 1 to 12 for a month's name or its abbreviation (three letters at least), in any
// case; nullopt: none.
std::optional<int> month_of(std::string_view word);

// false for a.m., true for p.m. and their like; nullopt: neither.
std::optional<bool> half_day(std::string_view word);

// Weekdays and what stands between the parts of a date ("at", "de", "Uhr").
bool is_filler_word(std::string_view word);

// Seconds east of UTC for an abbreviation such as EST, CEST or Z. Ambiguous ones mean
// what RFC 822 says, else what most feeds mean.
std::optional<std::chrono::seconds> zone_offset(std::string_view abbreviation);

}  // namespace siftd
