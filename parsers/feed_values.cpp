#include "parsers/feed_values.hpp"

#include <algorithm>
#include <charconv>

#include "base/limits.hpp"
#include "parsers/chars.hpp"

namespace siftd {

std::optional<std::uint64_t> size_of(std::string_view text) {
  text = trim(text);
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> duration_of(std::string_view text) {
  text = trim(text);
  double total = 0;
  int parts = 0;
  while (parts < 3) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    double value = 0;
    const char* end = part.data() + part.size();
    const auto [stop, error] = std::from_chars(part.data(), end, value);
    if (error != std::errc() || stop != end || value < 0 || value > 1e9) {
      return std::nullopt;
    }
    total = total * 60 + value;
    ++parts;
    if (colon == text.npos) {
      return total;
    }
    text.remove_prefix(colon + 1);
  }
  return std::nullopt;
}

std::optional<int> integer_of(std::string_view text) {
  const auto value = size_of(text);
  return value && *value < 1'000'000'000 ? std::optional(static_cast<int>(*value))
                                         : std::nullopt;
}

std::vector<double> numbers_of(std::string_view text) {
  std::vector<double> numbers;
  while (numbers.size() < limits::kMaxGeoNumbers) {
    const std::size_t start = text.find_first_not_of(" \t\r\n,;");
    if (start == text.npos) {
      break;
    }
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(" \t\r\n,;"), text.size());
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + end, value);
    if (error != std::errc() || stop != text.data() + end) {
      return {};
    }
    numbers.push_back(value);
    text.remove_prefix(end);
  }
  return numbers;
}

std::optional<int> weekday_of(std::string_view text) {
  static constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu",
                                               "fri", "sat", "sun"};
  for (int i = 0; i < 7; ++i) {
    if (starts_with_ignoring_case(text, kDays[i])) {
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace siftd
