#include "daemon/schedule.hpp"

#include <algorithm>
#include <cmath>

#include "base/limits.hpp"

namespace siftd {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// 0..1, from what two feeds or two moments do not share.
double dice(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a * 0x9e3779b97f4a7c15u + b;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((x ^ (x >> 31)) >> 11) / 9007199254740992.0;
}

float rate_of(milliseconds interval) {
  return 1000.0f / static_cast<float>(std::max<std::int64_t>(1, interval.count()));
}

}  // namespace

Schedule::Schedule(Time start) : Schedule(start, Options()) {}
Schedule::Schedule(Time start, Options options)
    : options_(options), feeds_due_(start), hosts_due_(start) {}

std::uint32_t Schedule::host_named(std::string_view name) {
  const auto [place, is_new] = names_.try_emplace(std::string(name), 0);
  if (!is_new) {
    return place->second;
  }
  if (free_hosts_.empty()) {
    place->second = static_cast<std::uint32_t>(hosts_.size());
    hosts_.emplace_back();
  } else {
    place->second = free_hosts_.back();
    free_hosts_.pop_back();
  }
  Host& host = hosts_[place->second];
  host = Host();
  host.name = place->first;
  host.tokens = limits::kPageBurst;
  return place->second;
}

// A host without jobs is remembered for a while: its pace and its failures count
// for the pages that come next.
void Schedule::leave_host(Entry& entry) {
  Host& host = hosts_[entry.host];
  if (entry.kind == kFeed) {
    --host.feeds;
    host.rate = host.feeds == 0 ? 0 : host.rate - static_cast<double>(entry.rate);
  } else {
    --host.pages;
  }
  if (host.feeds == 0 && host.pages == 0 && !host.is_listed_idle) {
    host.is_listed_idle = true;
    idle_hosts_.push_back(entry.host);
    forget_hosts();
  }
  entry.host = kNone;
}

void Schedule::forget_hosts() {
  while (idle_hosts_.size() > limits::kIdleHosts) {
    const std::uint32_t index = idle_hosts_.front();
    idle_hosts_.pop_front();
    Host& host = hosts_[index];
    host.is_listed_idle = false;
    if (host.feeds != 0 || host.pages != 0 || host.in_progress != 0 ||
        host.queues[kFeed].is_ready || host.queues[kPage].is_ready) {
      continue;  // its last job will list it again
    }
    hosts_due_.cancel(index * 2 + kFeed);
    hosts_due_.cancel(index * 2 + kPage);
    names_.erase(host.name);
    host = Host();
    free_hosts_.push_back(index);
  }
}

Schedule::Job Schedule::new_entry(std::uint32_t host, std::size_t per_host, Kind kind) {
  Job job = 0;
  if (free_entries_.empty()) {
    job = static_cast<Job>(entries_.size());
    entries_.emplace_back();
  } else {
    job = free_entries_.back();
    free_entries_.pop_back();
  }
  Entry& entry = entries_[job];
  entry = Entry();
  entry.host = host;
  entry.per_host =
      static_cast<std::uint16_t>(std::clamp<std::size_t>(per_host, 1, 65535));
  entry.kind = kind;
  entry.at = At::idle;
  return job;
}

void Schedule::free_entry(Job job) {
  leave_host(entries_[job]);
  entries_[job] = Entry();
  free_entries_.push_back(job);
}

Schedule::Job Schedule::add_feed(std::string_view host, std::size_t per_host,
                                 Wait interval, Time due) {
  const std::uint32_t its_host = host_named(host);
  const Job job = new_entry(its_host, per_host, kFeed);
  entries_[job].rate = rate_of(interval);
  hosts_[its_host].rate += static_cast<double>(entries_[job].rate);
  ++hosts_[its_host].feeds;
  ++feeds_;
  set_due(job, due);
  return job;
}

std::optional<Schedule::Job> Schedule::add_page(std::string_view host,
                                                std::size_t per_host, Time now) {
  const std::uint32_t its_host = host_named(host);
  ++hosts_[its_host].pages;
  const Job job = new_entry(its_host, per_host, kPage);
  if (hosts_[its_host].is_failing && now < hosts_[its_host].probe_at) {
    free_entry(job);
    return std::nullopt;
  }
  enqueue(job, now);
  return job;
}

void Schedule::set_due(Job feed, Time due) {
  Entry& entry = entries_[feed];
  entry.due = due;
  entry.has_due = true;
  if (entry.at == At::running) {
    return;  // finished() sees to it
  }
  if (entry.at == At::queue) {
    unqueue(feed);
  }
  entry.at = At::wheel;
  feeds_due_.set(feed, due);
}

void Schedule::set_host(Job feed, std::string_view host) {
  Entry& entry = entries_[feed];
  if (hosts_[entry.host].name == host) {
    return;
  }
  if (entry.at == At::queue) {
    set_due(feed, entry.due);
  }
  leave_host(entry);
  entry.host = host_named(host);
  ++hosts_[entry.host].feeds;
  hosts_[entry.host].rate += static_cast<double>(entry.rate);
}

void Schedule::set_interval(Job feed, std::size_t per_host, Wait interval) {
  Entry& entry = entries_[feed];
  Host& host = hosts_[entry.host];
  host.rate -= static_cast<double>(entry.rate);
  entry.rate = rate_of(interval);
  host.rate += static_cast<double>(entry.rate);
  entry.per_host =
      static_cast<std::uint16_t>(std::clamp<std::size_t>(per_host, 1, 65535));
}

void Schedule::remove(Job job) {
  Entry& entry = entries_[job];
  if (entry.at == At::free || entry.is_removed) {
    return;
  }
  feeds_ -= entry.kind == kFeed ? 1 : 0;
  if (entry.at == At::running) {
    entry.is_removed = true;
    return;
  }
  if (entry.at == At::queue) {
    unqueue(job);
  }
  feeds_due_.cancel(job);
  free_entry(job);
}

// Close enough for all feeds of the host to keep their intervals, but no closer than
// that, and never further apart than a second unless the host asked for less.
Schedule::Wait Schedule::spacing(const Host& host) const {
  if (!options_.spread) {
    return Wait(0);
  }
  const double wanted = host.rate > 0 ? 0.8 / host.rate : 1.0;
  const double most = std::chrono::duration<double>(limits::kHostSpacing).count();
  const double widened = std::min(wanted, most) * std::exp2(host.slow);
  const double longest = std::chrono::duration<double>(limits::kMaxHostSpacing).count();
  return milliseconds(static_cast<std::int64_t>(1000 * std::min(widened, longest)));
}

// When a job of the host may start; nothing: when another of it has finished.
std::optional<Schedule::Time> Schedule::may_start(Host& host, const Entry& entry,
                                                  Time now) const {
  if (host.in_progress >= entry.per_host || (host.is_failing && host.in_progress > 0)) {
    return std::nullopt;
  }
  if (!options_.spread) {
    return now;
  }
  const Time probe = host.is_failing ? host.probe_at : Time();
  if (entry.kind == kFeed) {
    return std::max(host.next_start, probe);
  }
  const float pace = std::max(std::chrono::duration<float>(limits::kPageSpacing).count(),
                              host.crawl_delay_s);
  if (host.tokens_at != Time()) {
    const float passed = std::chrono::duration<float>(now - host.tokens_at).count();
    const float burst = host.crawl_delay_s > 0 ? 1.0f : limits::kPageBurst;
    host.tokens = std::min(burst, host.tokens + passed / pace);
  }
  host.tokens_at = now;
  if (host.tokens >= 0.999f) {
    return std::max(now, probe);
  }
  const auto wait = std::chrono::duration<float>((1.0f - host.tokens) * pace);
  return std::max(now + std::chrono::ceil<milliseconds>(wait), probe);
}

void Schedule::activate(std::uint32_t index, Kind kind, Time now) {
  Host& host = hosts_[index];
  Queue& queue = host.queues[kind];
  if (queue.head == kNone || queue.is_ready) {
    return;
  }
  const std::optional<Time> when = may_start(host, entries_[queue.head], now);
  if (!when) {
    return;
  }
  if (*when <= now) {
    if (queue.is_waiting) {
      hosts_due_.cancel(index * 2 + kind);
      queue.is_waiting = false;
    }
    queue.is_ready = true;
    ready_[kind].push_back(index);
    return;
  }
  queue.is_waiting = true;
  hosts_due_.set(index * 2 + kind, *when);
}

void Schedule::enqueue(Job job, Time now) {
  Entry& entry = entries_[job];
  Queue& queue = hosts_[entry.host].queues[entry.kind];
  entry.at = At::queue;
  entry.next = kNone;
  entry.previous = queue.tail;
  (queue.tail == kNone ? queue.head : entries_[queue.tail].next) = job;
  queue.tail = job;
  activate(entry.host, entry.kind, now);
}

void Schedule::unqueue(Job job) {
  Entry& entry = entries_[job];
  Queue& queue = hosts_[entry.host].queues[entry.kind];
  (entry.previous == kNone ? queue.head : entries_[entry.previous].next) = entry.next;
  (entry.next == kNone ? queue.tail : entries_[entry.next].previous) = entry.previous;
  entry.next = entry.previous = kNone;
  entry.at = At::idle;
}

void Schedule::collect_due(Time now) {
  while (const std::optional<Wheel::Id> feed = feeds_due_.pop(now)) {
    entries_[*feed].has_due = false;
    enqueue(*feed, now);
  }
  while (const std::optional<Wheel::Id> waiting = hosts_due_.pop(now)) {
    const auto kind = static_cast<Kind>(*waiting % 2);
    hosts_[*waiting / 2].queues[kind].is_waiting = false;
    activate(*waiting / 2, kind, now);
  }
}

std::optional<Schedule::Job> Schedule::start(Kind kind, Time now) {
  collect_due(now);
  while (!ready_[kind].empty()) {
    const std::uint32_t index = ready_[kind].front();
    ready_[kind].pop_front();
    Host& host = hosts_[index];
    Queue& queue = host.queues[kind];
    queue.is_ready = false;
    if (queue.head == kNone) {
      continue;
    }
    const Job job = queue.head;
    const std::optional<Time> when = may_start(host, entries_[job], now);
    if (!when || *when > now) {
      activate(index, kind, now);
      continue;
    }
    unqueue(job);
    Entry& entry = entries_[job];
    entry.at = At::running;
    entry.is_probe = host.is_failing;
    entry.slot_host = index;
    ++host.in_progress;
    ++in_progress_;
    if (kind == kFeed) {
      host.next_start = now + spacing(host);
    } else {
      host.tokens -= 1;
    }
    activate(index, kind, now);
    return job;
  }
  return std::nullopt;
}

std::optional<Schedule::Job> Schedule::next_feed(Time now) {
  return start(kFeed, now);
}
std::optional<Schedule::Job> Schedule::next_page(Time now) {
  return start(kPage, now);
}

std::optional<Schedule::Job> Schedule::next_refused() {
  if (refused_.empty()) {
    return std::nullopt;
  }
  const Job job = refused_.front();
  refused_.pop_front();
  free_entry(job);
  return job;
}

// From now on one request at a time, each later than the one before it.
void Schedule::begin_failing(std::uint32_t index, Time now) {
  Host& host = hosts_[index];
  const double mean =
      host.rate > 0 ? host.feeds / host.rate : 3600.0;  // seconds between polls of one
  const double first =
      std::min(mean, std::chrono::duration<double>(limits::kHostProbe).count());
  const double longest = std::chrono::duration<double>(limits::kMaxHostProbe).count();
  const double wait = std::min(longest, first * std::exp2(host.probes));
  const auto seed = static_cast<std::uint64_t>(now.time_since_epoch().count());
  const double jittered = wait * (0.75 + 0.5 * dice(index, seed));
  host.is_failing = true;
  host.probe_at = now + milliseconds(static_cast<std::int64_t>(1000 * jittered));
  host.probes = static_cast<std::uint8_t>(std::min(host.probes + 1, 30));
  Queue& pages = host.queues[kPage];
  while (pages.head != kNone) {
    const Job job = pages.head;
    unqueue(job);
    refused_.push_back(job);
  }
}

void Schedule::note_ending(Host& host, const Entry& entry, Ending ending, Time now) {
  if (ending.slow_down) {
    host.slow = static_cast<std::uint8_t>(std::min(host.slow + 1, 6));
  } else if (!ending.host_failed && host.slow > 0) {
    --host.slow;
  }
  if (!ending.host_failed) {
    host.failures = 0;
    host.probes = 0;
    host.is_failing = false;
    return;
  }
  host.failures = static_cast<std::uint16_t>(std::min(host.failures + 1, 65535));
  // A host with one feed has that feed's own backoff.
  const bool is_alone = host.feeds + host.pages < 2;
  if (!options_.spread || is_alone || host.failures < limits::kHostFailures) {
    return;
  }
  if (!host.is_failing || entry.is_probe) {
    begin_failing(entry.slot_host, now);
  }
}

void Schedule::finished(Job job, Ending ending, Time now) {
  Entry& entry = entries_[job];
  const std::uint32_t index = entry.slot_host;
  --hosts_[index].in_progress;
  --in_progress_;
  entry.at = At::idle;
  note_ending(hosts_[index], entry, ending, now);
  if (entry.kind == kPage || entry.is_removed) {
    free_entry(job);
  } else if (entry.has_due) {
    set_due(job, entry.due);
  }
  activate(index, kFeed, now);
  activate(index, kPage, now);
}

std::optional<Schedule::Time> Schedule::wake_at() const {
  const std::optional<Time> feed = feeds_due_.wake_at();
  const std::optional<Time> host = hosts_due_.wake_at();
  if (feed && host) {
    return std::min(*feed, *host);
  }
  return feed ? feed : host;
}

void Schedule::set_crawl_delay(std::string_view host, Wait delay) {
  const float seconds = std::chrono::duration<float>(delay).count();
  const float most = std::chrono::duration<float>(limits::kMaxCrawlDelay).count();
  hosts_[host_named(host)].crawl_delay_s = std::clamp(seconds, 0.0f, most);
}

std::optional<Schedule::HostView> Schedule::host(std::string_view name) const {
  const auto place = names_.find(std::string(name));
  if (place == names_.end()) {
    return std::nullopt;
  }
  const Host& host = hosts_[place->second];
  HostView view;
  view.feeds = host.feeds;
  view.waiting = host.pages;
  view.in_progress = host.in_progress;
  view.failures = host.failures;
  view.spacing = spacing(host);
  view.is_failing = host.is_failing;
  view.probe_at = host.probe_at;
  return view;
}

}  // namespace siftd
