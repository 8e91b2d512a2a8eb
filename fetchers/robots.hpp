#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// The rules of one robots.txt that concern us (RFC 9309). A value; pure.
class RobotsRules {
 public:
  // All is allowed.
  RobotsRules() = default;
  // Nothing is: the file cannot be reached (2.3.1.4).
  static RobotsRules none_allowed();
  // `product` is our product token ("siftd"), compared without case; the rules of "*"
  // hold when no group names it. Reads limits::kMaxRobotsBytes at most. What is no
  // robots.txt (an HTML page, say) has no rules.
  static RobotsRules parse(std::string_view text, std::string_view product);

  // `path` with its query, as it is requested. The longest match decides, allow
  // before disallow (2.2.2); /robots.txt itself is always allowed.
  bool allows(std::string_view path) const;

  // No part of the RFC, but widely asked for.
  std::optional<std::chrono::milliseconds> crawl_delay() const { return crawl_delay_; }

 private:
  struct Rule {
    std::string pattern;
    bool is_allow = false;
  };
  std::vector<Rule> rules_;
  std::optional<std::chrono::milliseconds> crawl_delay_;
};

// "siftd/1.0 (+https://...)" -> "siftd": what robots.txt files can name.
std::string product_token(std::string_view user_agent);

}  // namespace siftd
