#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sifters/event.hpp"

namespace siftd {

// What the sifter wants remembered, as rows of the store. Values; the store adds
// nothing to them.

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
  std::string titles;        // those told lately: a TitleHistory, encoded
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

// What the sifter asks of what was stored. The daemon's store is one
// implementation, the tests' memory the other. It sees what was decided before,
// committed or not; used on the thread that decides.
class Archive {
 public:
  virtual ~Archive() = default;
  virtual std::optional<SeenRow> find(std::uint64_t key) = 0;
  virtual std::optional<ArticleRow> article(std::uint64_t id) = 0;
  virtual std::optional<SiteRow> site(const std::string& site) = 0;
};

}  // namespace siftd
