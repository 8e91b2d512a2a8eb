#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <spdlog/fwd.h>
#include <string>

#include "base/task_group.hpp"
#include "daemon/config.hpp"
#include "daemon/delivery.hpp"
#include "daemon/feed_list.hpp"
#include "daemon/http.hpp"
#include "daemon/metrics.hpp"
#include "daemon/notify.hpp"
#include "daemon/pipeline.hpp"
#include "daemon/reader.hpp"
#include "daemon/recorder.hpp"
#include "daemon/store.hpp"
#include "daemon/subscriptions.hpp"
#include "daemon/worker_pool.hpp"
#include "fetchers/curl_fetcher.hpp"
#include "sifters/sifter.hpp"

namespace siftd {

class Control;

// The daemon: makes every part, wires them, starts them, and ends them in order.
// What `siftd run` is, and `siftd fetch` with a state of its own.
class Service {
 public:
  struct Options {
    bool once = false;
    bool is_daemon = true;  // serves HTTP, tells systemd, reloads at SIGHUP
  };

  // Throws StoreError or system_error when the state or a sink cannot be had.
  Service(Config config, std::shared_ptr<const Rules> rules, Options options,
          std::shared_ptr<spdlog::logger> logger);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Until SIGTERM or SIGINT, or with `once` until all is delivered. An ExitStatus.
  int run();

  // For Control, on the loop's thread.
  const Config& config() const { return config_; }
  Pipeline& pipeline() { return pipeline_; }
  Recorder& recorder() { return recorder_; }
  Reader& reader() { return reader_; }
  Subscriptions& subscriptions() { return subscriptions_; }
  Delivery& delivery() { return delivery_; }
  Metrics& metrics() { return metrics_; }
  spdlog::logger& logger() { return *logger_; }
  const FeedEdits& edits() const { return edits_; }
  const std::string& reload_error() const { return reload_error_; }
  bool is_stopping() const { return stopping_; }
  bool makes_progress() const;
  // Durable first, then in force.
  boost::asio::awaitable<void> change_feeds(FeedEdits edits);

 private:
  boost::asio::awaitable<void> main();
  boost::asio::awaitable<void> end_on_signal();
  boost::asio::awaitable<void> reload_on_signal();
  boost::asio::awaitable<void> reload();
  boost::asio::awaitable<void> take_over(Config config,
                                         std::shared_ptr<const Rules> rules);
  boost::asio::awaitable<void> beat();
  boost::asio::awaitable<void> set_feeds();
  boost::asio::awaitable<void> apply_sinks();
  boost::asio::awaitable<void> deliver_the_rest();
  void tell_start();

  Config config_;
  std::shared_ptr<const Rules> rules_;
  Options options_;
  std::shared_ptr<spdlog::logger> logger_;
  boost::asio::io_context io_{1};
  // Before all that takes time to open: what comes meanwhile is heeded afterwards.
  boost::asio::signal_set end_signals_;
  boost::asio::signal_set reload_signals_;
  Metrics metrics_;
  Store store_;
  WorkerPool pool_;
  Sifter sifter_;  // before the recorder, whose last work on its thread is the sifter's
  Recorder recorder_;
  Reader reader_;
  CurlFetcher fetcher_;
  Pipeline pipeline_;
  Subscriptions subscriptions_;
  Delivery delivery_;
  Notifier notifier_;
  FeedEdits edits_;
  std::unique_ptr<Control> control_;
  std::unique_ptr<HttpServer> http_;
  TaskGroup helpers_;
  std::string reload_error_;
  std::chrono::steady_clock::time_point last_beat_;
  std::uint64_t feeds_turn_ = 0;  // changes when the feeds that are wanted may
  bool stopping_ = false;
  std::function<void()> hurry_;  // SIGTERM while delivering the rest
};

}  // namespace siftd
