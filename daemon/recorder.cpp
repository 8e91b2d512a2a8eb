#include "daemon/recorder.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <fstream>
#include <mutex>
#include <optional>
#include <spdlog/spdlog.h>
#include <thread>
#include <utility>

#include "base/limits.hpp"
#include "daemon/journal.hpp"
#include "daemon/salvage.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

struct Job {
  Recorder::Decide decide;           // one of the two
  std::function<void(Store&)> read;  // is set
  WriteSet writes;
  std::exception_ptr failure;
  bool is_done = false;                     // on the loop
  std::optional<asio::steady_timer> ended;  // on the loop; none: nobody waits
};
using Jobs = std::vector<std::shared_ptr<Job>>;

void finish(const Jobs& jobs) {
  for (const std::shared_ptr<Job>& job : jobs) {
    job->is_done = true;
    if (job->ended) {
      job->ended->cancel();
    } else if (job->failure) {
      try {
        std::rethrow_exception(job->failure);
      } catch (const std::exception& failure) {
        spdlog::error("could not be stored: {}", failure.what());
      }
    }
  }
}

std::size_t line_bytes(const WriteSet& writes) {
  std::size_t bytes = 0;
  for (const NewEvent& event : writes.events) {
    bytes += event.line.size();
  }
  return bytes;
}

void move_events(WriteSet& writes, std::uint64_t& sequence,
                 std::vector<StoredEvent>& to) {
  for (NewEvent& event : writes.events) {
    StoredEvent stored;
    stored.sequence = ++sequence;
    stored.type = event.type;
    stored.feed = std::move(event.feed);
    stored.feed_tags = std::move(event.feed_tags);
    stored.line = std::move(event.line);
    to.push_back(std::move(stored));
  }
}

}  // namespace

// Shared by the Recorder and by what it posts to the loop, which may come late.
struct Recorder::Thread : std::enable_shared_from_this<Recorder::Thread> {
  Thread(asio::any_io_executor executor, Store& the_store)
      : loop(std::move(executor)), store(the_store) {}

  const asio::any_io_executor loop;
  Store& store;
  std::unique_ptr<StoreJournal> journal;  // on the loop

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<Job>> queue;
  bool is_ending = false;
  std::string stuck;
  std::optional<Retention> retention;
  Counters counters;

  std::thread thread;
  bool is_damaged = false;  // found by reading
  Clock::time_point housekeeping_at = Clock::now() + limits::kHousekeepingEvery;

  void push(std::shared_ptr<Job> job) {
    const std::lock_guard lock(mutex);
    queue.push_back(std::move(job));
    changed.notify_one();
  }

  // The next job; nothing: none is there and `until` has come.
  std::shared_ptr<Job> next(Clock::time_point until) {
    std::unique_lock lock(mutex);
    changed.wait_until(lock, until, [this] { return is_ending || !queue.empty(); });
    if (queue.empty()) {
      return nullptr;
    }
    std::shared_ptr<Job> job = std::move(queue.front());
    queue.pop_front();
    return job;
  }

  bool has_to_end() const {
    const std::lock_guard lock(mutex);
    return is_ending;
  }

  void run() {
    while (true) {
      if (std::shared_ptr<Job> job = next(housekeeping_at)) {
        run_group(std::move(job));
      } else if (has_to_end()) {
        return;
      }
      if (Clock::now() >= housekeeping_at) {
        keep_house();
      }
    }
  }

  void run_group(std::shared_ptr<Job> job) {
    const Clock::time_point started = Clock::now();
    Jobs group;
    std::size_t bytes = 0;
    std::optional<StoreError> failure;
    bool has_begun = false;
    while (job) {
      if (job->read) {
        answer(std::move(job));
      } else {
        const bool is_decided = decide(*job);
        bytes += line_bytes(job->writes);
        group.push_back(job);
        failure = is_decided ? attempt([&] {
          if (!std::exchange(has_begun, true)) {
            store.begin();
          }
          store.apply(job->writes);
        })
                             : std::nullopt;
      }
      const bool is_full = group.size() >= limits::kCommitJobs ||
                           bytes >= limits::kCommitBytes ||
                           Clock::now() - started >= limits::kCommitDelay;
      job = failure || is_full ? nullptr : next(Clock::time_point::min());
    }
    if (!failure && has_begun) {
      failure = attempt([&] { store.commit(); });
    }
    if (!failure && std::exchange(is_damaged, false)) {
      repair();  // a decision met it; what it was about is decided again by its caller
    }
    if (failure && !persist(group, *failure)) {
      return;
    }
    publish(std::move(group));
  }

  bool decide(Job& job) {
    try {
      job.writes = job.decide(store);
      return !job.writes.is_empty();
    } catch (const StoreError& error) {
      is_damaged |= error.kind() == StoreError::Kind::corrupt;
      job.failure = std::current_exception();
      return false;
    } catch (...) {
      job.failure = std::current_exception();
      return false;
    }
  }

  void answer(std::shared_ptr<Job> job) {
    try {
      job->read(store);
    } catch (...) {
      job->failure = std::current_exception();
    }
    Jobs done = {std::move(job)};
    asio::post(loop, [done = std::move(done)] { finish(done); });
  }

  template <class Work>
  std::optional<StoreError> attempt(const Work& work) {
    try {
      work();
      return std::nullopt;
    } catch (const StoreError& error) {
      return error;
    }
  }

  // Writes what was decided until the disk takes it. False: given up at the end.
  bool persist(Jobs& group, StoreError failure) {
    const Clock::time_point since = Clock::now();
    set_stuck(failure.what());
    spdlog::error("cannot write the state, polling pauses: {}", failure.what());
    while (true) {
      store.rollback();
      if (failure.kind() == StoreError::Kind::corrupt) {
        repair();
      } else if (wait_for_retry()) {
        give_up(group, failure);
        return false;
      }
      const std::optional<StoreError> again = attempt([&] {
        store.begin();
        for (const std::shared_ptr<Job>& job : group) {
          store.apply(job->writes);
        }
        store.commit();
      });
      if (!again) {
        break;
      }
      failure = *again;
      set_stuck(failure.what());
    }
    set_stuck({});
    spdlog::info(
        "the state can be written again after {} s",
        std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - since).count());
    return true;
  }

  // Answers questions meanwhile. True: the recorder ends.
  bool wait_for_retry() {
    const Clock::time_point until = Clock::now() + limits::kStoreRetry;
    std::unique_lock lock(mutex);
    while (Clock::now() < until && !is_ending) {
      const auto question =
          std::find_if(queue.begin(), queue.end(),
                       [](const std::shared_ptr<Job>& job) { return bool(job->read); });
      if (question != queue.end()) {
        std::shared_ptr<Job> job = std::move(*question);
        queue.erase(question);
        lock.unlock();
        answer(std::move(job));
        lock.lock();
      } else {
        changed.wait_until(lock, until);
      }
    }
    return is_ending && Clock::now() >= until;
  }

  void give_up(Jobs& group, const StoreError& failure) {
    Jobs all = std::move(group);
    {
      const std::lock_guard lock(mutex);
      all.insert(all.end(), queue.begin(), queue.end());
      queue.clear();
    }
    spdlog::error("ends with {} pieces of work unwritten (they are found again): {}",
                  all.size(), failure.what());
    for (const std::shared_ptr<Job>& job : all) {
      job->failure = std::make_exception_ptr(failure);
    }
    asio::post(loop, [all = std::move(all)] { finish(all); });
  }

  void repair() {
    // Should this process end in the middle, the next start goes on with it.
    std::ofstream(store.file().parent_path() / kDamagedMark) << "damaged\n";
    if (const std::optional<StoreError> failure = attempt([&] { store.repair(); })) {
      set_stuck(failure->what());
      wait_for_retry();
      return;
    }
    const std::lock_guard lock(mutex);
    ++counters.repairs;
  }

  void set_stuck(std::string why) {
    const std::lock_guard lock(mutex);
    stuck = std::move(why);
  }

  void publish(Jobs group) {
    std::vector<StoredEvent> events;
    std::uint64_t count = 0;
    for (const std::shared_ptr<Job>& job : group) {
      count += job->failure ? 0 : job->writes.events.size();
    }
    std::uint64_t sequence = store.newest() - count;
    for (const std::shared_ptr<Job>& job : group) {
      if (!job->failure) {
        move_events(job->writes, sequence, events);
      }
    }
    {
      const std::lock_guard lock(mutex);
      ++counters.commits;
      counters.jobs += group.size();
      counters.events += count;
    }
    asio::post(loop, [weak = weak_from_this(), events = std::move(events),
                      group = std::move(group)]() mutable {
      if (const std::shared_ptr<Thread> self = weak.lock()) {
        self->journal->publish(std::move(events));
      }
      finish(group);
    });
  }

  void keep_house() {
    std::optional<Retention> wanted;
    {
      const std::lock_guard lock(mutex);
      wanted = retention;
    }
    housekeeping_at = Clock::now() + limits::kHousekeepingEvery;
    if (!wanted) {
      return;
    }
    try {
      const Store::Forgotten forgotten =
          store.forget(*wanted, std::chrono::system_clock::now());
      if (!forgotten.is_done) {
        housekeeping_at = Clock::now();
      }
      note(forgotten);
    } catch (const StoreError& error) {
      // Whatever it is, the next job meets it too and deals with it.
      spdlog::warn("housekeeping waits: {}", error.what());
    }
  }

  void note(const Store::Forgotten& forgotten) {
    if (forgotten.untaken > 0) {
      spdlog::warn("retention removed {} events that a sink had not taken yet",
                   forgotten.untaken);
    }
    if (forgotten.events > 0) {
      spdlog::info("retention removed {} events; the oldest is now {}", forgotten.events,
                   store.oldest());
    }
    {
      const std::lock_guard lock(mutex);
      counters.forgotten += forgotten.events;
      counters.untaken += forgotten.untaken;
      counters.bytes = store.bytes();
    }
    asio::post(loop, [weak = weak_from_this(), oldest = store.oldest()] {
      if (const std::shared_ptr<Thread> self = weak.lock()) {
        self->journal->set_oldest(oldest);
      }
    });
  }
};

Recorder::Recorder(asio::any_io_executor loop, Store& store)
    : thread_(std::make_shared<Thread>(loop, store)) {
  thread_->journal = std::make_unique<StoreJournal>(loop, *this, store.file(),
                                                    store.oldest(), store.newest());
  thread_->counters.bytes = store.bytes();
  thread_->thread = std::thread([thread = thread_.get()] { thread->run(); });
}

Recorder::~Recorder() {
  {
    const std::lock_guard lock(thread_->mutex);
    thread_->is_ending = true;
    thread_->changed.notify_all();
  }
  thread_->thread.join();
  thread_->journal.reset();
}

asio::awaitable<void> Recorder::record(Decide decide) {
  auto job = std::make_shared<Job>();
  job->decide = std::move(decide);
  job->ended.emplace(thread_->loop, asio::steady_timer::time_point::max());
  thread_->push(job);
  while (!job->is_done) {
    co_await job->ended->async_wait(asio::as_tuple(asio::use_awaitable));
  }
  if (job->failure) {
    std::rethrow_exception(job->failure);
  }
}

void Recorder::enqueue(Decide decide) {
  auto job = std::make_shared<Job>();
  job->decide = std::move(decide);
  thread_->push(std::move(job));
}

asio::awaitable<void> Recorder::ask(std::function<void(Store&)> read) {
  auto job = std::make_shared<Job>();
  job->read = std::move(read);
  job->ended.emplace(thread_->loop, asio::steady_timer::time_point::max());
  thread_->push(job);
  while (!job->is_done) {
    co_await job->ended->async_wait(asio::as_tuple(asio::use_awaitable));
  }
  if (job->failure) {
    std::rethrow_exception(job->failure);
  }
}

void Recorder::set_retention(Retention retention) {
  const std::lock_guard lock(thread_->mutex);
  thread_->retention = std::move(retention);
}

std::string Recorder::stuck() const {
  const std::lock_guard lock(thread_->mutex);
  return thread_->stuck;
}

Recorder::Counters Recorder::counters() const {
  const std::lock_guard lock(thread_->mutex);
  Counters counters = thread_->counters;
  counters.waiting = thread_->queue.size();
  return counters;
}

Journal& Recorder::journal() {
  return *thread_->journal;
}

const Journal& Recorder::journal() const {
  return *thread_->journal;
}

}  // namespace siftd
