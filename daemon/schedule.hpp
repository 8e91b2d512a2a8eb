#pragma once

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
// storm). Due times lie in a timing wheel and a host's waiting jobs in a queue, so
// the cost of a poll does not grow with the number of feeds.
class Schedule {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  using Wait = std::chrono::milliseconds;
  using Job = std::uint32_t;  // a feed, or one visit for a page

  struct Options {
    bool spread = true;  // false (--once): no spacing, only per_host
  };

  // How a job ended, as far as its host is concerned.
  struct Ending {
    bool host_failed = false;  // 5xx, no connection, no name, no answer in time
    bool slow_down = false;    // 429
  };

  Schedule(Time start, Options options);

  // A feed on `host`, due at `due`; `interval` is its current one and says how
  // closely the starts on its host may follow each other.
  Job add_feed(std::string_view host, std::size_t per_host, Wait interval, Time due);
  // Ends with the job's finished().
  Job add_page(std::string_view host, std::size_t per_host, Time now);
  // Not before the time asked for; a feed that is in progress is due again when it
  // ends. The host changes when a feed has moved.
  void set_due(Job feed, Time due);
  void set_host(Job feed, std::string_view host);
  void set_interval(Job feed, std::size_t per_host, Wait interval);
  // In progress or not; its slot is given back.
  void remove(Job job, Time now);

  // The next job to start, which holds a slot of its host until finished().
  std::optional<Job> next(Time now);
  void finished(Job job, Ending ending, Time now);

  // When next() is worth asking again if nothing else happens; nothing: never.
  std::optional<Time> wake_at() const;

  // robots.txt asks for this long between two pages of the host (30 s at most).
  void set_crawl_delay(std::string_view host, Wait delay);

  std::size_t jobs() const { return count_; }
  std::size_t in_progress() const { return in_progress_; }

  struct HostView {  // for `siftd status`
    std::size_t jobs = 0, in_progress = 0, failures = 0;
    Wait spacing{};
    bool is_open = false;  // failing: one probe at a time
    Time probe_at{};
  };
  std::optional<HostView> host(std::string_view name) const;

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  enum class At : std::uint8_t { free, idle, wheel, queue, running };

  struct Entry {
    std::uint32_t host = kNone;
    std::uint32_t next = kNone;  // in its host's queue
    float rate = 0;              // a second: 1 / interval
    std::uint16_t per_host = 2;
    At at = At::free;
    bool is_page = false;
    bool is_removed = false;
    Time due{};
  };

  struct Host {
    std::string name;
    std::uint32_t head = kNone, tail = kNone;  // waiting jobs, first come first served
    std::uint32_t jobs = 0;
    std::uint32_t feeds = 0;
    std::uint32_t in_progress = 0;
    std::uint32_t failures = 0;  // of the host, in a row
    std::uint32_t slow = 0;      // spacing doubles with each
    double rate = 0;             // polls a second that its feeds want together
    float page_tokens = 0;
    float crawl_delay_s = 0;
    Time tokens_at{};
    Time next_start{};
    Time probe_at{};
    bool is_ready = false;    // in ready_
    bool is_waiting = false;  // in the wheel
  };

  std::uint32_t host_named(std::string_view name);
  void leave_host(Entry& entry);
  Wait spacing(const Host& host) const;
  std::optional<Time> may_start(Host& host, const Entry& entry, Time now);
  void activate(std::uint32_t host, Time now);
  void enqueue(Job job, Time now);
  void unqueue(Job job);
  void put_in_wheel(Job job);

  Options options_;
  std::vector<Entry> entries_;
  std::vector<Job> free_entries_;
  std::vector<Host> hosts_;
  std::vector<std::uint32_t> free_hosts_;
  std::unordered_map<std::string, std::uint32_t> names_;
  std::deque<std::uint32_t> ready_;
  Wheel feeds_due_;
  Wheel hosts_due_;
  std::size_t count_ = 0;
  std::size_t in_progress_ = 0;
};

}  // namespace siftd
