#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "daemon/schedule.hpp"

namespace siftd {

// The schedule on a real clock: who asks for a turn is woken when it has come. One
// thread. Outlives every coroutine that waits in it and every Slot.
class Turns {
 public:
  Turns(boost::asio::any_io_executor executor, Schedule::Options options);
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  // A host's slot; given back when it goes.
  class Slot {
   public:
    Slot(Slot&& other) noexcept;
    Slot& operator=(Slot&&) = delete;
    ~Slot();
    Schedule::Job job() const { return job_; }
    // How it went, before it goes; without it: well.
    void ended(Schedule::Ending ending) { ending_ = ending; }

   private:
    friend class Turns;
    Slot(Turns& turns, Schedule::Job job) : turns_(&turns), job_(job) {}
    Turns* turns_;
    Schedule::Job job_;
    Schedule::Ending ending_;
  };

  // The next feed whose turn it is; any number of pollers may wait here. Nothing:
  // close() was called.
  boost::asio::awaitable<std::optional<Slot>> feed();
  // A turn for one page of that host. Nothing: the host fails as a whole and is not
  // worth asking now, or close() was called.
  boost::asio::awaitable<std::optional<Slot>> page(std::string host,
                                                   std::size_t per_host);

  // For changes; changed() afterwards, so that who waits learns of them.
  Schedule& schedule() { return schedule_; }
  const Schedule& schedule() const { return schedule_; }
  void changed();
  // Who waits gets nothing; so does who asks later.
  void close();

  std::size_t waiting_pages() const { return pages_.size(); }

 private:
  struct Waiter {
    explicit Waiter(const boost::asio::any_io_executor& executor)
        : wake(executor, boost::asio::steady_timer::time_point::max()) {}
    boost::asio::steady_timer wake;  // never expires; cancelled as a wake-up
    bool is_done = false;
    std::optional<Schedule::Job> job;  // done without: refused or closed
    void finish(std::optional<Schedule::Job> with);
  };

  boost::asio::awaitable<void> wait(Waiter& waiter);
  void pump();
  void give_back(Schedule::Job job, Schedule::Ending ending);

  boost::asio::any_io_executor executor_;
  Schedule schedule_;
  boost::asio::steady_timer timer_;
  std::optional<Schedule::Time> armed_;
  std::deque<Waiter*> pollers_;
  std::unordered_map<Schedule::Job, Waiter*> pages_;
  bool closed_ = false;
  bool is_pumping_ = false;
};

}  // namespace siftd
