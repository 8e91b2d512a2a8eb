#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sifters/event.hpp"
#include "sinks/sink.hpp"

namespace siftd {

// A feed's durable state: an opaque blob made by daemon/feed.
struct FeedRow {
  std::string url;  // as configured, the key
  std::string state;
  bool erase = false;
};

// What is known of an identity key (a hash of guid, of canonical URL, of content).
struct SeenRow {
  std::uint64_t key = 0;
  std::uint64_t article = 0;    // 0: marked as seen without an event (max_backlog)
  std::uint64_t item_hash = 0;  // of the feed item as last seen: equal means unchanged
  std::int32_t listed_day = 0;  // days since 1970 when last seen listed
};

// The latest of an article: for comparison, search and the status page.
struct ArticleRow {
  std::uint64_t id = 0;
  std::string feed_url;
  std::string feed;  // name
  std::string guid;
  std::string url;
  std::string title;
  std::string text;          // clean; dropped 8 days after it was last seen new
  std::string removed_json;  // [{"rule","text"}]
  std::uint32_t revision = 1;
  std::uint64_t text_hash = 0;
  std::uint64_t story = 0;
  std::uint64_t duplicate_of = 0;  // 0: none
  double similarity = 0;
  CopyKind kind = CopyKind::none;
  TextFrom text_from = TextFrom::feed;
  std::int64_t first_seen = 0;  // Unix seconds
  std::int64_t last_changed = 0;
  std::int64_t look_again = 0;  // when to look for a revision; 0: never
  std::uint32_t looked = 0;     // how often it was looked at again
  bool is_removed = false;
};

// One article in the memory of copies and stories: a blob made by the sifter.
struct MemoryRow {
  std::uint64_t article = 0;
  std::int64_t time = 0;  // Unix seconds; rows older than the window are dropped
  std::string blob;
};

// What one site is known to repeat: a blob made by the sifter.
struct SiteRow {
  std::string site;
  std::string blob;
};

// An event to be appended; the store gives it the next sequence. `line` is
// encoded with sequence 0.
struct NewEvent {
  EventType type = EventType::article_new;
  std::string id;
  std::uint64_t article = 0;
  std::string feed;
  std::vector<std::string> feed_tags;
  std::string line;
};

// All that one piece of work changes: applied as a whole, or not at all.
struct WriteSet {
  std::vector<FeedRow> feeds;
  std::vector<SeenRow> seen;
  std::vector<ArticleRow> articles;
  std::vector<MemoryRow> memory;
  std::vector<SiteRow> sites;
  std::vector<NewEvent> events;
  std::vector<std::pair<std::string, Journal::Cursor>> cursors;
  std::vector<std::pair<std::string, std::string>> settings;  // key, value; small things

  bool is_empty() const;
};

// The one SQLite database of a daemon: feeds, seen articles, the event journal,
// sink cursors. Synchronous, and used on the recorder's thread only; it sees its
// own uncommitted writes. Throws StoreError when the database cannot go on.
class Store {
 public:
  // Opens or makes `dir`/siftd.db and takes the lock (flock) on the directory.
  explicit Store(const std::filesystem::path& dir);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  std::optional<SeenRow> find(std::uint64_t key);
  std::optional<ArticleRow> article(std::uint64_t id);
  std::optional<std::string> setting(std::string_view key);

  void each_feed(const std::function<void(FeedRow)>& on_row);
  void each_memory(const std::function<void(MemoryRow)>& on_row);  // by time
  void each_site(const std::function<void(SiteRow)>& on_row);
  // Articles whose look_again is due, oldest first.
  std::vector<ArticleRow> due_again(std::int64_t now, std::size_t limit);

  std::uint64_t oldest() const;
  std::uint64_t newest() const;

 private:
  struct Database;
  std::unique_ptr<Database> database_;
};

}  // namespace siftd
