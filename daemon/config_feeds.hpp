#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "daemon/config_table.hpp"
#include "daemon/toml_pieces.hpp"

namespace siftd {

// The parts of load_config() that are about feeds.

// What [fetch] and each [[feed]] have in common. `to` is changed in place.
void read_fetch_keys(ConfigTable& table, FetchConfig& to,
                     const std::filesystem::path& directory);

// [fetch].
void read_fetch_section(ConfigTable& root, FetchConfig& defaults,
                        const std::filesystem::path& directory);

// [[feed]], of the root and of each piece of the file, then [[opml]]: a feed of an OPML
// file that came before is left out, and what such a file holds beside feeds is a
// warning. Every feed ends with a name of its own. An answer: a piece is no TOML.
std::optional<ConfigError> read_feeds(ConfigTable& root,
                                      std::span<const TomlPieces::Piece> pieces,
                                      const Shared<FetchConfig>& defaults,
                                      const std::filesystem::path& directory,
                                      std::vector<Shared<FeedConfig>>& to);

}  // namespace siftd
