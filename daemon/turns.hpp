#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "daemon/schedule.hpp"

namespace siftd {

// The schedule on a real clock: who asks for a turn is woken when it has come. One
// thread. Lives longer than every coroutine that waits in it.
class Turns {
 public:
  Turns(boost::asio::any_io_executor executor, Schedule::Options options);

  // A host's slot; given back when it goes.
  class Slot {
   public:
    Slot(Slot&& other) noexcept;
    Slot& operator=(Slot&&) = delete;
    ~Slot();
    Schedule::Job job() const { return job_; }
    // How it went; without it: well.
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
  // A turn for one page of that host.
  boost::asio::awaitable<Slot> page(std::string host, std::size_t per_host);

  // Changes go through here, so that who waits learns of them.
  Schedule& schedule() { return schedule_; }
  void changed();  // after a change of the schedule
  void close();

  std::size_t waiting_pages() const { return pages_.size(); }

 private:
  struct Waiter {
    explicit Waiter(const boost::asio::any_io_executor& executor);
    boost::asio::steady_timer wake;  // never expires
    bool has_turn = false;
  };

  void pump();
  void arm();
  void give_back(Schedule::Job job, Schedule::Ending ending);

  boost::asio::any_io_executor executor_;
  Schedule schedule_;
  boost::asio::steady_timer timer_;
  std::list<std::pair<Waiter, std::optional<Schedule::Job>>> pollers_;
  std::unordered_map<Schedule::Job, Waiter*> pages_;
  bool closed_ = false;
};

}  // namespace siftd
