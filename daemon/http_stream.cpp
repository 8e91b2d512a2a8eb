#include "daemon/http_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/hold.hpp"
#include "base/limits.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace

bool EventStreams::has_room() const {
  return open_ < limits::kMaxHttpStreams;
}

asio::awaitable<void> EventStreams::serve(Send send, std::string head,
                                          EventsRequest wanted) {
  const Hold one(open_, 1);
  // The id first: who is cut off before the first event goes on from here as well.
  head += "retry: 2000\n\n" + position_frame(wanted.from);
  bool is_open = co_await send(std::move(head));
  asio::steady_timer heartbeat(executor_);
  while (is_open) {
    is_open = co_await send_events(send, wanted);
    if (!is_open || journal_.newest() >= wanted.from) {
      continue;
    }
    heartbeat.expires_after(limits::kHttpHeartbeat);
    const auto place = sleeping_.insert(sleeping_.end(), &heartbeat);
    const auto [woken] = co_await heartbeat.async_wait(kTuple);
    sleeping_.erase(place);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      co_return;
    }
    if (!woken) {
      is_open = co_await send(position_frame(wanted.from));
    }
  }
}

// What the journal holds from `wanted.from` on, one batch; moves `from` on.
asio::awaitable<bool> EventStreams::send_events(const Send& send, EventsRequest& wanted) {
  if (journal_.newest() < wanted.from) {
    co_return true;
  }
  std::string frames;
  if (wanted.from < journal_.oldest()) {
    frames = gap_frame(wanted.from, journal_.oldest());
    wanted.from = journal_.oldest();
  }
  const auto batch = co_await journal_.read(wanted.from, limits::kHttpStreamBatch);
  if (!batch) {
    // Retention may have passed us between the look and the read: look again.
    if (wanted.from < journal_.oldest()) {
      co_return true;
    }
    co_return false;
  }
  if (*batch) {
    for (const StoredEvent& event : **batch) {
      wanted.from = event.sequence + 1;
      if (wanted.filter.matches(event)) {
        frames += event_frame(event);
      }
    }
  }
  if (frames.empty()) {
    co_return true;
  }
  const bool is_sent = co_await send(std::move(frames));
  co_return is_sent;
}

asio::awaitable<void> EventStreams::wake() {
  for (;;) {
    co_await journal_.wait_beyond(journal_.newest());
    for (asio::steady_timer* timer : sleeping_) {
      timer->cancel();
    }
  }
}

}  // namespace siftd
