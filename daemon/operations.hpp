#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "daemon/metrics.hpp"
#include "sifters/event.hpp"
#include "sinks/sink.hpp"

namespace siftd {

// What HTTP and the control commands may ask of the daemon, and the values it
// answers with. Everything here runs on the event loop's thread; times are UTC;
// strings are UTF-8 and, where they come from outside, not escaped.

enum class OperationErrc {
  not_found,   // no such feed, article, sink
  exists,      // a feed with this URL or name is there already
  invalid,     // what was asked for cannot be: a bad URL, OPML that is none
  unavailable  // not now: the store cannot write, the daemon stops
};
boost::system::error_code make_error_code(OperationErrc code);

// One feed as its operator wants to see it.
struct FeedView {
  enum class Health { waiting, healthy, failing, gone };  // waiting: never polled
  std::string name;
  std::string url;         // as configured, without user information
  std::string polled_url;  // where it is polled now; empty: `url`
  std::string title;       // the feed's own
  std::vector<std::string> tags;
  std::string origin;  // "siftd.toml:12", "feeds.opml:3", "added"
  Health health = Health::waiting;
  std::string reason;   // why it fails or is gone, in words
  int http_status = 0;  // of the last answer; 0: none came
  int failures = 0;     // in a row
  bool is_polling = false;
  std::optional<std::chrono::sys_seconds> last_poll;
  std::optional<std::chrono::sys_seconds> last_new;   // when it last gave an article
  std::optional<std::chrono::sys_seconds> since;      // of the present health
  std::optional<std::chrono::sys_seconds> next_poll;  // absent: none
  std::string why;    // why then: "changes about every 40 min", "429, asked to wait"
  std::string asked;  // what the server asked for: "max-age=900, ttl 60"
  std::chrono::seconds interval{0};
  std::uint64_t polls = 0;      // since the daemon started, as the next four
  std::uint64_t unchanged = 0;  // 304, or the same bytes
  std::uint64_t bytes = 0;
  std::uint64_t articles = 0;  // events of new articles
  std::uint64_t copies = 0;    // articles that were copies
};

// A sink; `behind` is how many events it has still to take.
struct SinkView {
  Sink::Status status;
  std::uint64_t behind = 0;
};

// A stored article, without what surrounds it.
struct ArticleView {
  std::uint64_t id = 0;
  std::string feed;
  std::string guid;
  std::string url;
  std::string title;
  std::string text;  // clean; empty when no longer kept. In lists: its beginning
  std::vector<Removed> removed;
  std::uint32_t revision = 1;
  TextFrom text_from = TextFrom::feed;
  std::uint64_t story = 0;
  std::uint64_t duplicate_of = 0;  // 0: none
  double similarity = 0;
  CopyKind kind = CopyKind::none;
  bool is_removed = false;  // the publisher took it back
  std::chrono::sys_seconds first_seen{};
  std::chrono::sys_seconds last_changed{};
};

// An article with its life. `events` are its events as the journal still holds
// them, oldest first: one line for each revision, copy or removal.
struct ArticleDetail {
  ArticleView article;
  std::vector<StoredEvent> events;
  std::optional<ArticleView> original;  // what it is a copy of
  std::vector<ArticleView> copies;      // what are copies of it; with their texts
  std::vector<ArticleView> story;       // others of its story, newest first; no texts
};

struct ArticleQuery {
  std::string text;         // words, all of them; "quoted phrases"; empty: any
  std::string feed;         // name or tag; empty: any
  std::uint64_t story = 0;  // 0: any
  bool copies = true;       // copies too
  std::size_t limit = 50;   // the caller has bounded it
  std::string after;        // where the page before ended: ArticlePage::next
};
struct ArticlePage {
  std::vector<ArticleView> articles;  // newest first; texts cut to a beginning
  std::string next;                   // empty: that was all
};

struct StoryView {
  std::uint64_t id = 0;
  std::string title;  // of its first article
  std::size_t articles = 0;
  std::vector<std::string> feeds;
  std::chrono::sys_seconds first{};
  std::chrono::sys_seconds last{};
};

// The life of one URL, for `siftd why`.
struct WhyView {
  // In words, oldest first: "first listed by example, marked as seen: older than
  // the newest 100 of a feed seen for the first time".
  struct Step {
    std::optional<std::chrono::sys_seconds> time;
    std::string what;  // seen, fetched, cleaned, copy, story, event, delivered, waiting
    std::string text;
  };
  std::vector<Step> steps;
  std::optional<ArticleDetail> article;
};

struct NewFeed {
  std::string url;   // may carry user:password@
  std::string name;  // empty: host and path
  std::vector<std::string> tags;
};
struct ImportReport {
  std::size_t added = 0;
  std::size_t known = 0;                // were there already
  std::vector<std::string> complaints;  // one line for each entry that cannot be
};

// What the daemon is and how it does.
struct DaemonView {
  std::string config_file;
  std::string state_dir;
  std::string user_agent;
  std::string reload_error;  // of the last reload; empty: it was taken over
  bool is_live = true;       // makes progress: the loop, the store, the schedule
  bool is_ready = false;     // configuration applied, store writable, sinks open
  std::vector<std::string>
      problems;  // in words, why not live or not ready, or else amiss
};

class Operations {
 public:
  virtual ~Operations() = default;

  virtual DaemonView daemon() const = 0;
  virtual const Metrics& metrics() const = 0;
  virtual std::vector<FeedView> feeds() const = 0;
  virtual std::vector<SinkView> sinks() const = 0;

  virtual boost::asio::awaitable<Result<ArticlePage>> articles(ArticleQuery query) = 0;
  // `which`: 16 hex digits, a URL, or a guid. not_found when unknown.
  virtual boost::asio::awaitable<Result<ArticleDetail>> article(std::string which) = 0;
  virtual boost::asio::awaitable<Result<std::vector<StoryView>>> stories(
      std::size_t limit) = 0;
  virtual boost::asio::awaitable<Result<WhyView>> why(std::string url) = 0;

  // These last; they return when what they did is durable. Feeds are told by name
  // or URL. poll_feed() asks for a poll at once and wakes a feed that is gone.
  virtual boost::asio::awaitable<Result<FeedView>> add_feed(NewFeed feed) = 0;
  virtual boost::asio::awaitable<std::optional<Error>> remove_feed(std::string feed) = 0;
  virtual boost::asio::awaitable<std::optional<Error>> poll_feed(std::string feed) = 0;
  virtual boost::asio::awaitable<Result<ImportReport>> import_opml(std::string opml) = 0;
  virtual std::string export_opml() const = 0;
  // Gives a sink its events again, from `from` on (0: the oldest kept).
  virtual boost::asio::awaitable<std::optional<Error>> replay(std::string sink,
                                                              std::uint64_t from) = 0;

  // WebSub, as the callback /websub/<key> gets it. The key is asked about before a
  // body is read, so that strangers cannot make us take one.
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  virtual bool websub_knows(std::string_view key) const = 0;
  // The challenge to echo; nothing: the verification is refused.
  virtual std::optional<std::string> websub_verify(std::string key, Parameters query) = 0;
  // Takes what a hub delivered; headers have lower-case names. False: not for us.
  virtual boost::asio::awaitable<bool> websub_deliver(std::string key, Parameters headers,
                                                      std::string body) = 0;
};

}  // namespace siftd
