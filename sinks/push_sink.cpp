#include "sinks/push_sink.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <linux/sockios.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <vector>

#include "base/limits.hpp"
#include "sinks/failure.hpp"
#include "sinks/protocol.hpp"

namespace siftd {

namespace asio = boost::asio;

PushSink::PushSink(asio::any_io_executor loop, Journal& journal, std::string name,
                   EventFilter filter, std::unique_ptr<Outlet> outlet)
    : loop_(std::move(loop)),
      journal_(journal),
      name_(std::move(name)),
      cursor_name_("sink:" + name_),
      filter_(std::move(filter)),
      outlet_(std::move(outlet)),
      children_(loop_),
      talk_(loop_),
      wake_(loop_) {}

PushSink::~PushSink() = default;

asio::awaitable<void> PushSink::run() {
  children_.spawn(watch());
  const std::exception_ptr failure = co_await outcome_of(follow());
  children_.stop();
  talk_.stop();
  co_await children_.join();
  co_await talk_.join();
  stream_.reset();
  co_await outlet_->close();
  if (failure) {
    std::rethrow_exception(failure);
  }
}

void PushSink::drain() {
  is_draining_ = true;
  drain_until_ = Clock::now() + limits::kDrainPatience;
  wake();
}

Sink::Status PushSink::status() const {
  Status status;
  status.name = name_;
  status.type = outlet_->type();
  status.target = outlet_->target();
  status.position = confirmed_;
  status.delivered = delivered_;
  status.bytes = bytes_;
  status.clients = stream_ ? 1 : 0;
  status.error = error_;
  return status;
}

asio::awaitable<void> PushSink::follow() {
  const std::optional<Journal::Cursor> cursor =
      co_await journal_.load_cursor(cursor_name_);
  confirmed_ = cursor ? cursor->sequence : journal_.oldest() - 1;
  saved_ = confirmed_;
  while (true) {
    std::string failure = "the connection has ended";
    try {
      stream_ = co_await outlet_->open();
      talk_.spawn(listen());
      talk_.spawn(confirm());
      co_await push();
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted && !is_lost_) {
        throw;
      }
      failure = sentence(error);
    }
    talk_.stop();
    co_await talk_.join();
    co_await save();
    stream_.reset();
    co_await outlet_->close();
    const bool is_done = confirmed_ >= journal_.newest();
    if (is_draining_ && (is_done || Clock::now() >= drain_until_)) {
      co_return;
    }
    trouble(failure);
    const Clock::time_point until = Clock::now() + retry_;
    while (Clock::now() < until && !is_draining_) {
      co_await rest(until);  // events that come meanwhile do not hurry it
    }
  }
}

// Until the connection is lost, or all is delivered at the end.
asio::awaitable<void> PushSink::push() {
  is_lost_ = false;
  is_acknowledging_ = false;
  total_ = 0;
  under_way_.clear();
  sent_ = confirmed_;
  next_ = confirmed_ + 1;
  while (!is_lost_) {
    if (next_ < journal_.oldest()) {
      spdlog::error(
          "sink {}: events {} to {} were removed by retention before it took them", name_,
          next_, journal_.oldest() - 1);
      next_ = journal_.oldest();
    }
    const Result<EventBatch> batch =
        co_await journal_.read(next_, limits::kClientBatchBytes);
    if (batch.has_error()) {
      trouble(batch.error().detail);
      co_await rest(Clock::now() + limits::kSinkRetry);
    } else if (!(*batch)->empty()) {
      co_await send(*batch);
    } else if (is_draining_ && (confirmed_ >= sent_ || Clock::now() >= drain_until_)) {
      co_return;
    } else {
      co_await rest(is_draining_ ? drain_until_ : Clock::time_point::max());
    }
  }
}

asio::awaitable<void> PushSink::send(EventBatch batch) {
  std::string lines;
  for (const StoredEvent& event : *batch) {
    if (filter_.matches(event)) {
      lines += event.line;
      lines += '\n';
      under_way_.emplace_back(total_ + lines.size(), event.sequence);
      ++delivered_;
    } else if (under_way_.empty()) {
      under_way_.emplace_back(total_, event.sequence);
    } else {
      under_way_.back().second = event.sequence;
    }
  }
  sent_ = batch->back().sequence;
  std::size_t written = 0;
  while (written < lines.size()) {
    const std::array<asio::const_buffer, 1> rest = {
        asio::buffer(lines.data() + written, lines.size() - written)};
    const std::size_t count = co_await stream_->write_some(rest);
    written += count;
    total_ += count;
    bytes_ += count;
  }
  next_ = sent_ + 1;
  if (!error_.empty()) {
    spdlog::info("sink {} goes on", name_);
    error_.clear();
  }
  retry_ = std::chrono::milliseconds(0);
}

asio::awaitable<void> PushSink::listen() {
  try {
    co_await read_acks();
  } catch (const boost::system::system_error&) {
    // The peer is gone.
  }
  is_lost_ = true;
  stream_->close();
  wake();
}

asio::awaitable<void> PushSink::read_acks() {
  std::array<char, 1024> bytes;
  std::string partial;
  while (true) {
    const std::size_t count = co_await stream_->read_some(bytes);
    if (count == 0) {
      break;
    }
    partial.append(bytes.data(), count);
    for (std::size_t end; (end = partial.find('\n')) != std::string::npos;) {
      const Result<std::uint64_t> ack =
          parse_ack(std::string_view(partial).substr(0, end));
      partial.erase(0, end + 1);
      // Whatever else a peer may say does not concern us.
      if (ack.has_value() && *ack <= sent_) {
        is_acknowledging_ = true;
        const bool is_all = under_way_.empty() || *ack >= under_way_.back().second;
        confirmed_ = std::max(confirmed_, is_all ? sent_ : *ack);
        wake();
      }
    }
    if (partial.size() > limits::kClientLine) {
      partial.clear();
    }
  }
  // A peer may say nothing and still listen.
  co_await stream_->wait_hangup();
}

// Bytes of this connection that the peer's side has taken.
std::uint64_t PushSink::taken() const {
  int waiting = 0;
  if (::ioctl(stream_->socket().native_handle(), SIOCOUTQ, &waiting) != 0) {
    return 0;
  }
  // TLS makes more bytes than we count: what is left may look like more than it is.
  return total_ - std::min(total_, static_cast<std::uint64_t>(waiting));
}

asio::awaitable<void> PushSink::confirm() {
  asio::steady_timer tick(loop_);
  while (!is_lost_) {
    tick.expires_after(limits::kConfirmEvery);
    co_await tick.async_wait(asio::use_awaitable);
    const std::uint64_t through = is_lost_ ? 0 : taken();
    while (!under_way_.empty() && under_way_.front().first <= through) {
      if (!is_acknowledging_) {
        confirmed_ = std::max(confirmed_, under_way_.front().second);
      }
      under_way_.pop_front();
    }
    co_await save();
    if (is_draining_) {
      wake();
    }
  }
}

asio::awaitable<void> PushSink::save() {
  if (saved_ != confirmed_) {
    saved_ = confirmed_;
    Journal::Cursor cursor;
    cursor.sequence = confirmed_;
    co_await journal_.save_cursor(cursor_name_, std::move(cursor), false);
  }
}

asio::awaitable<void> PushSink::watch() {
  while (true) {
    const std::uint64_t newest = journal_.newest();
    co_await journal_.wait_beyond(newest);
    wake();
  }
}

void PushSink::wake() {
  is_woken_ = true;
  wake_.cancel();
}

asio::awaitable<void> PushSink::rest(Clock::time_point until) {
  while (!std::exchange(is_woken_, false) && Clock::now() < until) {
    wake_.expires_at(until);
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

void PushSink::trouble(const std::string& what) {
  if (error_ != what) {
    spdlog::error("sink {} waits and tries again: {}", name_, what);
  }
  error_ = what;
  const std::chrono::milliseconds first = limits::kSinkRetry;
  const std::chrono::milliseconds most = limits::kSinkRetryMax;
  retry_ = retry_.count() == 0 ? first : std::min(retry_ * 2, most);
}

}  // namespace siftd
