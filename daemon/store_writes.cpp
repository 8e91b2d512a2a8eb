// What changes the store: applying write sets, and forgetting.
#include <algorithm>
#include <chrono>

#include "base/limits.hpp"
#include "daemon/statements.hpp"
#include "daemon/store.hpp"
#include "sinks/encode.hpp"

namespace siftd {

namespace {

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

bool WriteSet::is_empty() const {
  return feeds.empty() && seen.empty() && articles.empty() && memory.empty() &&
         sites.empty() && events.empty() && cursors.empty() && settings.empty();
}

void Store::apply(WriteSet& writes) {
  for (const FeedRow& row : writes.feeds) {
    if (row.erase) {
      statements_->erase_feed.run(row.url);
    } else {
      statements_->put_feed.run(row.url, row.state);
    }
  }
  for (const SeenRow& row : writes.seen) {
    statements_->put_seen.run(row.key, row.article, row.item_hash, row.listed_day);
  }
  for (const ArticleRow& row : writes.articles) {
    statements_->put_article.run(
        row.id, row.feed_url, row.feed, row.guid, row.url, row.title, row.revision,
        row.text_hash, row.story, row.duplicate_of, row.similarity,
        static_cast<int>(row.kind), static_cast<int>(row.text_from), row.first_seen,
        row.last_changed, row.look_again, row.looked, row.is_removed, row.removed_json,
        row.text, row.titles);
  }
  for (const MemoryRow& row : writes.memory) {
    statements_->put_memory.run(row.article, row.time, row.blob);
  }
  for (const SiteRow& row : writes.sites) {
    statements_->put_site.run(row.site, row.blob);
  }
  for (NewEvent& event : writes.events) {
    append(event);
  }
  for (const auto& [name, cursor] : writes.cursors) {
    statements_->put_cursor.run(name, cursor.sequence, cursor.state, now_ms());
  }
  for (const auto& [key, value] : writes.settings) {
    statements_->put_setting.run(key, value);
  }
}

void Store::append(NewEvent& event) {
  const std::uint64_t sequence = newest_ + 1;
  set_sequence(event.line, sequence);
  // The clock may be set back; retention looks for an age by halving.
  last_time_ = std::max(last_time_, now_ms());
  std::uint64_t previous = 0;
  if (event.article != 0) {
    Statement::Rows rows = statements_->last_of_article.query(event.article);
    previous = rows.next() ? rows.number(0) : 0;
  }
  statements_->put_event.run(sequence, end_, last_time_, static_cast<int>(event.type),
                             event.article, previous, checksum(event.line), event.feed,
                             join_tags(event.feed_tags), event.id, event.line);
  if (event.article != 0) {
    statements_->set_last_of_article.run(sequence, event.article);
  }
  newest_ = sequence;
  end_ += event.line.size();
}

Store::Forgotten Store::forget(const Retention& retention,
                               std::chrono::system_clock::time_point now) {
  const auto now_milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch())
          .count();
  Forgotten forgotten;
  const std::uint64_t before = oldest_;
  begin();
  try {
    forget_events(retention, now_milliseconds, forgotten);
    forgotten.is_done &= forget_rows(retention, now_milliseconds);
    commit();
  } catch (const StoreError&) {
    rollback();
    oldest_ = before;
    throw;
  }
  return forgotten;
}

// The first sequence that retention wants kept. Time and size both grow with the
// sequence, so the place is found by halving.
std::uint64_t Store::cutoff(const Retention& retention, std::int64_t now) {
  const auto is_kept = [&](std::uint64_t sequence, bool by_size) {
    Statement::Rows rows = statements_->event_place.query(sequence);
    if (!rows.next()) {
      return false;  // a hole left by damage
    }
    return by_size ? end_ - rows.number(1) <= retention.size
                   : rows.integer(0) >= now - retention.age.count();
  };
  const auto first_kept = [&](bool by_size) {
    std::uint64_t low = oldest_;
    std::uint64_t high = newest_;  // the newest is always kept: it carries the sequence
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      if (is_kept(middle, by_size)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  };
  std::uint64_t held = newest_;
  for (const std::string& name : retention.holders) {
    const std::optional<Journal::Cursor> taken = cursor(name);
    held = std::min(held, taken ? taken->sequence + 1 : oldest_);
  }
  return std::max(std::min(first_kept(false), held), first_kept(true));
}

void Store::forget_events(const Retention& retention, std::int64_t now,
                          Forgotten& forgotten) {
  if (newest_ <= oldest_) {
    return;
  }
  const std::uint64_t wanted = cutoff(retention, now);
  const std::uint64_t end =
      std::min(wanted, oldest_ + static_cast<std::uint64_t>(limits::kHousekeepingRows));
  if (end <= oldest_) {
    return;
  }
  Statement remove = database_->prepare("DELETE FROM events WHERE sequence < ?");
  remove.run(end);
  forgotten.events = static_cast<std::uint64_t>(database_->changes());
  std::uint64_t held = end;
  for (const std::string& name : retention.holders) {
    const std::optional<Journal::Cursor> taken = cursor(name);
    held = std::min(held, taken ? taken->sequence + 1 : oldest_);
  }
  forgotten.untaken = end - std::max(held, oldest_);
  forgotten.is_done = end == wanted;
  oldest_ = end;
}

// Goes round through the tables a slice a call. False: memory rows are still due.
bool Store::forget_rows(const Retention& retention, std::int64_t now) {
  const std::int64_t seconds = now / 1000;
  const std::int64_t day = seconds / (24 * 60 * 60);
  Statement memory = database_->prepare(
      "DELETE FROM memory WHERE article IN (SELECT article FROM memory WHERE time < ?"
      " ORDER BY time LIMIT ?)");
  memory.run(seconds - retention.window.count() / 1000, limits::kHousekeepingRows);
  const bool is_done = database_->changes() < limits::kHousekeepingRows;

  const auto slice_end = [&](const char* sql, std::int64_t from) {
    Statement statement = database_->prepare(sql);
    Statement::Rows rows = statement.query(from, limits::kHousekeepingRows);
    return rows.next() ? rows.integer(0) : INT64_MAX;
  };
  const auto position = [&](std::string_view key) {
    const std::optional<std::string> text = setting(key);
    return text ? std::strtoll(text->c_str(), nullptr, 10) : INT64_MIN;
  };
  const auto remember = [&](std::string_view key, std::int64_t end) {
    statements_->put_setting.run(key,
                                 std::to_string(end == INT64_MAX ? INT64_MIN : end + 1));
  };

  // Consumers that have not acknowledged for as long as anything is remembered.
  Statement consumers = database_->prepare(
      "DELETE FROM cursors WHERE name >= CAST('consumer:' AS BLOB)"
      " AND name < CAST('consumer;' AS BLOB) AND saved < ?");
  consumers.run(now - limits::kSeenDays * std::int64_t{24 * 60 * 60 * 1000});

  const std::int64_t seen_from = position("housekeeping.seen");
  const std::int64_t seen_to = slice_end(
      "SELECT key FROM seen WHERE key >= ? ORDER BY key LIMIT 1 OFFSET ?", seen_from);
  Statement articles = database_->prepare(
      "DELETE FROM articles WHERE last_changed < ?4 AND id IN (SELECT article FROM seen"
      " WHERE key BETWEEN ?1 AND ?2 AND listed_day < ?3)");
  articles.run(seen_from, seen_to, day - limits::kSeenDays,
               seconds - limits::kSeenDays * std::int64_t{24 * 60 * 60});
  Statement seen =
      database_->prepare("DELETE FROM seen WHERE key BETWEEN ? AND ? AND listed_day < ?");
  seen.run(seen_from, seen_to, day - limits::kSeenDays);
  remember("housekeeping.seen", seen_to);

  const std::int64_t text_from = position("housekeeping.text");
  const std::int64_t text_to = slice_end(
      "SELECT id FROM articles WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ?", text_from);
  Statement texts = database_->prepare(
      "UPDATE articles SET text = x'', removed = x'' WHERE id BETWEEN ? AND ?"
      " AND last_changed < ? AND length(text) > 0");
  texts.run(text_from, text_to, seconds - limits::kTextDays * std::int64_t{24 * 60 * 60});
  remember("housekeeping.text", text_to);
  return is_done;
}

}  // namespace siftd
