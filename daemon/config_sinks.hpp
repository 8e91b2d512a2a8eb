#pragma once

#include <filesystem>
#include <vector>

#include "daemon/config_table.hpp"

namespace siftd {

// [[sink]]: the part of load_config() that is about sinks. Names are unique, and
// so are their paths and addresses.
std::vector<SinkConfig> read_sinks(ConfigTable& root,
                                   const std::filesystem::path& directory);

}  // namespace siftd
