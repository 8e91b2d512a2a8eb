#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace siftd {

// The threads for pure functions: parsing, extraction, fingerprints. A value goes
// in, a value comes back to the loop; nothing is shared meanwhile.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads) : threads_(threads), pool_(threads) {}
  ~WorkerPool() { pool_.join(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  std::size_t threads() const { return threads_; }

  // Runs `work` on one of the threads; resumes on the caller's executor with what
  // it returned, or throws what it threw. Work that has begun is not cancelled:
  // it is short and touches nothing but its own values.
  template <class T>
  boost::asio::awaitable<T> run(std::function<T()> work) {
    auto outcome = std::make_shared<Outcome<T>>();
    co_await start(outcome, std::move(work));
    if (outcome->failure) {
      std::rethrow_exception(outcome->failure);
    }
    co_return std::move(*outcome->value);
  }

 private:
  template <class T>
  struct Outcome {
    std::optional<T> value;
    std::exception_ptr failure;
  };

  template <class T>
  boost::asio::awaitable<void> start(std::shared_ptr<Outcome<T>> outcome,
                                     std::function<T()> work) {
    namespace asio = boost::asio;
    return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [this](auto handler, std::shared_ptr<Outcome<T>> result, std::function<T()> job) {
          auto executor = asio::get_associated_executor(handler);
          // The handler is moved from thread to thread but runs on its own executor;
          // the guard keeps that loop alive while the work is under way.
          auto guard = asio::prefer(executor, asio::execution::outstanding_work.tracked);
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          asio::post(pool_, [shared, guard, result = std::move(result),
                             job = std::move(job)]() mutable {
            try {
              result->value.emplace(job());
            } catch (...) {
              result->failure = std::current_exception();
            }
            job = nullptr;  // what it captured ends here, not on the loop
            asio::post(guard, [shared = std::move(shared)]() mutable {
              auto ready = std::move(*shared);
              shared.reset();
              ready();
            });
          });
        },
        asio::use_awaitable, std::move(outcome), std::move(work));
  }

  std::size_t threads_;
  boost::asio::thread_pool pool_;
};

}  // namespace siftd
