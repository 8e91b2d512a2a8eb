#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/compact_text.hpp"
#include "daemon/config.hpp"
#include "daemon/feed.hpp"
#include "daemon/schedule.hpp"
#include "sifters/candidate.hpp"

namespace siftd {

// A feed while the daemon runs: its entry, its state as last made durable, and what
// is counted since the start. Owned by the pipeline; on the loop's thread.
struct PolledFeed {
  Shared<FeedConfig> config;
  std::shared_ptr<const Access> access;
  FeedState state;
  Schedule::Job job = 0;
  CompactText title;        // the feed's own, as last read
  CompactText home_page;    // likewise
  std::uint32_t polls = 0;  // as all that follow: since the start
  std::uint32_t unchanged = 0;
  std::uint32_t articles = 0;
  std::uint32_t copies = 0;
  std::uint32_t pages_waiting = 0;  // items whose page is asked for again later
  std::uint32_t looks = 0;          // articles whose page is being looked at again
  std::uint64_t bytes = 0;
  std::chrono::sys_seconds last_new{};
  bool is_polling = false;
  bool is_removed = false;  // goes when its visit ends

  // A coroutine still refers to it.
  bool is_in_use() const { return is_polling || pages_waiting > 0 || looks > 0; }
};

// Counts a coroutine that refers to a feed, from before it starts until it has ended.
class InUse {
 public:
  explicit InUse(std::uint32_t& count) : count_(&count) { ++count; }
  InUse(InUse&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  InUse& operator=(InUse&&) = delete;
  ~InUse() {
    if (count_ != nullptr) {
      --*count_;
    }
  }

 private:
  std::uint32_t* count_;
};

Source source_of(const PolledFeed& feed);

}  // namespace siftd
