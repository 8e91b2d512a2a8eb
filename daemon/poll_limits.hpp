#pragma once

#include "base/limits.hpp"

// The bounds of documents and of WebSub, beside those of base/limits.hpp.
namespace siftd::limits {

// Tables of [[feed]] that are read as one tree, which takes some 2 KiB a table.
inline constexpr std::size_t kFeedTablesAtOnce = 64;

// The lease that hubs are asked for, and what of their answers is believed: a shorter
// one would be renewed all the time, a longer one be forgotten by one of the two.
inline constexpr auto kLease = 10 * 24h;
inline constexpr auto kMinLease = 1h;
inline constexpr auto kMaxLease = 30 * 24h;
// A hub that did not verify is asked again after this long, at the next poll.
inline constexpr auto kSubscribeAgain = 6h;
// Items of one document that are looked at, the first ones: half a KiB of memory each.
// The largest feeds that are meant to be read have some thousand.
inline constexpr std::size_t kMaxTakenItems = 20'000;

}  // namespace siftd::limits
