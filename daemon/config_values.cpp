#include "daemon/config_values.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

namespace siftd {
namespace {

using std::chrono::milliseconds;

struct SizeUnit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array<SizeUnit, 11> kSizeUnits = {{{"", 1},
                                                  {"B", 1},
                                                  {"kB", 1'000},
                                                  {"KB", 1'000},
                                                  {"MB", 1'000'000},
                                                  {"GB", 1'000'000'000},
                                                  {"TB", 1'000'000'000'000},
                                                  {"KiB", 1ull << 10},
                                                  {"MiB", 1ull << 20},
                                                  {"GiB", 1ull << 30},
                                                  {"TiB", 1ull << 40}}};

struct DurationUnit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array<DurationUnit, 6> kDurationUnits = {{{"w", 7 * 86'400'000LL},
                                                         {"d", 86'400'000},
                                                         {"h", 3'600'000},
                                                         {"m", 60'000},
                                                         {"s", 1'000},
                                                         {"ms", 1}}};

// Longer is a slip of the pen, and would overflow where times are added.
constexpr std::int64_t kLongestMs = 100LL * 366 * 86'400'000;
// Leaves room to add sizes without overflow.
constexpr double kLargestSize = static_cast<double>(1ull << 62);

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A decimal number at the front of `text`, which it is taken from.
std::optional<double> take_number(std::string_view& text) {
  if (text.empty() || !is_digit(text.front())) {
    return std::nullopt;  // from_chars would take "-1", "inf" and "nan"
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value,
                                            std::chars_format::fixed);
  if (error != std::errc()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::string_view take_letters(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_letter(text[length])) {
    ++length;
  }
  const std::string_view letters = text.substr(0, length);
  text.remove_prefix(length);
  return letters;
}

std::optional<double> take_part_ms(std::string_view& text) {
  const std::optional<double> number = take_number(text);
  const std::string_view unit = take_letters(text);
  for (const DurationUnit& known : kDurationUnits) {
    if (number && known.name == unit) {
      return *number * static_cast<double>(known.ms);
    }
  }
  return std::nullopt;
}

// Optimal string alignment: how many slips of the finger lie between two words.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1,
                                          std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      const std::size_t changed = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

std::optional<unsigned> parse_number(std::string_view text, unsigned largest) {
  unsigned value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > largest) {
    return std::nullopt;
  }
  return value;
}

bool is_address(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return text.find('\0') == std::string_view::npos &&
         inet_pton(family, std::string(text).c_str(), address.data()) == 1;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '_';
         });
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const std::optional<double> number = take_number(text);
  if (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  for (const SizeUnit& known : kSizeUnits) {
    if (number && known.name == text) {
      const double bytes = *number * static_cast<double>(known.bytes);
      if (bytes >= kLargestSize || bytes != std::floor(bytes)) {
        return std::nullopt;
      }
      return static_cast<std::uint64_t>(bytes);
    }
  }
  return std::nullopt;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  double total = 0;
  while (!text.empty()) {
    const std::optional<double> part = take_part_ms(text);
    if (!part) {
      return std::nullopt;
    }
    total += *part;
  }
  if (total > static_cast<double>(kLongestMs) || (total > 0 && total < 1)) {
    return std::nullopt;
  }
  return milliseconds(std::llround(total));
}

std::string format_size(std::uint64_t bytes) {
  const SizeUnit* best = &kSizeUnits[1];
  for (const SizeUnit& unit : kSizeUnits) {
    if (bytes != 0 && unit.bytes > best->bytes && bytes % unit.bytes == 0 &&
        unit.name != "KB") {
      best = &unit;
    }
  }
  return std::to_string(bytes / best->bytes) + std::string(best->name);
}

std::string format_duration(milliseconds duration) {
  if (duration.count() == 0) {
    return "0s";
  }
  std::string result;
  std::int64_t left = duration.count();
  for (const DurationUnit& unit : kDurationUnits) {
    if (unit.name == "w" && left % unit.ms != 0) {
      continue;  // "10d" rather than "1w3d"
    }
    if (left >= unit.ms) {
      result += std::to_string(left / unit.ms) + std::string(unit.name);
      left %= unit.ms;
    }
  }
  return result;
}

bool is_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const bool is_v4 = is_address(AF_INET, address);
  if (!is_v4 && !is_address(AF_INET6, address)) {
    return false;
  }
  return slash == std::string_view::npos ||
         parse_number(text.substr(slash + 1), is_v4 ? 32 : 128).has_value();
}

bool is_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !parse_number(text.substr(colon + 1), 65535)) {
    return false;
  }
  const std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    return is_address(AF_INET6, host.substr(1, host.size() - 2));
  }
  return is_host_name(host);
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  // A third of the letters may be wrong: "intervall", "maxbody", not "path" for "name".
  constexpr std::size_t kLongestWord = 64;
  std::string_view best;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string_view candidate : known) {
    const std::size_t allowed = std::max<std::size_t>(1, candidate.size() / 3);
    const std::size_t slips =
        word.size() > kLongestWord ? allowed + 1 : distance(word, candidate);
    if (slips <= allowed && slips < least) {
      best = candidate;
      least = slips;
    }
  }
  return best;
}

}  // namespace siftd
