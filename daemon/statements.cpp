#include "daemon/statements.hpp"

#include <algorithm>
#include <xxhash.h>

namespace siftd {

namespace {

constexpr char kTagSeparator = '\x1F';

template <class Enum>
Enum enumerator(std::int64_t value, Enum last) {
  return value >= 0 && value <= static_cast<std::int64_t>(last) ? static_cast<Enum>(value)
                                                                : Enum{};
}

std::vector<std::string> split_tags(std::string_view joined) {
  std::vector<std::string> tags;
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find(kTagSeparator), joined.size());
    tags.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return tags;
}

}  // namespace

std::string join_tags(const std::vector<std::string>& tags) {
  std::string joined;
  for (const std::string& tag : tags) {
    joined += joined.empty() ? "" : std::string(1, kTagSeparator);
    joined += tag;
  }
  return joined;
}

std::uint64_t checksum(std::string_view line) {
  return XXH3_64bits(line.data(), line.size());
}

ArticleRow article_row(const Statement::Rows& rows) {
  ArticleRow row;
  row.id = rows.number(0);
  row.feed_url = rows.text(1);
  row.feed = rows.text(2);
  row.guid = rows.text(3);
  row.url = rows.text(4);
  row.title = rows.text(5);
  row.revision = static_cast<std::uint32_t>(rows.integer(6));
  row.text_hash = rows.number(7);
  row.story = rows.number(8);
  row.duplicate_of = rows.number(9);
  row.similarity = rows.real(10);
  row.kind = enumerator(rows.integer(11), CopyKind::contained);
  row.text_from = enumerator(rows.integer(12), TextFrom::page);
  row.first_seen = rows.integer(13);
  row.last_changed = rows.integer(14);
  row.look_again = rows.integer(15);
  row.looked = static_cast<std::uint32_t>(rows.integer(16));
  row.is_removed = rows.integer(17) != 0;
  row.removed_json = rows.text(18);
  row.text = rows.text(19);
  row.titles = rows.text(20);
  return row;
}

std::optional<StoredEvent> event_row(const Statement::Rows& rows) {
  if (checksum(rows.view(4)) != rows.number(5)) {
    return std::nullopt;
  }
  StoredEvent event;
  event.sequence = rows.number(0);
  event.type = enumerator(rows.integer(1), EventType::feed_status);
  event.feed = rows.text(2);
  event.feed_tags = split_tags(rows.view(3));
  event.line = rows.text(4);
  return event;
}

Store::Statements::Statements(Database& database)
    : begin(database.prepare("BEGIN IMMEDIATE")),
      commit(database.prepare("COMMIT")),
      rollback(database.prepare("ROLLBACK")),
      find_seen(database.prepare(
          "SELECT article, item_hash, listed_day FROM seen WHERE key = ?")),
      find_article(database.prepare("SELECT " SIFTD_ARTICLE_COLUMNS
                                    " FROM articles WHERE id = ?")),
      find_setting(database.prepare("SELECT value FROM settings WHERE key = ?")),
      find_cursor(database.prepare("SELECT sequence, state FROM cursors WHERE name = ?")),
      find_site(database.prepare("SELECT blob FROM sites WHERE site = ?")),
      due_again(database.prepare("SELECT " SIFTD_ARTICLE_COLUMNS
                                 " FROM articles WHERE look_again > 0 AND look_again <= ?"
                                 " ORDER BY look_again LIMIT ?")),
      last_event(
          database.prepare("SELECT sequence, before, length(line), time FROM events"
                           " ORDER BY sequence DESC LIMIT 1")),
      event_place(database.prepare("SELECT time, before FROM events WHERE sequence = ?")),
      find_feed(database.prepare("SELECT state FROM feeds WHERE url = ?")),
      put_feed(database.prepare("INSERT INTO feeds (url, state) VALUES (?, ?)"
                                " ON CONFLICT DO UPDATE SET state = excluded.state")),
      erase_feed(database.prepare("DELETE FROM feeds WHERE url = ?")),
      put_seen(database.prepare("INSERT OR REPLACE INTO seen (key, article, item_hash,"
                                " listed_day) VALUES (?, ?, ?, ?)")),
      put_article(database.prepare(
          "INSERT INTO articles (" SIFTD_ARTICLE_COLUMNS
          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          " ON CONFLICT DO UPDATE SET feed_url = excluded.feed_url, feed = excluded.feed,"
          " guid = excluded.guid, url = excluded.url, title = excluded.title,"
          " revision = excluded.revision, text_hash = excluded.text_hash,"
          " story = excluded.story, duplicate_of = excluded.duplicate_of,"
          " similarity = excluded.similarity, kind = excluded.kind,"
          " text_from = excluded.text_from, first_seen = excluded.first_seen,"
          " last_changed = excluded.last_changed, look_again = excluded.look_again,"
          " looked = excluded.looked, is_removed = excluded.is_removed,"
          " removed = excluded.removed, text = excluded.text,"
          " titles = excluded.titles")),
      put_memory(database.prepare(
          "INSERT OR REPLACE INTO memory (article, time, blob) VALUES (?, ?, ?)")),
      put_site(database.prepare("INSERT INTO sites (site, blob) VALUES (?, ?)"
                                " ON CONFLICT DO UPDATE SET blob = excluded.blob")),
      put_cursor(database.prepare(
          "INSERT INTO cursors (name, sequence, state, saved) VALUES (?, ?, ?, ?)"
          " ON CONFLICT DO UPDATE SET sequence = excluded.sequence,"
          " state = excluded.state, saved = excluded.saved")),
      put_setting(database.prepare("INSERT INTO settings (key, value) VALUES (?, ?)"
                                   " ON CONFLICT DO UPDATE SET value = excluded.value")),
      put_event(
          database.prepare("INSERT INTO events (sequence, before, time, type, article, "
                           "previous, sum, feed,"
                           " tags, id, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")),
      last_of_article(database.prepare("SELECT last_event FROM articles WHERE id = ?")),
      set_last_of_article(
          database.prepare("UPDATE articles SET last_event = ? WHERE id = ?")) {}

}  // namespace siftd
