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

#include "daemon/database.hpp"
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

// What the store may forget, and when.
struct Retention {
  std::chrono::milliseconds age = std::chrono::hours(24 * 7);     // of events
  std::uint64_t size = 10ull << 30;                               // bytes of event lines
  std::chrono::milliseconds window = std::chrono::hours(24 * 7);  // of memory rows
  // Cursors of the sinks that are configured: age does not remove what one of them
  // has not taken; size does, and says so.
  std::vector<std::string> holders;
};

// The one SQLite database of a daemon: feeds, seen articles, the event journal,
// sink cursors. Synchronous, and used on the recorder's thread only; it sees its
// own uncommitted writes. Throws StoreError when the database cannot go on.
class Store : public Archive {
 public:
  // Opens or makes `dir`/siftd.db and locks `dir`/siftd.lock, which holds the
  // process number. A damaged database is moved aside and what can be read is taken
  // over. Throws StoreError: in use, of a newer version, cannot be made.
  explicit Store(const std::filesystem::path& dir);
  ~Store() override;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  std::optional<SeenRow> find(std::uint64_t key) override;
  std::optional<ArticleRow> article(std::uint64_t id) override;
  std::optional<std::string> setting(std::string_view key);
  std::optional<Journal::Cursor> cursor(std::string_view name);

  // The states of these feeds, all as of one moment; `found` gets the place in `urls`.
  // Those that have none are left out.
  void feed_states(const std::vector<std::string_view>& urls,
                   const std::function<void(std::size_t, std::string_view)>& found);
  void each_memory(const std::function<void(MemoryRow)>& on_row);  // by time
  std::optional<SiteRow> site(const std::string& site) override;
  // Articles whose look_again is due, oldest first.
  std::vector<ArticleRow> due_again(std::int64_t now, std::size_t limit);

  // The oldest kept and the newest sequence, uncommitted ones included; newest <
  // oldest: none. Sequences go on where they were even when all were removed.
  std::uint64_t oldest() const { return oldest_; }
  std::uint64_t newest() const { return newest_; }
  // Bytes of the lines kept.
  std::uint64_t bytes() const;
  const std::filesystem::path& file() const { return file_; }

  // ---- for the recorder: transactions, and what is done beside the jobs.
  void begin();
  // Gives each event its sequence and writes it into its line.
  void apply(WriteSet& writes);
  void commit();
  void rollback();  // never throws

  // One step of forgetting, in a transaction of its own.
  struct Forgotten {
    std::uint64_t events = 0;
    std::uint64_t untaken = 0;  // of these, not taken by a configured sink
    bool is_done = true;        // false: more is due at once
  };
  Forgotten forget(const Retention& retention, std::chrono::system_clock::time_point now);

  // Moves a damaged database aside and takes over what can be read, as at the start.
  void repair();

 private:
  struct Statements;
  void open();
  void append(NewEvent& event);
  std::uint64_t cutoff(const Retention& retention, std::int64_t now);
  void forget_events(const Retention& retention, std::int64_t now, Forgotten& forgotten);
  bool forget_rows(const Retention& retention, std::int64_t now);

  std::filesystem::path dir_;
  std::filesystem::path file_;
  int lock_ = -1;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Statements> statements_;
  int checkpoint_at_ = 0;  // pages of the write-ahead log
  std::uint64_t oldest_ = 1;
  std::uint64_t newest_ = 0;
  std::uint64_t committed_ = 0;  // the newest of the last commit
  std::uint64_t end_ = 0;        // bytes of all lines ever written
  std::uint64_t committed_end_ = 0;
  std::int64_t last_time_ = 0;  // of the newest event: never goes back
};

}  // namespace siftd
