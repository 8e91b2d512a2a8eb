#pragma once

#include <cstdint>

#include "daemon/feed.hpp"

// When a feed is polled next, and why then: the part of daemon/feed.cpp that counts
// time. Pure.

namespace siftd {

// Sets next_poll, why and held_until after a poll at `now`, whose outcome the rest of
// the state already shows.
void set_next_poll(const FeedConfig& config, const Freshness& freshness, int http_status,
                   WallTime now, FeedState& state);

// True when the validators are not to be sent: once in a week or so the whole document
// is asked for, as some servers answer 304 for ever.
bool wants_whole(const FeedConfig& config, const FeedState& state, WallTime now);

// What ttl and sy:update* ask for, seconds; 0: nothing. 7 days at most.
std::uint32_t asked_wait(const FeedInfo& info);

}  // namespace siftd
