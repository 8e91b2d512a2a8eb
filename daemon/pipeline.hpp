#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <spdlog/fwd.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/task_group.hpp"
#include "daemon/feed_reader.hpp"
#include "daemon/intake.hpp"
#include "daemon/polled_feed.hpp"
#include "daemon/turns.hpp"

namespace siftd {

// The whole of siftd's work, but for the sinks:
//
//   turns -> visit (x N): fetch -> parse (pool) -> intake -> record -> next turn
//
// The commit point is the recorder: only there is an item remembered as seen, in the
// transaction that stores its event. So anything before it may be stopped at any
// moment: what was not recorded is found again at the next poll. Sinks read what was
// recorded at their own pace (Delivery).
class Pipeline {
 public:
  struct Parts {
    Fetcher& fetcher;
    WorkerPool& pool;
    Recorder& recorder;
    Sifter& sifter;
    Metrics& metrics;
    spdlog::logger& logger;
  };
  struct Options {
    bool once = false;          // each feed one poll, then run() returns
    std::size_t pollers = 256;  // feeds visited at once
  };

  Pipeline(boost::asio::any_io_executor executor, Parts parts, Options options);
  ~Pipeline();

  // Makes these the feeds: what is gone ends when its visit does, what stays keeps its
  // state and takes its new settings; what is new is start()ed by the caller.
  void set_feeds(std::vector<Shared<FeedConfig>> feeds);
  // A feed with its configuration and its state as last made durable; when there is one
  // of its URL, that stays.
  void start(std::unique_ptr<PolledFeed> feed);
  void set_rules(std::shared_ptr<const Rules> rules) {
    intake_.set_rules(std::move(rules));
  }

  // Runs until stop(), or with `once` until each feed had its poll.
  boost::asio::awaitable<void> run();
  void stop();

  // With `once`: how many feeds could not be polled.
  std::size_t failed() const { return failed_; }

  std::vector<const PolledFeed*> feeds() const;
  // Told of each feed that starts (false) or was polled (true).
  using OnFeed = std::function<void(PolledFeed&, bool was_polled)>;
  void on_feed(OnFeed told) { on_feed_ = std::move(told); }
  // What a hub delivered for the feed: taken like the body of a poll. When it is no
  // feed, it is taken for a hint that a poll is worth its while.
  boost::asio::awaitable<void> take_push(PolledFeed& feed, Page page, InUse in_use);
  // Makes the feed's present state durable.
  boost::asio::awaitable<void> record_state(PolledFeed& feed);

  bool has(std::string_view url) const { return feeds_.contains(url); }
  // By name or URL; null: none.
  PolledFeed* find(std::string_view name_or_url);
  // A person asked: gone and backoff are forgotten, the poll comes at once.
  boost::asio::awaitable<void> poll_now(std::string url);

  std::size_t waiting_pages() const { return turns_.waiting_pages(); }

 private:
  // The keys are views of the URLs of the feeds' own configurations.
  using Feeds = std::unordered_map<std::string_view, std::unique_ptr<PolledFeed>>;

  void keep(std::unique_ptr<PolledFeed> feed);
  void retire(PolledFeed& feed);
  std::shared_ptr<const Access> access_of(const FetchConfig& config);

  boost::asio::awaitable<void> poll();
  boost::asio::awaitable<void> visit(PolledFeed& feed, Turns::Slot slot);
  boost::asio::awaitable<FeedAnswer> fetch(PolledFeed& feed, Turns::Slot slot);
  boost::asio::awaitable<void> wait_for_disk();
  boost::asio::awaitable<void> look_again();
  void log_outcome(const PolledFeed& feed, const Judgement& judgement) const;
  void finish(PolledFeed& feed, const Judgement& judgement);

  boost::asio::any_io_executor executor_;
  Parts parts_;
  Options options_;
  FeedReader reader_;
  Turns turns_;
  Intake intake_;
  Feeds feeds_;  // by configured URL
  std::vector<PolledFeed*> by_job_;
  std::vector<std::unique_ptr<PolledFeed>> retired_;   // whose visit still goes on
  std::vector<std::shared_ptr<const Access>> access_;  // one for each set of settings
  OnFeed on_feed_;
  std::size_t to_do_ = 0;  // with `once`
  std::size_t failed_ = 0;
  bool stopping_ = false;
  TaskGroup pollers_;
};

}  // namespace siftd
