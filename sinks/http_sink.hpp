#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/task_group.hpp"
#include "sinks/log_file.hpp"
#include "sinks/side_thread.hpp"
#include "sinks/sink.hpp"

namespace siftd {

// One POST. Who makes the sink knows how it is carried.
struct Post {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};
// The answer's HTTP status; an Error: there was none.
using PostFunction = std::function<boost::asio::awaitable<Result<int>>(Post)>;

struct HttpSinkOptions {
  std::string name;
  std::string url;
  std::string secret;  // signs the body; empty: no signature
  EventFilter filter;
  std::filesystem::path dead_letters;  // the file that takes what is refused
};

// A webhook: batches of events as JSON arrays (CloudEvents' batched content mode),
// signed with HMAC-SHA256 like GitHub's. An answer of 2xx moves the cursor. What may
// pass (no answer, 408, 425, 429, 5xx) is tried again for ever; what the receiver
// refuses for good is tried event by event, and an event refused by itself goes to
// the dead letters. At least once: a receiver knows repeats by the events' ids.
class HttpSink : public Sink {
 public:
  HttpSink(boost::asio::any_io_executor loop, Journal& journal, HttpSinkOptions options,
           PostFunction post);
  ~HttpSink() override;

  boost::asio::awaitable<void> run() override;
  void drain() override;
  Status status() const override;

 private:
  using Clock = std::chrono::steady_clock;
  enum class Answer { taken, refused, later };

  boost::asio::awaitable<void> follow();
  boost::asio::awaitable<bool> deliver(EventBatch batch);
  boost::asio::awaitable<bool> deliver_part(EventBatch batch, std::size_t from,
                                            std::size_t to);
  boost::asio::awaitable<Answer> post(EventBatch batch, std::size_t from, std::size_t to);
  boost::asio::awaitable<void> bury(EventBatch batch, std::size_t at);
  boost::asio::awaitable<bool> rest();
  boost::asio::awaitable<void> watch();
  void trouble(const std::string& what);
  void well();

  boost::asio::any_io_executor loop_;
  Journal& journal_;
  const HttpSinkOptions options_;
  const std::string cursor_name_;
  const PostFunction post_;
  std::shared_ptr<LogFile> graves_;
  SideThread disk_;
  TaskGroup children_;
  boost::asio::steady_timer wake_;
  bool has_news_ = false;
  bool is_draining_ = false;
  Clock::time_point drain_until_{};
  std::chrono::milliseconds retry_{0};
  std::uint64_t position_ = 0;
  std::string refusal_;  // of the last refused POST
  std::string error_;
  std::uint64_t delivered_ = 0;
  std::uint64_t bytes_ = 0;
};

// "sha256=" and the hexadecimal HMAC-SHA256 of the body.
std::string signature(const std::string& secret, const std::string& body);

}  // namespace siftd
