#pragma once

#include "daemon/database.hpp"
#include "daemon/store.hpp"

namespace siftd {

// The columns that article_row() reads, in its order.
#define SIFTD_ARTICLE_COLUMNS                                                        \
  "id, feed_url, feed, guid, url, title, revision, text_hash, story, duplicate_of, " \
  "similarity, kind, text_from, first_seen, last_changed, look_again, looked, "      \
  "is_removed, removed, text, titles"

ArticleRow article_row(const Statement::Rows& rows);

// Of the columns type, feed, tags, line, sequence and sum, from `column` on. Nothing:
// the line is damaged.
std::optional<StoredEvent> event_row(const Statement::Rows& rows);
#define SIFTD_EVENT_COLUMNS "sequence, type, feed, tags, line, sum"

std::uint64_t checksum(std::string_view line);
std::string join_tags(const std::vector<std::string>& tags);

// The store's prepared statements.
struct Store::Statements {
  explicit Statements(Database& database);

  Statement begin, commit, rollback;
  Statement find_seen, find_article, find_setting, find_cursor, find_site, due_again;
  Statement last_event;   // sequence, before, length, time
  Statement event_place;  // of a sequence: time, before
  Statement find_feed, put_feed, erase_feed, put_seen, put_article, put_memory, put_site,
      put_cursor, put_setting, put_event, last_of_article, set_last_of_article;
};

}  // namespace siftd
