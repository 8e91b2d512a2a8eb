#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "parsers/item.hpp"

namespace siftd {

// Something that was taken out of an article's text, and by which rule.
struct Removed {
  std::string rule;
  std::string text;
  // Lines of the text that stand before its place, empty ones not counted; kAtEnd:
  // nothing is known of its place. For the status page; not in events.
  std::uint32_t after = kAtEnd;
  bool is_line = false;  // it was a whole line, not a part of one

  static constexpr std::uint32_t kAtEnd = 0xffffffff;
  // Where it stood does not make it another passage.
  bool operator==(const Removed& other) const {
    return rule == other.rule && text == other.text;
  }
};

// Adds what a later step took out of the text that an earlier one had left, whose
// passages move up by what is gone before them.
void add_removed(std::vector<Removed>& earlier, std::vector<Removed> later);

// How two texts are the same article.
enum class CopyKind { none, exact, near, contained };

// Where an article's text comes from.
enum class TextFrom { feed, page };

// What changed from one revision to the next, in paragraphs.
struct Changes {
  std::vector<std::string> added;
  std::vector<std::string> removed;
  std::vector<std::pair<std::string, std::string>> changed;  // before, after
  std::string title_before;                                  // empty: the same title
  std::string title_after;
  bool operator==(const Changes&) const = default;
};

// The data of a siftd.article.* event: a JSON Feed 1.1 item, cleaned.
struct ArticleData {
  std::string id;   // the feed's guid, else the canonical URL, else a hash
  std::string url;  // canonical
  std::string title;
  std::string content_text;
  std::string summary;
  std::vector<Author> authors;
  std::optional<std::chrono::sys_seconds> published;
  std::optional<std::chrono::sys_seconds> modified;
  std::string language;
  std::vector<std::string> tags;
  std::string image;
  std::vector<Attachment> attachments;
  // _siftd
  std::string feed;           // the feed's name
  std::uint64_t article = 0;  // siftd's own id; 16 hex digits in JSON
  std::uint32_t revision = 1;
  TextFrom text_from = TextFrom::feed;
  std::size_t words = 0;
  std::vector<Removed> removed;
  std::uint64_t story = 0;                    // 16 hex digits in JSON
  std::optional<std::uint64_t> duplicate_of;  // an article
  double similarity = 0;                      // 0..1, see docs/events.md
  CopyKind kind = CopyKind::none;
  std::optional<Changes> changes;  // of an update
  std::string reason;              // of a removal

  bool operator==(const ArticleData&) const = default;
};

// The data of a siftd.feed.status event.
struct FeedStatusData {
  enum class Status { moved, gone, failing, recovered };
  std::string feed;
  std::string url;
  Status status = Status::failing;
  std::string reason;
  int http_status = 0;
  int failures = 0;
  std::chrono::sys_seconds since{};
  std::optional<std::chrono::sys_seconds> next_poll;  // absent: none
  bool operator==(const FeedStatusData&) const = default;
};

enum class EventType {
  article_new,
  article_updated,
  article_duplicate,
  article_removed,
  feed_status
};

// "siftd.article.new" and so on: the CloudEvents type.
std::string_view to_string(EventType type);
// The type of that name, if there is one.
std::optional<EventType> event_type(std::string_view name);

// What siftd tells the world: a CloudEvents 1.0 envelope around its data. The
// sequence is given by the store, when the event is written there.
struct Event {
  std::string id;  // "<article, 16 hex>:<revision>", or "<hash>:<n>" of a status
  EventType type = EventType::article_new;
  std::string source;   // the configured feed URL, without user information
  std::string subject;  // the article's URL, else its data.id
  std::chrono::sys_time<std::chrono::milliseconds> time{};
  std::vector<std::string> feed_tags;  // for sinks' filters; not encoded
  std::variant<ArticleData, FeedStatusData> data;

  bool operator==(const Event&) const = default;
};

}  // namespace siftd
