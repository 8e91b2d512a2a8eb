#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config.hpp"

namespace siftd {

// What `siftd feeds` added and removed, which lasts beside the configuration: a
// small JSON document among the store's settings.
struct FeedEdits {
  struct Added {
    std::string url;  // without user information
    std::string user_info;
    std::string name;  // empty: host and path
    std::vector<std::string> tags;
    bool operator==(const Added&) const = default;
  };
  // A feed of the configuration that was removed stays away until its entry there
  // changes.
  struct Removed {
    std::string url;
    std::uint64_t entry = 0;  // entry_hash() at the time
    bool operator==(const Removed&) const = default;
  };
  std::vector<Added> added;
  std::vector<Removed> removed;

  // The key among the store's settings.
  static constexpr std::string_view kSetting = "feeds";

  std::string encode() const;
  // Anything that is no such document: no edits.
  static FeedEdits decode(std::string_view json);
  bool operator==(const FeedEdits&) const = default;
};

// Changes when anything of the feed's entry in the configuration does.
std::uint64_t entry_hash(const FeedConfig& feed);

// "host/path" of a URL, for feeds without a name.
std::string name_of(std::string_view url);

// The feeds to poll: the configuration's without those removed, and those added.
// One URL is one feed: the first stands. Names are made unique by "-2", "-3".
std::vector<Shared<FeedConfig>> effective_feeds(const Config& config,
                                                const FeedEdits& edits);

}  // namespace siftd
