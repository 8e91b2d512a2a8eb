#pragma once

#include <chrono>
#include <cstddef>

// Every bound that siftd keeps against hostile or broken input, with its reason.
// Each stage adds its own section; nothing is bounded by a number elsewhere.
namespace siftd::limits {

using namespace std::chrono_literals;

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

// ---- events
// No event line is longer (docs/events.md): readers may size a buffer by it.
inline constexpr std::size_t kMaxEventBytes = 16 * kMiB;

// ---- fetching (fetchers/)

// ---- feeds (parsers/: XML, JSON, dates, charsets)

// ---- pages (parsers/html, sifters/article)

// ---- cleaning (sifters/boilerplate)

// ---- recognising (sifters/: copies, stories)

// ---- store and delivery (daemon/store, sinks/)

// ---- polling (daemon/: feeds, schedule, pipeline)

// ---- HTTP, API and terminal (daemon/http, commands)

}  // namespace siftd::limits
