#include "daemon/salvage.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <deque>
#include <limits>
#include <spdlog/spdlog.h>
#include <system_error>
#include <utility>

#include "base/limits.hpp"
#include "daemon/schema.hpp"
#include "daemon/statements.hpp"
#include "daemon/store.hpp"

namespace siftd {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> names(Database& database, const std::string& sql) {
  std::vector<std::string> found;
  Statement statement = database.prepare(sql.c_str());
  Statement::Rows rows = statement.query();
  while (rows.next()) {
    found.push_back(rows.text(0));
  }
  return found;
}

// The columns that the table has in both databases, separated by commas.
std::string common_columns(Database& database, const std::string& table) {
  std::string columns;
  for (const std::string& name :
       names(database, "SELECT name FROM pragma_table_info('" + table +
                           "', 'main') WHERE name IN (SELECT name FROM"
                           " pragma_table_info('" +
                           table + "', 'old'))")) {
    columns += (columns.empty() ? "" : ", ") + name;
  }
  return columns;
}

// Copies by ranges of row numbers: one that holds damage is halved, the largest
// first, so that little beside the damage is lost when patience ends.
std::uint64_t copy_table(Database& database, const std::string& table) {
  const std::string columns = common_columns(database, table);
  if (columns.empty()) {
    return 0;
  }
  const std::string sql = "INSERT OR IGNORE INTO main." + table + " (rowid, " + columns +
                          ") SELECT rowid, " + columns + " FROM old." + table +
                          " NOT INDEXED WHERE rowid BETWEEN ? AND ?";
  using Range = std::pair<std::int64_t, std::int64_t>;
  std::deque<Range> ranges = {{std::numeric_limits<std::int64_t>::min(),
                               std::numeric_limits<std::int64_t>::max()}};
  std::uint64_t copied = 0;
  for (int tries = 0; tries < limits::kSalvageTries && !ranges.empty(); ++tries) {
    const auto [low, high] = ranges.front();
    ranges.pop_front();
    try {
      Statement copy = database.prepare(sql.c_str());
      copy.run(low, high);
      copied += static_cast<std::uint64_t>(database.changes());
    } catch (const StoreError& error) {
      if (error.kind() != StoreError::Kind::corrupt) {
        throw;
      }
      if (low < high) {
        const std::int64_t middle = low / 2 + high / 2;  // no overflow
        ranges.emplace_back(low, std::min(middle, high - 1));
        ranges.emplace_back(std::min(middle, high - 1) + 1, high);
      }
    }
  }
  return copied;
}

std::string now_compact() {
  const std::time_t now =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm broken_down{};
  ::gmtime_r(&now, &broken_down);
  std::array<char, 32> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &broken_down);
  return std::string(text.data(), size);
}

void check_events(Database& database, std::vector<std::string>& found) {
  Statement statement =
      database.prepare("SELECT " SIFTD_EVENT_COLUMNS " FROM events ORDER BY sequence");
  Statement::Rows rows = statement.query();
  std::uint64_t expected = 0;
  while (rows.next()) {
    const std::uint64_t sequence = rows.number(0);
    if (expected != 0 && sequence != expected) {
      found.push_back("events " + std::to_string(expected) + " to " +
                      std::to_string(sequence - 1) + " are missing");
    }
    expected = sequence + 1;
    if (!event_row(rows)) {
      found.push_back("event " + std::to_string(sequence) +
                      " is damaged: its line does not have its checksum");
    }
    if (found.size() > limits::kReportedDamages) {
      found.push_back("and more");
      return;
    }
  }
}

}  // namespace

std::vector<std::string> check_state(const fs::path& dir) {
  const fs::path file = dir / "siftd.db";
  if (!fs::exists(file)) {
    throw StoreError(StoreError::Kind::cannot_open, file.string() + " does not exist");
  }
  std::vector<std::string> found;
  if (fs::exists(dir / kDamagedMark)) {
    found.push_back("the running daemon met damage; its next start repairs it");
  }
  try {
    Database database(file, Database::Access::read_only);
    for (const std::string& line : names(database, "PRAGMA integrity_check(20)")) {
      if (line != "ok") {
        found.push_back(line);
      }
    }
    check_events(database, found);
  } catch (const StoreError& error) {
    if (error.kind() != StoreError::Kind::corrupt) {
      throw;
    }
    found.push_back(error.what());
  }
  return found;
}

fs::path quarantine(const fs::path& file) {
  const std::string stem = file.string() + ".damaged-" + now_compact();
  std::string target = stem;
  for (int again = 1; fs::exists(target); ++again) {
    target = stem + "." + std::to_string(again);
  }
  for (const char* suffix : {"-wal", "-shm", ""}) {
    std::error_code failure;
    fs::rename(file.string() + suffix, target + suffix, failure);
    if (failure && failure != std::errc::no_such_file_or_directory) {
      throw StoreError(
          StoreError::Kind::cannot_open,
          file.string() + suffix + ": cannot be moved aside: " + failure.message());
    }
  }
  return target;
}

std::uint64_t salvage(Database& database, const fs::path& damaged) {
  std::uint64_t copied = 0;
  try {
    Statement attach = database.prepare("ATTACH ? AS old");
    attach.run(damaged.string());
    const std::vector<std::string> tables =
        names(database, "SELECT name FROM main.sqlite_master WHERE type = 'table'");
    for (const std::string& table : tables) {
      copied += copy_table(database, table);
    }
  } catch (const StoreError& error) {
    if (error.kind() != StoreError::Kind::corrupt) {
      throw;
    }
    spdlog::error("{}: nothing more can be read: {}", damaged.string(), error.what());
  }
  try {
    database.execute("DETACH old");
  } catch (const StoreError&) {
    // It could not even be attached.
  }
  return copied;
}

void Store::repair() {
  statements_.reset();
  database_.reset();
  std::error_code ignored;
  if (fs::exists(file_, ignored)) {
    const fs::path damaged = quarantine(file_);
    spdlog::error("{} is damaged: moved to {}; taking over what can be read",
                  file_.string(), damaged.string());
    open();
    const std::uint64_t copied = salvage(*database_, damaged);
    // Sinks remember where they were: no event may get a sequence that they passed.
    database_->execute(
        "INSERT INTO settings (key, value) SELECT CAST('sequence' AS BLOB),"
        " CAST(CAST(coalesce(max(sequence), 0) AS TEXT) AS BLOB) FROM (SELECT sequence "
        "FROM cursors"
        " UNION ALL SELECT last_event FROM articles UNION ALL SELECT sequence FROM "
        "events)"
        " WHERE true ON CONFLICT DO UPDATE SET value = excluded.value");
    spdlog::warn("{}: {} rows taken over", file_.string(), copied);
  }
  open();
  fs::remove(dir_ / kDamagedMark, ignored);
}

}  // namespace siftd
