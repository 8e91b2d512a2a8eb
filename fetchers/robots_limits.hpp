#pragma once

#include "base/limits.hpp"

// The bounds of robots.txt, beside those of base/limits.hpp.
namespace siftd::limits {

// RFC 9309 2.5: at least 500 KiB of a robots.txt must be read, no more need be.
inline constexpr std::size_t kMaxRobotsBytes = 500 * kKiB;
inline constexpr std::size_t kMaxRobotsRules = 5000;
// Whoever cannot say within this what is allowed is unreachable.
inline constexpr auto kRobotsTimeout = 10s;
inline constexpr auto kRobotsLife = 24h;     // RFC 9309 2.4: not longer
inline constexpr auto kRobotsRetry = 30min;  // after no answer or a 5xx
inline constexpr std::size_t kRobotsHosts = 10000;

}  // namespace siftd::limits
