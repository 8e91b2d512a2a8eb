#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/compact_text.hpp"
#include "base/result.hpp"
#include "daemon/config.hpp"
#include "daemon/rhythm.hpp"
#include "fetchers/page.hpp"
#include "parsers/parse.hpp"
#include "sifters/event.hpp"

// One feed's state and every decision about it, as pure functions of the state, an
// answer and the time. The pipeline does the work in between:
//
//   request_for -> fetch -> read_answer -> (parse_feed) -> judge -> record -> schedule
//
// The validators of an answer are part of the state that judge() returns, and that
// state is kept only when the transaction with the answer's events is durable. So a
// crash anywhere before leaves the old validators and the poll is done again.

namespace siftd {

// Why a feed is polled when it is. explain() makes the sentence.
enum class Why : std::uint8_t {
  first,         // never polled
  rhythm,        // as often as it was seen to change, within min and max
  fresh,         // Cache-Control or Expires: the answer is fresh until then
  publisher,     // ttl or sy:update* of the feed
  skipped,       // skipHours or skipDays
  retry_after,   // the server named the time
  rate_limited,  // 429 without a time
  failing,       // backing off
  pushed,        // a hub tells; polling is the safety net
  gone,          // 410: not at all
  asked          // a person asked
};

// A WebSub subscription (W3C 2018). Only feeds that name a hub have one.
struct Push {
  std::string hub;
  std::string topic;
  std::string token;         // the unguessable end of the callback's path
  std::string secret;        // of the signature
  WallTime asked{};          // when the hub was asked last
  WallTime until{};          // the lease's end; 0: not verified yet
  std::uint32_t missed = 0;  // new items that a poll found before the hub told
  bool operator==(const Push&) const = default;
};

// One of the sitemaps that an index names, as last recorded.
struct SitemapState {
  std::string url;
  std::string etag;  // these two of `url` itself, not of where it redirects to
  std::string last_modified;
  std::uint64_t content = 0;              // hash of its items
  std::chrono::sys_seconds last_whole{};  // as in FeedState; 0: never read
  bool is_failing = false;                // at the last poll; said once
  bool operator==(const SitemapState&) const = default;
};

// Everything that is remembered of one feed between polls; about 350 bytes. Kept in
// the store as an opaque blob: encode(), decode().
struct FeedState {
  CompactText url;  // polled instead of the configured one; empty: the configured
  CompactText etag;
  CompactText last_modified;
  CompactText validated_url;  // that gave the two above
  CompactText error;          // the last poll's, a sentence; empty: it went well
  std::shared_ptr<const Push> push;
  // Of a sitemap index: those that are read.
  std::shared_ptr<const std::vector<SitemapState>> sitemaps;
  WallTime next_poll{};
  WallTime last_poll{};
  WallTime held_until{};  // Retry-After: nothing polls before, not even --once
  std::chrono::sys_seconds last_success{};
  std::chrono::sys_seconds last_change{};  // new content came
  std::chrono::sys_seconds last_whole{};   // the last 200 that was read
  std::chrono::sys_seconds failing_since{};
  std::uint64_t content = 0;  // hash of the items as last recorded
  std::uint64_t body = 0;     // hash of the body as last recorded
  std::uint32_t polls = 0;
  std::uint32_t unchanged = 0;     // polls answered by 304 or the same content
  std::uint32_t skip_hours = 0;    // as in FeedInfo
  std::uint32_t asked_wait_s = 0;  // ttl or sy:update*, seconds
  std::uint16_t failures = 0;      // in a row
  std::uint16_t http_status = 0;   // of the last poll; 0: none
  std::uint8_t skip_days = 0;
  std::uint8_t url_failures = 0;  // of `url`, in a row
  bool is_discovered = false;     // `url` was named by the HTML page that is configured
  bool is_gone = false;
  bool failing_told = false;  // the status event went out
  Why why = Why::first;
  Rhythm rhythm;

  bool operator==(const FeedState&) const = default;
};

std::string encode(const FeedState& state);
// Nothing: the blob is not ours or damaged; the feed starts anew.
std::optional<FeedState> decode(std::string_view blob);

// What is to be fetched now. `access` is that of the feed (access_for()), made once.
Request request_for(const FeedConfig& config, const FeedState& state,
                    std::shared_ptr<const Access> access, WallTime now);
// Of the feed that the configured HTML page names; its outcome gets `found_url`.
Request found_request_for(const FeedConfig& config, const std::string& url,
                          std::shared_ptr<const Access> access);
// Of an item's page: other purpose, robots.txt as configured, no validators; the
// feed's headers and credentials only when it is on the feed's own origin.
Request article_request_for(const FeedConfig& config, const std::string& url,
                            std::shared_ptr<const Access> access);
// Throws system_error when allow_private names what is no network (load_config has
// refused it before).
Access access_for(const FetchConfig& config);

// Gathers what judge() must know of a feed's items, while they are parsed.
class ItemDigest {
 public:
  void add(const Item& item);
  void add(const ItemDigest& other);
  // Items that need not be read again, by the hash that they had.
  void add_unread(std::uint64_t hash) { hash_ += hash; }
  std::uint64_t hash() const { return hash_; }  // of all items, in any order
  std::size_t count() const { return count_; }
  const std::vector<std::chrono::sys_seconds>& dates() const { return dates_; }

 private:
  std::uint64_t hash_ = 0;
  std::size_t count_ = 0;
  std::vector<std::chrono::sys_seconds> dates_;
};

// What one poll brought.
struct PollOutcome {
  enum class Kind {
    parse,      // a body to be parsed; judge() takes it for a feed that was parsed
    unchanged,  // 304, or the very bytes that were recorded before
    failed
  };
  Kind kind = Kind::failed;
  Error error;          // failed
  int http_status = 0;  // 0: no answer
  // Of the answer, without its body.
  std::string url;
  std::string moved_to;
  std::string etag;
  std::string last_modified;
  Freshness freshness;
  std::vector<std::string> links;
  std::uint64_t body_hash = 0;
  // After parsing:
  FeedInfo info;
  ItemDigest digest;
  std::string found_url;  // the feed was named by the configured HTML page
  // Of a sitemap index: as they are to be remembered. Null: not read.
  std::shared_ptr<const std::vector<SitemapState>> sitemaps;

  // The body is no feed, or cannot be had.
  void fail(Error why);
};

// What an answer is before anyone has parsed it. The page stays the caller's.
PollOutcome read_answer(const FeedState& state, const Result<Page>& answer);

// What an answer says of the host that gave it, or did not.
struct HostVerdict {
  bool failed = false;     // the host as a whole, see Schedule
  bool slow_down = false;  // it says that we ask too often
};
HostVerdict judge_host(const PollOutcome& outcome);

// What a poll comes to.
struct Judgement {
  FeedState state;  // to be recorded together with the events, then kept
  std::vector<FeedStatusData> events;
  bool ok = false;
  bool changed = false;               // the items are not those recorded before
  std::optional<WallTime> next_poll;  // nothing: never, until a person asks
};

Judgement judge(const FeedConfig& config, const FeedState& state,
                const PollOutcome& outcome, WallTime now);

// The wait before the first poll of a run. Nothing: the feed is gone. Feeds that are
// overdue are spread over their interval (5 min at most), new ones start at once; a
// wall clock that was set back does not add to the wait that was planned.
std::optional<std::chrono::milliseconds> first_wait(const FeedConfig& config,
                                                    const FeedState& state, WallTime now);

// --once polls everything but what is gone or held back by Retry-After.
bool may_poll_once(const FeedState& state, WallTime now);

// A person asked (`siftd feeds poll`): gone and backoff are forgotten.
void ask(FeedState& state, WallTime now);

// Items are still without their event: the next poll must not be told "unchanged".
void forget_content(FeedState& state);

// One sentence for `siftd status`: when the feed is polled next and why then.
std::string explain(const FeedConfig& config, const FeedState& state, WallTime now);

// "http://user:pw@host/x" -> the host in lower case; what `per_host` counts by.
std::string host_of(std::string_view url);

}  // namespace siftd
