#include "daemon/turns.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace siftd {

namespace asio = boost::asio;

Turns::Turns(asio::any_io_executor executor, Schedule::Options options)
    : executor_(std::move(executor)),
      schedule_(Schedule::Clock::now(), options),
      timer_(executor_) {}

Turns::Slot::Slot(Slot&& other) noexcept
    : turns_(std::exchange(other.turns_, nullptr)),
      job_(other.job_),
      ending_(other.ending_) {}

Turns::Slot::~Slot() {
  if (turns_ != nullptr) {
    turns_->give_back(job_, ending_);
  }
}

void Turns::Waiter::finish(std::optional<Schedule::Job> with) {
  is_done = true;
  job = with;
  wake.cancel();
}

asio::awaitable<void> Turns::wait(Waiter& waiter) {
  while (!waiter.is_done) {
    co_await waiter.wake.async_wait(asio::as_tuple(asio::use_awaitable));
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
}

asio::awaitable<std::optional<Turns::Slot>> Turns::feed() {
  Waiter waiter(executor_);
  // On the way out, whichever: no turn may be lost, none may find a dead waiter.
  struct Leave {
    Turns& turns;
    Waiter& waiter;
    ~Leave() {
      std::erase(turns.pollers_, &waiter);
      if (waiter.job) {
        turns.schedule_.set_due(*waiter.job, Schedule::Clock::now());
        turns.give_back(*waiter.job, Schedule::Ending());
      }
    }
  } leave{*this, waiter};
  if (closed_) {
    co_return std::nullopt;
  }
  pollers_.push_back(&waiter);
  pump();
  co_await wait(waiter);
  if (!waiter.job) {
    co_return std::nullopt;
  }
  const Schedule::Job job = *std::exchange(waiter.job, std::nullopt);
  co_return Slot(*this, job);
}

asio::awaitable<std::optional<Turns::Slot>> Turns::page(std::string host,
                                                        std::size_t per_host) {
  if (closed_) {
    co_return std::nullopt;
  }
  const std::optional<Schedule::Job> asked =
      schedule_.add_page(host, per_host, Schedule::Clock::now());
  if (!asked) {
    co_return std::nullopt;
  }
  Waiter waiter(executor_);
  struct Leave {
    Turns& turns;
    Waiter& waiter;
    Schedule::Job asked;
    ~Leave() {
      if (waiter.job) {
        turns.give_back(*waiter.job, Schedule::Ending());
      } else if (!waiter.is_done) {
        turns.pages_.erase(asked);
        turns.schedule_.remove(asked);
      }
    }
  } leave{*this, waiter, *asked};
  pages_.emplace(*asked, &waiter);
  pump();
  co_await wait(waiter);
  if (!waiter.job) {
    co_return std::nullopt;
  }
  const Schedule::Job job = *std::exchange(waiter.job, std::nullopt);
  co_return Slot(*this, job);
}

void Turns::give_back(Schedule::Job job, Schedule::Ending ending) {
  schedule_.finished(job, ending, Schedule::Clock::now());
  pump();
}

void Turns::changed() {
  pump();
}

void Turns::close() {
  closed_ = true;
  for (Waiter* waiter : std::exchange(pollers_, {})) {
    waiter->finish(std::nullopt);
  }
  for (const auto& [job, waiter] : std::exchange(pages_, {})) {
    schedule_.remove(job);
    waiter->finish(std::nullopt);
  }
  timer_.cancel();
  armed_.reset();
}

// Gives out every turn that has come, and sets the alarm for the next.
void Turns::pump() {
  if (closed_) {
    return;
  }
  const Schedule::Time now = Schedule::Clock::now();
  while (const std::optional<Schedule::Job> refused = schedule_.next_refused()) {
    const auto page = pages_.find(*refused);
    if (page != pages_.end()) {
      page->second->finish(std::nullopt);
      pages_.erase(page);
    }
  }
  while (!pages_.empty()) {
    const std::optional<Schedule::Job> job = schedule_.next_page(now);
    if (!job) {
      break;
    }
    const auto page = pages_.find(*job);
    page->second->finish(*job);
    pages_.erase(page);
  }
  while (!pollers_.empty()) {
    const std::optional<Schedule::Job> job = schedule_.next_feed(now);
    if (!job) {
      break;
    }
    pollers_.front()->finish(*job);
    pollers_.pop_front();
  }
  // What is ready but has no taker is asked for by the taker itself.
  const std::optional<Schedule::Time> when = schedule_.wake_at();
  const bool has_takers = !pollers_.empty() || !pages_.empty();
  if (!when || *when <= now || !has_takers || (armed_ && *armed_ <= *when)) {
    return;
  }
  armed_ = when;
  timer_.expires_at(*when);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) {
      armed_.reset();
      pump();
    }
  });
}

}  // namespace siftd
