#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// The small values in feeds' texts and attributes. For the feed readers only.
namespace siftd {

// A whole number without sign; nullopt: anything else.
std::optional<std::uint64_t> size_of(std::string_view text);
std::optional<int> integer_of(std::string_view text);

// Seconds, of "61", "61.5", "1:01" or "1:01:01".
std::optional<double> duration_of(std::string_view text);

// The numbers of a coordinate list, parted by blanks, commas or semicolons; none when
// one of them is no number.
std::vector<double> numbers_of(std::string_view text);

// Monday is 0; English names and their beginnings.
std::optional<int> weekday_of(std::string_view text);

}  // namespace siftd
