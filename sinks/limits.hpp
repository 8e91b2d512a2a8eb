#pragma once

#include "base/limits.hpp"

// Bounds that only the sinks know.
namespace siftd::limits {

// What a client says after it was told to go is read, and not heeded, up to here.
inline constexpr std::size_t kUnheededBytes = 1 * kMiB;
// Bytes that a peer has taken are looked for this often (SIOCOUTQ).
inline constexpr auto kConfirmEvery = 100ms;
// What one webhook carries; a file of dead letters is rotated beyond its size.
inline constexpr std::size_t kPostBytes = 1 * kMiB;
inline constexpr std::size_t kPostEvents = 100;
inline constexpr std::size_t kDeadLetterBytes = 64 * kMiB;
inline constexpr auto kPostTime = 30s;
// A program that is to end gets so long after the end of its input, then after SIGTERM.
inline constexpr auto kChildPatience = 500ms;

}  // namespace siftd::limits
