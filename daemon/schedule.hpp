#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/wheel.hpp"

namespace siftd {

// Whose turn it is: feeds when they are due, article pages as they are asked for,
// never more than `per_host` at once on one host, starts on one host spaced, and a
// host that fails as a whole probed by one request at a time.
//
// Pure: takes `now` (a steady clock, so that a clock jump or a suspend starts no
// storm). Due times lie in a timing wheel and a host's waiting jobs in queues, so
// the cost of a poll does not grow with the number of feeds.
class Schedule {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  using Wait = std::chrono::milliseconds;
  using Job = std::uint32_t;  // a feed, or one visit for a page

  struct Options {
    bool spread = true;  // false (--once): no spacing and no probing, only per_host
  };

  // How a job ended, as far as its host is concerned.
  struct Ending {
    bool host_failed = false;  // 5xx, no connection, no name, no answer in time
    bool slow_down = false;    // 429
  };

  explicit Schedule(Time start);
  Schedule(Time start, Options options);

  // A feed on `host`, due at `due`; `interval` is its current one and says how
  // closely the starts on its host may follow each other.
  Job add_feed(std::string_view host, std::size_t per_host, Wait interval, Time due);
  // Waits in its host's queue; ends with the job's finished(). Nothing: the host
  // fails as a whole, it is not worth asking now.
  std::optional<Job> add_page(std::string_view host, std::size_t per_host, Time now);
  // Not before the time asked for; of a feed in progress: after it has finished.
  void set_due(Job feed, Time due);
  void set_host(Job feed, std::string_view host);  // the feed has moved
  void set_interval(Job feed, std::size_t per_host, Wait interval);
  // Whatever it does; one in progress keeps its slot until finished().
  void remove(Job job);

  // The next job to start, which holds a slot of its host until finished().
  std::optional<Job> next_feed(Time now);
  std::optional<Job> next_page(Time now);
  // A page that waited and whose host has begun to fail; it is forgotten.
  std::optional<Job> next_refused();
  void finished(Job job, Ending ending, Time now);

  // When next_*() is worth asking again, once they have given nothing and if nothing
  // else happens; nothing: never.
  std::optional<Time> wake_at() const;

  // robots.txt asks for this long between two pages of the host (30 s at most).
  void set_crawl_delay(std::string_view host, Wait delay);

  std::size_t feeds() const { return feeds_; }
  std::size_t in_progress() const { return in_progress_; }

  struct HostView {  // for `siftd status`
    std::size_t feeds = 0, waiting = 0, in_progress = 0, failures = 0;
    Wait spacing{};
    bool is_failing = false;  // one probe at a time
    Time probe_at{};
  };
  std::optional<HostView> host(std::string_view name) const;

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  enum class At : std::uint8_t { free, idle, wheel, queue, running };
  enum Kind : std::uint8_t { kFeed, kPage };

  struct Entry {
    std::uint32_t host = kNone;
    std::uint32_t slot_host = kNone;               // whose slot it holds while running
    std::uint32_t next = kNone, previous = kNone;  // in its host's queue
    float rate = 0;                                // polls a second: 1 / interval
    std::uint16_t per_host = 2;
    At at = At::free;
    Kind kind : 1 = kFeed;
    bool is_removed : 1 = false;
    bool is_probe : 1 = false;
    bool has_due : 1 = false;
    Time due{};
  };

  struct Queue {
    std::uint32_t head = kNone, tail = kNone;  // first come, first served
    bool is_ready = false;                     // its host is in ready_
    bool is_waiting = false;                   // its host is in the wheel
  };

  struct Host {
    std::string name;
    std::array<Queue, 2> queues;
    std::uint32_t feeds = 0;
    std::uint32_t pages = 0;
    std::uint32_t in_progress = 0;
    std::uint16_t failures = 0;  // of the host, in a row
    std::uint8_t probes = 0;     // that failed, in a row
    std::uint8_t slow = 0;       // spacing doubles with each
    bool is_failing = false;
    bool is_listed_idle = false;
    double rate = 0;  // polls a second that its feeds want together
    float tokens = 0;
    float crawl_delay_s = 0;
    Time tokens_at{};
    Time next_start{};
    Time probe_at{};
  };

  std::uint32_t host_named(std::string_view name);
  void leave_host(Entry& entry);
  void forget_hosts();
  Job new_entry(std::uint32_t host, std::size_t per_host, Kind kind);
  void free_entry(Job job);
  Wait spacing(const Host& host) const;
  std::optional<Time> may_start(Host& host, const Entry& entry, Time now) const;
  void activate(std::uint32_t host, Kind kind, Time now);
  void enqueue(Job job, Time now);
  void unqueue(Job job);
  void collect_due(Time now);
  std::optional<Job> start(Kind kind, Time now);
  void note_ending(Host& host, const Entry& entry, Ending ending, Time now);
  void begin_failing(std::uint32_t host, Time now);

  Options options_;
  std::vector<Entry> entries_;
  std::vector<Job> free_entries_;
  std::vector<Host> hosts_;
  std::vector<std::uint32_t> free_hosts_;
  std::deque<std::uint32_t> idle_hosts_;  // without jobs, perhaps; longest first
  std::unordered_map<std::string, std::uint32_t> names_;
  std::array<std::deque<std::uint32_t>, 2> ready_;  // hosts, by kind
  std::deque<Job> refused_;
  Wheel feeds_due_;
  Wheel hosts_due_;  // host * 2 + kind
  std::size_t feeds_ = 0;
  std::size_t in_progress_ = 0;
};

}  // namespace siftd
