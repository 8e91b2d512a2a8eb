#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "daemon/database.hpp"

namespace siftd {

// Stands in the state directory when a running daemon met damage: the next start
// repairs before it does anything else.
inline constexpr const char* kDamagedMark = "siftd.damaged";

// What is wrong with the state in `dir`, one sentence each; empty: nothing. Reads
// everything; a daemon may be running. Throws StoreError when there is no state or
// it cannot be opened.
std::vector<std::string> check_state(const std::filesystem::path& dir);

// Moves the database and its log to names that begin with `file` + ".damaged-";
// gives the new name of the database.
std::filesystem::path quarantine(const std::filesystem::path& file);

// Copies what can be read of `damaged` into the empty `database`, table by table.
// Gives how many rows were copied. Damaged stretches are passed over.
std::uint64_t salvage(Database& database, const std::filesystem::path& damaged);

}  // namespace siftd
