#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "daemon/store.hpp"

namespace siftd {

// The one thread that decides and writes. Jobs run on it in order; the writes of
// many jobs share one transaction and one fsync (group commit: as soon as the
// disk is free, 50 ms at most after the first).
//
// Deciding and writing are apart: a job's decision runs once and may change the
// sifter's memory; its WriteSet is applied again and again until the disk takes it
// (disk full, I/O error). While that lasts no new job is decided, so everything
// upstream waits: that is the backpressure. `is_stuck()` tells the pollers.
class Recorder {
 public:
  // Called on the recorder's thread.
  using Decide = std::function<WriteSet(Store&)>;

  // `loop` is where awaits resume. The store outlives the recorder.
  Recorder(boost::asio::any_io_executor loop, Store& store);
  ~Recorder();  // finishes the queue; what a full disk does not take is given up
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Resumes when what `decide` returned is durable. Throws what it threw. When the
  // awaiting task is stopped, the job is done nevertheless.
  boost::asio::awaitable<void> record(Decide decide);

  // The same without waiting: what it throws is logged. What `decide` refers to
  // outlives the recorder, which does this at its end at the latest.
  void enqueue(Decide decide);

  // Runs `read` between jobs and resumes at once; it sees uncommitted writes. While
  // writing fails it sees what was committed.
  boost::asio::awaitable<void> ask(std::function<void(Store&)> read);

  // What to forget from now on. At the start nothing is.
  void set_retention(Retention retention);

  // Why writing fails at the moment; empty: it does not. On any thread.
  std::string stuck() const;
  bool is_stuck() const { return !stuck().empty(); }

  // For status and metrics; on any thread.
  struct Counters {
    std::uint64_t commits = 0;
    std::uint64_t jobs = 0;
    std::uint64_t waiting = 0;  // jobs in the queue
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;      // of lines kept in the journal
    std::uint64_t forgotten = 0;  // events removed by retention
    std::uint64_t untaken = 0;    // of these, not yet taken by a sink
    std::uint64_t repairs = 0;
  };
  Counters counters() const;

  // The journal, for sinks; its reads have their own connection and thread.
  Journal& journal();
  const Journal& journal() const;

 private:
  struct Thread;
  std::shared_ptr<Thread> thread_;
};

}  // namespace siftd
