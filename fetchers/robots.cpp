#include "fetchers/robots.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/limits.hpp"

namespace siftd {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equals(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

int hex_digit(char c) {
  c = lower(c);
  return c >= '0' && c <= '9' ? c - '0' : (c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1);
}

// One form for what may be written in two (2.2.2): octets outside ASCII are
// percent-encoded, escapes are upper case, escaped letters and digits are not.
std::string normal(std::string_view path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  const auto escape = [&](unsigned byte) {
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '%' && i + 2 < path.size() && hex_digit(path[i + 1]) >= 0 &&
        hex_digit(path[i + 2]) >= 0) {
      const auto byte =
          static_cast<unsigned>(hex_digit(path[i + 1]) * 16 + hex_digit(path[i + 2]));
      const bool is_unreserved = (byte >= 'a' && byte <= 'z') ||
                                 (byte >= 'A' && byte <= 'Z') ||
                                 (byte >= '0' && byte <= '9') || byte == '-' ||
                                 byte == '.' || byte == '_' || byte == '~';
      if (is_unreserved) {
        out += static_cast<char>(byte);
      } else {
        escape(byte);
      }
      i += 2;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      escape(static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

// "*" is any sequence, "$" at the end is the end. Greedy with one way back, so the
// time is bounded by the product of the lengths.
bool matches(std::string_view pattern, std::string_view path) {
  const bool is_anchored = pattern.ends_with('$');
  if (is_anchored) {
    pattern.remove_suffix(1);
  }
  std::size_t p = 0;
  std::size_t s = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  while (true) {
    if (p == pattern.size() && (!is_anchored || s == path.size())) {
      return true;
    }
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = s;
    } else if (p < pattern.size() && s < path.size() && pattern[p] == path[s]) {
      ++p;
      ++s;
    } else if (star != std::string_view::npos && mark < path.size()) {
      p = star + 1;
      s = ++mark;
    } else {
      return false;
    }
  }
}

std::optional<std::chrono::milliseconds> parse_delay(std::string_view text) {
  char* end = nullptr;
  const std::string copy(text);
  const double seconds = std::strtod(copy.c_str(), &end);
  if (end == copy.c_str() || !(seconds >= 0) || seconds > 86400) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

}  // namespace

RobotsRules RobotsRules::none_allowed() {
  RobotsRules rules;
  rules.rules_.push_back({"/", false});
  return rules;
}

RobotsRules RobotsRules::parse(std::string_view text, std::string_view product) {
  if (text.size() > limits::kMaxRobotsBytes) {
    // To the end of a line: half a rule says more than the whole one.
    text = text.substr(0, limits::kMaxRobotsBytes);
    text = text.substr(0, text.find_last_of("\r\n") + 1);
  }
  if (text.starts_with("\xef\xbb\xbf")) {
    text.remove_prefix(3);
  }
  RobotsRules ours;
  RobotsRules everyones;
  bool has_ours = false;
  bool in_ours = false;
  bool in_everyones = false;
  bool was_agent = false;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    line = trim(line.substr(0, line.find('#')));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      continue;
    }
    const std::string_view key = trim(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (equals(key, "user-agent")) {
      if (!was_agent) {
        in_ours = in_everyones = false;
      }
      was_agent = true;
      const bool names_us = equals(product_token(value), product) && !product.empty();
      has_ours = has_ours || names_us;
      in_ours = in_ours || names_us;
      in_everyones = in_everyones || value == "*";
      continue;
    }
    const bool is_allow = equals(key, "allow");
    const bool is_delay = equals(key, "crawl-delay");
    if (!is_allow && !is_delay && !equals(key, "disallow")) {
      continue;  // Sitemap and others belong to no group and end none
    }
    was_agent = false;
    for (RobotsRules* rules :
         {in_ours ? &ours : nullptr, in_everyones ? &everyones : nullptr}) {
      if (rules == nullptr) {
        continue;
      }
      if (is_delay) {
        rules->crawl_delay_ = parse_delay(value);
      } else if (!value.empty() && rules->rules_.size() < limits::kMaxRobotsRules) {
        rules->rules_.push_back({normal(value), is_allow});
      }
    }
  }
  return has_ours ? ours : everyones;
}

bool RobotsRules::allows(std::string_view path) const {
  if (path == "/robots.txt") {
    return true;
  }
  const std::string asked = normal(path);
  std::size_t longest = 0;
  bool is_allowed = true;
  for (const Rule& rule : rules_) {
    const std::size_t length = rule.pattern.size();
    if (length < longest || (length == longest && !rule.is_allow)) {
      continue;
    }
    if (matches(rule.pattern, asked)) {
      longest = length;
      is_allowed = rule.is_allow;
    }
  }
  return is_allowed;
}

std::string product_token(std::string_view user_agent) {
  std::size_t end = 0;
  while (end < user_agent.size()) {
    const char c = lower(user_agent[end]);
    if (!(c >= 'a' && c <= 'z') && c != '-' && c != '_') {
      break;
    }
    ++end;
  }
  return std::string(user_agent.substr(0, end));
}

}  // namespace siftd
