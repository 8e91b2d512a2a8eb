#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sifters/event.hpp"

namespace siftd {

// An event as the journal holds it. The line is what every sink writes, byte
// for byte, now and in every replay; it has no line end.
struct StoredEvent {
  std::uint64_t sequence = 0;
  EventType type = EventType::article_new;
  std::string feed;                    // the feed's name
  std::vector<std::string> feed_tags;  // at the time of the event
  std::string line;
};

// Consecutive events of the journal, shared between all that read them.
using EventBatch = std::shared_ptr<const std::vector<StoredEvent>>;

// Which events a sink or a client takes. Empty lists take all.
struct EventFilter {
  std::vector<EventType> types;
  std::vector<std::string> feeds;  // names or tags
  bool matches(const StoredEvent& event) const;
};

// The journal as sinks see it: durable events by sequence, from 1, without gaps.
// Used on the event loop's thread. The daemon's store is one implementation,
// the tests' memory the other.
class Journal {
 public:
  virtual ~Journal() = default;

  // Events from `from` on, at most about `max_bytes` of lines but at least one
  // event when there is one; empty: none yet. Recent ones come from memory. An
  // Error: `from` was removed by retention, or the store cannot be read.
  virtual boost::asio::awaitable<Result<EventBatch>> read(std::uint64_t from,
                                                          std::size_t max_bytes) = 0;

  // The oldest kept and the newest durable sequence; newest < oldest: none.
  virtual std::uint64_t oldest() const = 0;
  virtual std::uint64_t newest() const = 0;

  // Returns when newest() > `sequence`. Ends with operation_aborted when the
  // calling task is stopped.
  virtual boost::asio::awaitable<void> wait_beyond(std::uint64_t sequence) = 0;

  // A named position: up to which sequence a sink or consumer has what it
  // needs, and what else it must remember with it (a file's offset, say).
  struct Cursor {
    std::uint64_t sequence = 0;
    std::string state;
  };
  // Resumes when the position is durable (or, if not `wait`, when it is queued).
  virtual boost::asio::awaitable<void> save_cursor(std::string name, Cursor cursor,
                                                   bool wait) = 0;
  virtual boost::asio::awaitable<std::optional<Cursor>> load_cursor(std::string name) = 0;
};

// Where events go. Each sink reads the journal at its own pace from its own
// cursor, so that one in trouble troubles nobody else.
class Sink {
 public:
  virtual ~Sink() = default;

  // Runs until stopped (cancellation), or until drain() was called and all is
  // delivered. What can be retried (disk full, peer gone) it retries itself.
  virtual boost::asio::awaitable<void> run() = 0;

  // Deliver what the journal holds now, then let run() return.
  virtual void drain() = 0;

  // SIGHUP: open files anew (logrotate). Nothing for most.
  virtual void reopen() {}

  // For status and metrics.
  struct Status {
    std::string name;
    std::string type;            // "file", "socket", ...
    std::string target;          // path or address
    std::uint64_t position = 0;  // last sequence delivered (durable where that applies)
    std::uint64_t delivered = 0;
    std::uint64_t bytes = 0;
    std::size_t clients = 0;
    std::string error;  // empty: well; else why it waits
  };
  virtual Status status() const = 0;
};

}  // namespace siftd
