#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace siftd {

// A Prometheus histogram of seconds with fixed buckets. Not thread-safe.
class Histogram {
 public:
  static constexpr std::array<double, 14> kBounds = {
      0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600};
  void observe(std::chrono::duration<double> value);

  // How many values were at most kBounds[i]; cumulative, as Prometheus wants it.
  std::uint64_t at_most(std::size_t i) const;
  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBounds.size()> buckets_{};
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

// A counter for each value of one label. Values come from outside (rule names,
// status codes), so there is a bound: what comes after it counts as "other".
class LabelledCounter {
 public:
  void add(std::string_view label, std::uint64_t n = 1);
  const std::map<std::string, std::uint64_t, std::less<>>& values() const {
    return values_;
  }
  std::uint64_t total() const;

 private:
  std::map<std::string, std::uint64_t, std::less<>> values_;
};

// What the daemon counts about itself since it started; the pipeline adds, HTTP
// shows. Plain members on the event loop's thread; gauges are set where they change.
struct Metrics {
  std::chrono::system_clock::time_point started = std::chrono::system_clock::now();

  // Polling and fetching. The label is the HTTP status, or "error" when none came.
  LabelledCounter polls;
  LabelledCounter pages;
  LabelledCounter fetch_errors;  // why none came: "timeout", "dns", "refused", ...
  std::uint64_t feed_bytes = 0;  // decoded
  std::uint64_t page_bytes = 0;
  Histogram poll_seconds;
  Histogram page_seconds;
  Histogram poll_lateness;  // how long after its due time a poll started

  // Sifting.
  LabelledCounter feed_formats;
  std::uint64_t parse_failures = 0;
  std::uint64_t items = 0;    // read from feeds
  LabelledCounter events;     // by type, without the "siftd." in front
  LabelledCounter copies;     // by kind: exact, near, contained; dropped ones too
  LabelledCounter removed;    // passages taken out, by rule
  std::uint64_t stories = 0;  // begun
  Histogram sift_seconds;     // extraction and cleaning, one article
  Histogram publish_delay;    // from the publisher's date to the durable event
  Histogram commit_seconds;   // from a decision to its durable commit
  LabelledCounter websub;     // deliveries: accepted, bad_signature, unknown

  // Gauges.
  std::map<std::string, std::size_t> queues;  // name -> how many wait now
  std::size_t transfers = 0;                  // running now
  std::uint64_t store_bytes = 0;              // the database and its log on disk
  std::uint64_t dropped_by_retention = 0;     // events that a sink had not taken

  // The daemon itself.
  std::uint64_t reloads = 0;
  std::uint64_t failed_reloads = 0;
  Histogram loop_lag;  // how late the event loop's timer fires
};

}  // namespace siftd
