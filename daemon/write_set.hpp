#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/metrics.hpp"
#include "daemon/polled_feed.hpp"
#include "daemon/store.hpp"
#include "sifters/sifter.hpp"

namespace siftd {

// Adds what the sifter decided, its event encoded.
void append(WriteSet& writes, Sifted sifted);
void append(WriteSet& writes, const Event& event);

// A siftd.feed.status event; `poll` and `nth` make its id unique within the feed.
Event status_event(const Source& source, FeedStatusData data, std::uint32_t poll,
                   char nth);

// What decisions came to: counted on the recorder's thread, added up on the loop's
// when they are durable.
class Tally {
 public:
  void count(const Sifted& sifted);
  void add_to(PolledFeed& feed, Metrics& metrics) const;

 private:
  std::map<std::string, std::uint64_t> events_;
  std::map<std::string, std::uint64_t> copies_;
  std::map<std::string, std::uint64_t> removed_;
  std::vector<std::chrono::duration<double>> delays_;  // from publication to event
  std::uint32_t articles_ = 0;
  std::uint32_t copy_count_ = 0;
  std::uint64_t stories_ = 0;
  std::chrono::sys_seconds last_new_{};
};

}  // namespace siftd
