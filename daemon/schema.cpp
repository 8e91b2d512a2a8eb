#include "daemon/schema.hpp"

#include <array>
#include <fstream>
#include <string>

namespace siftd {

namespace {

// Text is kept as blobs: it is compared byte for byte and given back as it came.
// 64-bit unsigned numbers are kept as signed ones of the same bits.
constexpr const char* kFirst = R"sql(
CREATE TABLE settings (key BLOB PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE feeds (url BLOB PRIMARY KEY, state BLOB NOT NULL);
CREATE TABLE cursors (
  name BLOB PRIMARY KEY, sequence INTEGER NOT NULL, state BLOB NOT NULL,
  saved INTEGER NOT NULL);
CREATE TABLE seen (
  key INTEGER PRIMARY KEY, article INTEGER NOT NULL, item_hash INTEGER NOT NULL,
  listed_day INTEGER NOT NULL);
-- The text stands last: looking for a URL does not read it.
CREATE TABLE articles (
  id INTEGER PRIMARY KEY, feed_url BLOB, feed BLOB, guid BLOB, url BLOB, title BLOB,
  revision INTEGER, text_hash INTEGER, story INTEGER, duplicate_of INTEGER,
  similarity REAL, kind INTEGER, text_from INTEGER, first_seen INTEGER,
  last_changed INTEGER, look_again INTEGER, looked INTEGER, is_removed INTEGER,
  last_event INTEGER NOT NULL DEFAULT 0, removed BLOB, text BLOB);
CREATE INDEX articles_by_time ON articles (first_seen);
CREATE INDEX articles_to_look_at ON articles (look_again) WHERE look_again > 0;
CREATE TABLE memory (article INTEGER PRIMARY KEY, time INTEGER NOT NULL, blob BLOB NOT NULL);
CREATE INDEX memory_by_time ON memory (time);
CREATE TABLE sites (site BLOB PRIMARY KEY, blob BLOB NOT NULL);
-- before: bytes of all earlier lines, so that the size of any range is a
-- subtraction. previous: the same article's event before this one, so that its
-- events are found without an index. sum: XXH3 of the line.
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY, before INTEGER NOT NULL, time INTEGER NOT NULL,
  type INTEGER NOT NULL, article INTEGER NOT NULL, previous INTEGER NOT NULL,
  sum INTEGER NOT NULL, feed BLOB NOT NULL, tags BLOB NOT NULL, id BLOB NOT NULL,
  line BLOB NOT NULL);
)sql";

// The headlines that were told lately, see TitleHistory.
constexpr const char* kTitlesTold = R"sql(
ALTER TABLE articles ADD COLUMN titles BLOB NOT NULL DEFAULT x'';
)sql";

constexpr std::array<const char*, 2> kSteps = {kFirst, kTitlesTold};

}  // namespace

std::span<const char* const> schema_steps() {
  return kSteps;
}

void migrate(Database& database, std::span<const char* const> steps) {
  const auto version = static_cast<std::size_t>(database.integer("PRAGMA user_version"));
  if (version > steps.size()) {
    throw StoreError(StoreError::Kind::newer,
                     "it has version " + std::to_string(version) +
                         ", and this siftd knows versions up to " +
                         std::to_string(steps.size()));
  }
  for (std::size_t step = version; step < steps.size(); ++step) {
    database.execute("BEGIN IMMEDIATE");
    try {
      database.execute(steps[step]);
      database.execute("PRAGMA user_version = " + std::to_string(step + 1));
      database.execute("COMMIT");
    } catch (const StoreError&) {
      try {
        database.execute("ROLLBACK");
      } catch (const StoreError&) {
        // SQLite has rolled back by itself already.
      }
      throw;
    }
  }
}

std::size_t schema_version(const std::filesystem::path& file) {
  // The file format's header: user_version is at 60, big-endian.
  constexpr std::size_t kHeader = 64;
  std::array<char, kHeader> header{};
  std::ifstream stream(file, std::ios::binary);
  if (!stream.read(header.data(), kHeader) ||
      std::string_view(header.data(), 15) != "SQLite format 3") {
    return 0;
  }
  std::size_t version = 0;
  for (std::size_t i = 60; i < kHeader; ++i) {
    version = version << 8 | static_cast<unsigned char>(header[i]);
  }
  return version;
}

}  // namespace siftd
