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
#include "sifters/records.hpp"
#include "sinks/sink.hpp"

namespace siftd {

// A feed's durable state: an opaque blob made by daemon/feed.
struct FeedRow {
  std::string url;  // as configured, the key
  std::string state;
  bool erase = false;
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
class Store : public Archive {
 public:
  // Opens or makes `dir`/siftd.db and takes the lock (flock) on the directory.
  explicit Store(const std::filesystem::path& dir);
  ~Store() override;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  std::optional<SeenRow> find(std::uint64_t key) override;
  std::optional<ArticleRow> article(std::uint64_t id) override;
  std::optional<std::string> setting(std::string_view key);

  void each_feed(const std::function<void(FeedRow)>& on_row);
  void each_memory(const std::function<void(MemoryRow)>& on_row);  // by time
  std::optional<SiteRow> site(const std::string& site) override;
  // Articles whose look_again is due, oldest first.
  std::vector<ArticleRow> due_again(std::int64_t now, std::size_t limit);

  std::uint64_t oldest() const;
  std::uint64_t newest() const;

 private:
  struct Database;
  std::unique_ptr<Database> database_;
};

}  // namespace siftd
