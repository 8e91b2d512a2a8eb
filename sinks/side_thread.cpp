#include "sinks/side_thread.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace siftd {

namespace asio = boost::asio;

namespace {

struct Call {
  std::function<void()> work;
  std::exception_ptr failure;
  // Both of the loop only: the thread may outlive it and its timers.
  bool is_done = false;
  asio::steady_timer* ended = nullptr;  // cancelled as a wake-up; none: nobody waits
};

// What a task waits with; the call knows of it as long as it waits.
struct Waiting {
  Waiting(const asio::any_io_executor& loop, std::shared_ptr<Call> what)
      : call(std::move(what)), ended(loop, asio::steady_timer::time_point::max()) {
    call->ended = &ended;
  }
  ~Waiting() { call->ended = nullptr; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  std::shared_ptr<Call> call;
  asio::steady_timer ended;  // never expires
};

}  // namespace

struct SideThread::State {
  explicit State(asio::any_io_executor executor) : loop(std::move(executor)) {}

  const asio::any_io_executor loop;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<Call>> calls;
  bool is_busy = false;
  bool is_abandoned = false;
  std::thread thread;

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return is_abandoned || !calls.empty(); });
      if (is_abandoned) {
        return;
      }
      std::shared_ptr<Call> call = std::move(calls.front());
      calls.pop_front();
      is_busy = true;
      lock.unlock();
      try {
        call->work();
      } catch (...) {
        call->failure = std::current_exception();
      }
      call->work = nullptr;
      lock.lock();
      is_busy = false;
      if (is_abandoned) {
        return;  // the loop may be gone
      }
      asio::post(loop, [done = std::move(call)] {
        done->is_done = true;
        if (done->ended != nullptr) {
          done->ended->cancel();
        }
      });
    }
  }
};

SideThread::SideThread(asio::any_io_executor loop)
    : state_(std::make_shared<State>(std::move(loop))) {
  state_->thread = std::thread([state = state_] { state->work(); });
}

SideThread::~SideThread() {
  std::unique_lock lock(state_->mutex);
  state_->is_abandoned = true;
  state_->calls.clear();
  state_->changed.notify_all();
  std::thread thread = std::move(state_->thread);
  const bool is_busy = state_->is_busy;
  lock.unlock();
  if (is_busy) {
    thread.detach();
  } else {
    thread.join();
  }
}

asio::awaitable<void> SideThread::run(std::function<void()> work) {
  Waiting waiting(state_->loop, std::make_shared<Call>());
  waiting.call->work = std::move(work);
  {
    const std::lock_guard lock(state_->mutex);
    state_->calls.push_back(waiting.call);
    state_->changed.notify_one();
  }
  while (!waiting.call->is_done) {
    co_await waiting.ended.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  if (waiting.call->failure) {
    std::rethrow_exception(waiting.call->failure);
  }
}

}  // namespace siftd
