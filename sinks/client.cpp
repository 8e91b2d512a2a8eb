#include "sinks/client.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <spdlog/spdlog.h>
#include <vector>

#include "base/limits.hpp"
#include "sinks/consumers.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kLineEnd = "\n";
// A reader that is behind but took something so recently is only being served.
constexpr auto kStalled = std::chrono::milliseconds(500);

// Goes on `count` bytes in the buffers that begin with `at`. True: it ends within one.
bool advance(std::vector<asio::const_buffer>& buffers, std::size_t& at,
             std::size_t count) {
  while (at < buffers.size() && count >= buffers[at].size()) {
    count -= buffers[at++].size();
  }
  if (count > 0) {
    buffers[at] += count;
  }
  return count > 0;
}

}  // namespace

Client::Client(Context& context, std::unique_ptr<Stream> stream)
    : context_(context),
      stream_(std::move(stream)),
      children_(context.loop),
      changed_(context.loop),
      next_(context.journal.newest() + 1),
      sent_(context.journal.newest()) {}

Client::~Client() = default;

asio::awaitable<void> Client::run() {
  std::exception_ptr stopped;
  children_.spawn(listen());
  try {
    co_await serve();
  } catch (const boost::system::system_error& error) {
    // Else the peer is gone, which is its right.
    if (error.code() == asio::error::operation_aborted && !has_hung_up_ &&
        farewell_.empty()) {
      stopped = std::current_exception();
    }
  } catch (const std::exception& failure) {
    spdlog::error("a client of the socket sink is closed: {}", failure.what());
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (is_attached_) {
    context_.consumers.detach(hello_->consumer, *this);
  }
  stream_->close();
  children_.stop();
  co_await children_.join();
  if (stopped) {
    std::rethrow_exception(stopped);
  }
}

void Client::wake() {
  is_changed_ = true;
  changed_.cancel();
}

void Client::dismiss(std::string_view why) {
  if (farewell_.empty()) {
    farewell_ = error_line(why);
    dismissed_ = Clock::now();
    wake();
  }
}

void Client::finish() {
  is_finishing_ = true;
  wake();
}

void Client::look_after(Clock::time_point now, std::uint64_t horizon) {
  if (!farewell_.empty()) {
    if (now - dismissed_ >= limits::kFarewell) {
      stream_->close();
    }
    return;
  }
  if (!blocked_since_) {
    return;
  }
  const Clock::duration blocked = now - *blocked_since_;
  if (blocked >= limits::kClientPatience) {
    dismiss("nothing was taken for five minutes");
  } else if (!hello_ && next_ < horizon && blocked >= kStalled) {
    dismiss(
        "fell further behind than the queue allows; to read at your own pace send "
        R"({"from":SEQ} first)");
  }
}

asio::awaitable<void> Client::serve() {
  co_await wait_for_hello();
  co_await follow();
}

// ---- what the client says

asio::awaitable<void> Client::listen() {
  try {
    co_await read_lines();
  } catch (const boost::system::system_error&) {
    has_hung_up_ = true;
    wake();
    stream_->close();
  }
}

asio::awaitable<void> Client::read_lines() {
  std::array<char, 1024> bytes;
  std::size_t unheeded = 0;
  while (true) {
    const std::size_t count = co_await stream_->read_some(bytes);
    if (count == 0) {
      break;
    }
    if (!farewell_.empty()) {
      // Read all the same: closing on unread bytes would take the error line. But not
      // for ever.
      unheeded += count;
      if (unheeded > limits::kUnheededBytes) {
        break;
      }
      continue;
    }
    partial_.append(bytes.data(), count);
    std::size_t end = partial_.find('\n', partial_.size() - count);
    while (end != std::string::npos && farewell_.empty()) {
      take_line(std::string_view(partial_).substr(0, end));
      partial_.erase(0, end + 1);
      end = partial_.find('\n');
    }
    if (partial_.size() > limits::kClientLine && farewell_.empty()) {
      dismiss("a line is longer than 64 KiB");
    }
    if (!farewell_.empty()) {
      partial_ = std::string();
    }
  }
  partial_ = std::string();
  if (unheeded > limits::kUnheededBytes) {
    has_hung_up_ = true;
    wake();
    stream_->close();
    co_return;
  }
  // It may have closed its sending side only, and go on reading.
  if (!hello_ && !has_begun_) {
    has_begun_ = true;
    wake();
  }
  co_await stream_->wait_hangup();
  has_hung_up_ = true;
  wake();
  stream_->close();
}

void Client::take_line(std::string_view line) {
  if (line.size() > limits::kClientLine) {
    dismiss("a line is longer than 64 KiB");
    return;
  }
  if (!hello_) {
    Result<Hello> hello = parse_hello(line);
    if (hello.has_error()) {
      dismiss(hello.error().detail);
    } else if (has_begun_) {
      dismiss("the first line came after events were sent; send it within 250 ms");
    } else {
      hello_ = std::move(*hello);
      wake();
    }
    return;
  }
  const Result<std::uint64_t> ack = parse_ack(line);
  if (ack.has_error()) {
    dismiss(ack.error().detail);
  } else if (hello_->consumer.empty()) {
    dismiss(R"(only a consumer with a name acknowledges: {"consumer":"NAME"} first)");
  } else if (*ack > sent_) {
    dismiss("event " + std::to_string(*ack) +
            " was not sent yet and cannot be acknowledged");
  } else if (is_attached_) {
    // Events that the filter left out need no acknowledgement of their own.
    acknowledged_ = std::max(acknowledged_, *ack == sent_ ? next_ - 1 : *ack);
    context_.consumers.acknowledge(hello_->consumer, acknowledged_);
  }
}

// ---- what it gets

asio::awaitable<void> Client::wait_for_hello() {
  const Clock::time_point deadline = Clock::now() + limits::kHelloGrace;
  while (!hello_ && !has_begun_ && farewell_.empty() && !is_finishing_ &&
         Clock::now() < deadline) {
    changed_.expires_at(deadline);
    co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  changed_.expires_at(Clock::time_point::max());
}

// Puts the hello in force.
asio::awaitable<void> Client::begin() {
  has_begun_ = true;
  switch (hello_->from) {
    case Hello::From::beginning:
      next_ = context_.journal.oldest();
      break;
    case Hello::From::sequence:
      next_ = hello_->sequence;
      break;
    case Hello::From::now:
    case Hello::From::unsaid:
      break;  // where it connected
  }
  if (hello_->consumer.empty()) {
    sent_ = next_ - 1;
    co_return;
  }
  if (context_.consumers.is_full()) {
    dismiss("there are too many consumers with names");
    co_return;
  }
  is_attached_ = true;
  next_ = 1 + co_await context_.consumers.attach(hello_->consumer, *this, next_ - 1);
  sent_ = next_ - 1;
  acknowledged_ = sent_;
}

asio::awaitable<void> Client::follow() {
  while (!has_hung_up_) {
    if (hello_ && !has_begun_) {
      co_await begin();
    }
    if (!farewell_.empty()) {
      co_await say_goodbye();
      co_return;
    }
    const Result<EventBatch> batch =
        co_await context_.journal.read(next_, context_.batch_bytes);
    if (batch.has_error()) {
      if (next_ < context_.journal.oldest()) {
        step_over_removed();
        dismiss(batch.error().detail);
      } else {
        dismiss("the store cannot be read: " + batch.error().detail);
      }
    } else if (!(*batch)->empty()) {
      co_await send(*batch);
    } else if (is_finishing_) {
      co_return;
    } else {
      co_await wait_for_change();
    }
  }
}

// So that a consumer that was away for too long is told once, and can go on then.
void Client::step_over_removed() {
  if (is_attached_) {
    context_.consumers.acknowledge(hello_->consumer, context_.journal.oldest() - 1);
  }
}

asio::awaitable<void> Client::send(EventBatch batch) {
  std::vector<asio::const_buffer> buffers;
  for (const StoredEvent& event : *batch) {
    if (is_wanted(event)) {
      buffers.emplace_back(event.line.data(), event.line.size());
      buffers.emplace_back(kLineEnd.data(), kLineEnd.size());
      sent_ = event.sequence;
    }
  }
  has_begun_ |= !buffers.empty();
  std::size_t at = 0;
  bool is_within = false;
  while (at < buffers.size()) {
    if (!farewell_.empty() && at % 2 == 0 && !is_within) {
      co_return;  // between two lines
    }
    blocked_since_ = Clock::now();
    const std::size_t count =
        co_await stream_->write_some(std::span(buffers).subspan(at));
    blocked_since_.reset();
    context_.bytes += count;
    is_within = advance(buffers, at, count);
  }
  context_.delivered += buffers.size() / 2;
  next_ = batch->back().sequence + 1;
  // A fast reader must not keep the others from their turn.
  co_await asio::post(context_.loop, asio::use_awaitable);
}

asio::awaitable<void> Client::say_goodbye() {
  std::vector<asio::const_buffer> buffers = {asio::buffer(farewell_)};
  std::size_t at = 0;
  while (at < buffers.size()) {
    const std::size_t count =
        co_await stream_->write_some(std::span(buffers).subspan(at));
    advance(buffers, at, count);
  }
  stream_->shutdown_write();
  // listen() takes what still comes; look_after() ends it.
  while (!has_hung_up_) {
    co_await wait_for_change();
  }
}

asio::awaitable<void> Client::wait_for_change() {
  while (!std::exchange(is_changed_, false)) {
    co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

bool Client::is_wanted(const StoredEvent& event) const {
  return context_.filter.matches(event) && (!hello_ || hello_->filter.matches(event));
}

}  // namespace siftd
