#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "daemon/config_table.hpp"

namespace siftd {

// The parts of load_config() that are about feeds.

// [fetch]. `defaults` is changed in place.
void read_fetch_section(ConfigTable& root, FetchConfig& defaults,
                        const std::filesystem::path& directory);

// [[feed]], then [[opml]]: a feed of an OPML file that the configuration has
// itself is left out there. Every feed ends with a name of its own.
std::vector<FeedConfig> read_feeds(ConfigTable& root, const FetchConfig& defaults,
                                   const std::filesystem::path& directory);

// A feed's URL in its parts, as far as the configuration cares.
struct FeedUrl {
  std::string url;        // without user information
  std::string user_info;  // percent-decoded; empty: none
  std::string host_and_port;
  std::string name;  // host and path
};

// Takes a configured URL apart. False: it is not a URL that siftd polls, and
// `why` says what to write instead.
bool split_feed_url(const std::string& text, FeedUrl& to, std::string& why);

}  // namespace siftd
