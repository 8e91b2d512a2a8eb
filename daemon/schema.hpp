#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "daemon/database.hpp"

namespace siftd {

// The steps that make the database of today: step n turns version n into n + 1. A
// step that was released is never changed; what is new is a step at the end.
std::span<const char* const> schema_steps();

// Runs the steps that are missing, each with its version in one transaction.
// StoreError (newer) when the database has had more.
void migrate(Database& database, std::span<const char* const> steps);

// The version in a database file's header, read without opening it as a database;
// 0: new or no database.
std::size_t schema_version(const std::filesystem::path& file);

}  // namespace siftd
