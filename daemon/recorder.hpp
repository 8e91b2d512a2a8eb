#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

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
  ~Recorder();  // finishes the queue
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Resumes when what `decide` returned is durable. Throws what it threw.
  boost::asio::awaitable<void> record(Decide decide);

  // Runs `read` between jobs and resumes at once; it sees uncommitted writes.
  boost::asio::awaitable<void> ask(std::function<void(Store&)> read);

  // Why writing fails at the moment; empty: it does not.
  std::string stuck() const;
  bool is_stuck() const { return !stuck().empty(); }

  // The journal, for sinks; its reads have their own connection and thread.
  Journal& journal();
  const Journal& journal() const;

 private:
  struct Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace siftd
