#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "daemon/config_table.hpp"

namespace siftd {

// The parts of load_config() that are about feeds.

// What [fetch] and each [[feed]] have in common. `to` is changed in place.
void read_fetch_keys(ConfigTable& table, FetchConfig& to,
                     const std::filesystem::path& directory);

// [fetch].
void read_fetch_section(ConfigTable& root, FetchConfig& defaults,
                        const std::filesystem::path& directory);

// [[feed]], then [[opml]]: a feed of an OPML file that came before is left out, and
// what such a file holds beside feeds is a warning. Every feed ends with a name of
// its own.
std::vector<FeedConfig> read_feeds(ConfigTable& root, const FetchConfig& defaults,
                                   const std::filesystem::path& directory);

}  // namespace siftd
