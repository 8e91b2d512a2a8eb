#include "sinks/http_sink.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <exception>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/spdlog.h>

#include "base/limits.hpp"
#include "sinks/failure.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

bool may_pass(int status) {
  return status == 408 || status == 425 || status == 429 || status >= 500 ||
         status < 200 || (status >= 300 && status < 400);
}

}  // namespace

std::string signature(const std::string& secret, const std::string& body) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const void* bytes = body.data();
  ::HMAC(::EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         static_cast<const unsigned char*>(bytes), body.size(), digest.data(), &size);
  std::string text = "sha256=";
  for (unsigned i = 0; i < size; ++i) {
    std::array<char, 3> hex{};
    std::snprintf(hex.data(), hex.size(), "%02x", digest[i]);
    text += hex.data();
  }
  return text;
}

HttpSink::HttpSink(asio::any_io_executor loop, Journal& journal, HttpSinkOptions options,
                   PostFunction post)
    : loop_(std::move(loop)),
      journal_(journal),
      options_(std::move(options)),
      cursor_name_("sink:" + options_.name),
      post_(std::move(post)),
      disk_(loop_),
      children_(loop_),
      wake_(loop_) {
  LogFile::Options graves;
  graves.path = options_.dead_letters;
  graves.mode = 0640;
  graves_ = std::make_shared<LogFile>(graves);
}

HttpSink::~HttpSink() = default;

asio::awaitable<void> HttpSink::run() {
  children_.spawn(watch());
  const std::exception_ptr failure = co_await outcome_of(follow());
  children_.stop();
  co_await children_.join();
  if (failure) {
    std::rethrow_exception(failure);
  }
}

void HttpSink::drain() {
  is_draining_ = true;
  drain_until_ = Clock::now() + limits::kDrainPatience;
  wake_.cancel();
}

Sink::Status HttpSink::status() const {
  Status status;
  status.name = options_.name;
  status.type = "http";
  status.target = options_.url;
  status.position = position_;
  status.delivered = delivered_;
  status.bytes = bytes_;
  status.error = error_;
  return status;
}

asio::awaitable<void> HttpSink::follow() {
  const std::optional<Journal::Cursor> cursor =
      co_await journal_.load_cursor(cursor_name_);
  position_ = cursor ? cursor->sequence : journal_.oldest() - 1;
  while (true) {
    if (position_ + 1 < journal_.oldest()) {
      spdlog::error(
          "sink {}: events {} to {} were removed by retention before it took them",
          options_.name, position_ + 1, journal_.oldest() - 1);
      position_ = journal_.oldest() - 1;
    }
    const Result<EventBatch> batch =
        co_await journal_.read(position_ + 1, limits::kPostBytes);
    bool has_to_rest = batch.has_error();
    if (has_to_rest) {
      trouble(batch.error().detail);
    } else if (!(*batch)->empty()) {
      has_to_rest = !co_await deliver(*batch);
    } else if (is_draining_) {
      co_return;
    } else {
      while (!std::exchange(has_news_, false) && !is_draining_) {
        wake_.expires_at(Clock::time_point::max());
        co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
      }
    }
    if (has_to_rest) {
      const bool goes_on = co_await rest();
      if (!goes_on) {
        co_return;
      }
    }
  }
}

// False: to be tried again later, from position_ on.
asio::awaitable<bool> HttpSink::deliver(EventBatch batch) {
  for (std::size_t from = 0; from < batch->size();) {
    const std::size_t to = std::min(from + limits::kPostEvents, batch->size());
    const bool is_done = co_await deliver_part(batch, from, to);
    if (!is_done) {
      co_return false;
    }
    from = to;
  }
  co_return true;
}

asio::awaitable<bool> HttpSink::deliver_part(EventBatch batch, std::size_t from,
                                             std::size_t to) {
  Answer answer = co_await post(batch, from, to);
  if (answer == Answer::refused) {
    // Which of them is it? Each by itself.
    for (std::size_t at = from; at < to; ++at) {
      answer = to - from == 1 ? answer : co_await post(batch, at, at + 1);
      if (answer == Answer::refused) {
        co_await bury(batch, at);
      } else if (answer == Answer::later) {
        co_return false;
      }
      position_ = (*batch)[at].sequence;
    }
  } else if (answer == Answer::later) {
    co_return false;
  }
  position_ = (*batch)[to - 1].sequence;
  Journal::Cursor cursor;
  cursor.sequence = position_;
  co_await journal_.save_cursor(cursor_name_, std::move(cursor), false);
  co_return true;
}

asio::awaitable<HttpSink::Answer> HttpSink::post(EventBatch batch, std::size_t from,
                                                 std::size_t to) {
  Post request;
  request.body = "[";
  std::uint64_t count = 0;
  for (std::size_t at = from; at < to; ++at) {
    if (options_.filter.matches((*batch)[at])) {
      request.body += count++ == 0 ? "" : ",";
      request.body += (*batch)[at].line;
    }
  }
  request.body += "]";
  if (count == 0) {
    co_return Answer::taken;
  }
  request.url = options_.url;
  request.headers.emplace_back("Content-Type",
                               "application/cloudevents-batch+json; charset=utf-8");
  if (!options_.secret.empty()) {
    request.headers.emplace_back("X-Hub-Signature-256",
                                 signature(options_.secret, request.body));
  }
  const std::size_t size = request.body.size();
  const Result<int> status = co_await post_(std::move(request));
  if (status.has_error()) {
    trouble(options_.url + ": " + status.error().detail);
    co_return Answer::later;
  }
  if (may_pass(*status)) {
    trouble(options_.url + ": answers with status " + std::to_string(*status));
    co_return Answer::later;
  }
  if (*status >= 300) {
    refusal_ = "status " + std::to_string(*status);
    co_return Answer::refused;
  }
  delivered_ += count;
  bytes_ += size;
  well();
  co_return Answer::taken;
}

// The event's own line, so that the file can be sent again as it is.
asio::awaitable<void> HttpSink::bury(EventBatch batch, std::size_t at) {
  const StoredEvent& event = (*batch)[at];
  if (!options_.filter.matches(event)) {
    co_return;
  }
  spdlog::error("sink {}: event {} was refused ({}); it is kept in {}", options_.name,
                event.sequence, refusal_, options_.dead_letters.string());
  auto failure = std::make_shared<std::string>();
  std::function<void()> write = [file = graves_, batch, at, failure] {
    if (!file->is_open() || !file->is_current()) {
      file->open(std::nullopt);
    }
    if (file->place().offset > limits::kDeadLetterBytes) {
      file->rotate(std::chrono::system_clock::now());
      file->open(std::nullopt);
    }
    *failure = file->append((*batch)[at].line + "\n").failure;
    file->sync();
  };
  try {
    co_await disk_.run(std::move(write));
  } catch (const std::exception& error) {
    if (is_stopped(error)) {
      throw;
    }
    *failure = sentence(error);
  }
  if (!failure->empty()) {
    spdlog::error("sink {}: the dead letter could not be kept: {}", options_.name,
                  *failure);
  }
}

// False: the end has come, and patience with it.
asio::awaitable<bool> HttpSink::rest() {
  const Clock::time_point until = Clock::now() + retry_;
  while (Clock::now() < until) {
    if (is_draining_ && Clock::now() >= drain_until_) {
      co_return false;
    }
    wake_.expires_at(is_draining_ ? std::min(until, drain_until_) : until);
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return !is_draining_ || Clock::now() < drain_until_;
}

asio::awaitable<void> HttpSink::watch() {
  while (true) {
    const std::uint64_t newest = journal_.newest();
    co_await journal_.wait_beyond(newest);
    has_news_ = true;
    wake_.cancel();
  }
}

void HttpSink::trouble(const std::string& what) {
  if (error_ != what) {
    spdlog::error("sink {} waits and tries again: {}", options_.name, what);
  }
  error_ = what;
  const std::chrono::milliseconds first = limits::kSinkRetry;
  const std::chrono::milliseconds most = limits::kSinkRetryMax;
  retry_ = retry_.count() == 0 ? first : std::min(retry_ * 2, most);
}

void HttpSink::well() {
  if (!error_.empty()) {
    spdlog::info("sink {} goes on", options_.name);
    error_.clear();
  }
  retry_ = std::chrono::milliseconds(0);
}

}  // namespace siftd
