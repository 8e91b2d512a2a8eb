#include "daemon/service.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/limits.hpp"
#include "daemon/commands.hpp"
#include "daemon/control.hpp"
#include "daemon/journal_log.hpp"
#include "daemon/rule_files.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

Sifter::Options sifter_options(const Config& config) {
  Sifter::Options options;
  options.threshold = config.dedup.threshold;
  options.window = std::chrono::floor<std::chrono::seconds>(config.dedup.window);
  options.mark = config.dedup.mark;
  options.learn = config.clean.learn;
  options.look_again = config.fetch->look_again;
  return options;
}

CurlFetcher::Options fetcher_options(const Config& config) {
  CurlFetcher::Options options;
  options.user_agent = config.user_agent;
  options.concurrency = config.fetch->concurrency;
  return options;
}

Retention retention_of(const Config& config) {
  Retention retention;
  retention.age = config.store.retention_age;
  retention.size = config.store.retention_size;
  retention.window = config.dedup.window;
  return retention;
}

std::string count_of(std::size_t count, const char* noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

}  // namespace

Service::Service(Config config, std::shared_ptr<const Rules> rules, Options options,
                 std::shared_ptr<spdlog::logger> logger)
    : config_(std::move(config)),
      rules_(std::move(rules)),
      options_(options),
      logger_(std::move(logger)),
      end_signals_(io_, SIGTERM, SIGINT),
      reload_signals_(io_, SIGHUP),
      store_(config_.state_dir),
      pool_(std::max(1u, std::thread::hardware_concurrency())),
      sifter_(sifter_options(config_), store_),
      recorder_(io_.get_executor(), store_),
      reader_(io_.get_executor(), store_.file()),
      fetcher_(io_.get_executor(), fetcher_options(config_)),
      pipeline_(io_.get_executor(),
                {fetcher_, pool_, recorder_, sifter_, metrics_, *logger_},
                {options.once, config_.fetch->concurrency}),
      subscriptions_(io_.get_executor(), {fetcher_, pipeline_, metrics_, *logger_},
                     options.is_daemon && !options.once ? config_.http.public_url : ""),
      delivery_(io_.get_executor(), recorder_.journal(), fetcher_, config_.state_dir),
      control_(std::make_unique<Control>(*this)),
      helpers_(io_.get_executor()),
      last_beat_(std::chrono::steady_clock::now()) {}

Service::~Service() = default;

int Service::run() {
  std::exception_ptr failure;
  asio::co_spawn(io_, main(), [&](std::exception_ptr why) {
    failure = std::move(why);
    if (failure) {
      io_.stop();
    }
  });
  io_.run();  // returns by itself: nothing is left running
  if (failure) {
    std::rethrow_exception(failure);
  }
  return pipeline_.failed() == 0 ? kDone : kSomeFailed;
}

asio::awaitable<void> Service::main() {
  helpers_.spawn(end_on_signal());
  pipeline_.set_rules(rules_);
  std::function<void(Store&)> begin = [this](Store& store) {
    sifter_.set_rules(rules_);
    store.each_memory([this](MemoryRow row) { sifter_.restore(row); });
    if (const std::optional<std::string> saved = store.setting(FeedEdits::kSetting)) {
      edits_ = FeedEdits::decode(*saved);
    }
  };
  co_await recorder_.ask(std::move(begin));
  pipeline_.on_feed([this](PolledFeed& feed, bool was_polled) {
    subscriptions_.remember(feed);
    if (was_polled) {
      subscriptions_.renew(feed);
    }
  });
  co_await set_feeds();
  co_await apply_sinks();
  if (options_.is_daemon) {
    HttpServer::Options http;
    http.http = config_.http;
    http.control_socket = control_socket_path(config_.state_dir);
    http.log = [this](const std::string& line) {
      log(*logger_, LogLevel::warning, line);
    };
    http_ = std::make_unique<HttpServer>(io_.get_executor(), std::move(http), *control_,
                                         recorder_.journal());
    helpers_.spawn(http_->run());
    helpers_.spawn(reload_on_signal());
    std::function<bool()> progress = [this] {
      return makes_progress();
    };
    helpers_.spawn(keep_watchdog(notifier_, std::move(progress)));
  }
  helpers_.spawn(beat());
  tell_start();

  co_await pipeline_.run();
  subscriptions_.stop();
  co_await subscriptions_.join();

  Recorder::Decide keep = [this](Store&) {
    WriteSet writes;
    writes.sites = sifter_.take_learned();
    return writes;
  };
  recorder_.enqueue(std::move(keep));
  // Nothing more comes in: what is recorded goes out, then all else ends.
  notifier_.stopping("delivering what is left");
  co_await deliver_the_rest();
  end_signals_.cancel();
  reload_signals_.cancel();
  helpers_.stop();
  co_await helpers_.join();
  helpers_.check();
}

asio::awaitable<void> Service::deliver_the_rest() {
  TaskGroup draining(io_.get_executor());
  draining.spawn(delivery_.drain());
  asio::steady_timer deadline(io_);
  const auto wait = [&](std::chrono::milliseconds time) {
    deadline.expires_after(time);
    deadline.async_wait([&](boost::system::error_code error) {
      if (!error) {
        log(*logger_, LogLevel::warning,
            "ending while a sink still waits; its events are kept for the next start");
        draining.stop();
      }
    });
  };
  wait(stopping_ ? limits::kDrainTime : limits::kDrainTimeOnce);
  hurry_ = [&] {
    wait(limits::kDrainTime);
  };
  co_await draining.join();
  hurry_ = nullptr;
  deadline.cancel();
  co_await delivery_.stop();
  draining.check();
}

asio::awaitable<void> Service::apply_sinks() {
  co_await delivery_.apply(config_.sinks);
  Retention retention = retention_of(config_);
  retention.holders = delivery_.cursor_names();
  recorder_.set_retention(std::move(retention));
}

void Service::tell_start() {
  if (!options_.is_daemon) {
    return;
  }
  std::string words = "siftd " SIFTD_VERSION ": " +
                      count_of(pipeline_.feeds().size(), "feed") + ", " +
                      count_of(config_.sinks.size(), "sink");
  if (http_ && !config_.http.listen.empty()) {
    words += ", status page on " + config_.http.listen;
  }
  log(*logger_, LogLevel::info, words);
  notifier_.ready(words);
}

// A first signal asks; a second, or a process that does not end in time, cuts.
asio::awaitable<void> Service::end_on_signal() {
  for (;;) {
    auto [error, number] =
        co_await end_signals_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) {
      co_return;
    }
    if (stopping_) {
      std::_Exit(128 + number);
    }
    stopping_ = true;
    log(*logger_, LogLevel::info, "stopping");
    pipeline_.stop();
    if (hurry_) {
      hurry_();
    }
  }
}

// However many signals come while one is worked off, they are one more reload.
asio::awaitable<void> Service::reload_on_signal() {
  for (;;) {
    auto [error, number] =
        co_await reload_signals_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) {
      co_return;
    }
    asio::steady_timer pause(io_, limits::kReloadPause);
    co_await pause.async_wait(asio::use_awaitable);
    notifier_.reloading();
    co_await reload();
    notifier_.ready(reload_error_.empty()
                        ? "configuration taken over"
                        : "the configuration has mistakes; the old one stays");
  }
}

asio::awaitable<void> Service::reload() {
  delivery_.reopen();
  const std::filesystem::path file = config_.file;
  std::function<LoadedConfig()> read = [file] {
    return load_config(file);
  };
  LoadedConfig loaded = co_await pool_.run(std::move(read));
  const std::vector<std::string> patterns = loaded.config.clean.rules;
  std::function<LoadedRules()> read_rules = [patterns] {
    return load_rule_files(patterns);
  };
  LoadedRules rules = co_await pool_.run(std::move(read_rules));
  std::vector<std::string> mistakes;
  for (const ConfigError& error : loaded.errors) {
    mistakes.push_back(error.to_string());
  }
  for (const RuleError& error : rules.errors) {
    mistakes.push_back(error.to_string());
  }
  if (!mistakes.empty()) {
    ++metrics_.failed_reloads;
    reload_error_ = mistakes.front();
    for (const std::string& mistake : mistakes) {
      log(*logger_, LogLevel::error, mistake);
    }
    log(*logger_, LogLevel::error,
        "not reloaded: " + count_of(mistakes.size(), "mistake") +
            "; the old configuration stays");
    co_return;
  }
  co_await take_over(std::move(loaded.config), std::move(rules.rules));
}

asio::awaitable<void> Service::take_over(Config config,
                                         std::shared_ptr<const Rules> rules) {
  if (config.state_dir != config_.state_dir) {
    log(*logger_, LogLevel::warning, "state_dir changes with the next start only");
    config.state_dir = config_.state_dir;
  }
  config_ = std::move(config);
  ++feeds_turn_;
  rules_ = std::move(rules);
  reload_error_.clear();
  if (!options_.once) {
    subscriptions_.set_public_url(config_.http.public_url);
  }
  set_level(*logger_, config_.log.level);
  fetcher_.configure(fetcher_options(config_));
  pipeline_.set_rules(rules_);
  std::function<void(Store&)> apply = [this](Store&) {
    sifter_.configure(sifter_options(config_));
    sifter_.set_rules(rules_);
  };
  co_await recorder_.ask(std::move(apply));
  co_await set_feeds();
  co_await apply_sinks();
  if (const std::optional<Error> error = http_->reconfigure(config_.http)) {
    reload_error_ = error->detail;
    log(*logger_, LogLevel::error, error->detail);
  }
  ++metrics_.reloads;
  log(*logger_, LogLevel::info,
      "reloaded: " + count_of(pipeline_.feeds().size(), "feed") + ", " +
          count_of(config_.sinks.size(), "sink"));
}

// New feeds are made in full before any of them starts; what is wanted may have changed
// meanwhile.
asio::awaitable<void> Service::set_feeds() {
  std::vector<Shared<FeedConfig>> wanted;
  auto fresh = std::make_shared<std::vector<std::unique_ptr<PolledFeed>>>();
  std::uint64_t turn = 0;
  do {
    turn = feeds_turn_;
    wanted = effective_feeds(config_, edits_);
    fresh->clear();
    for (const Shared<FeedConfig>& config : wanted) {
      if (!pipeline_.has(config->url)) {
        fresh->push_back(std::make_unique<PolledFeed>());
        fresh->back()->config = config;
      }
    }
    std::function<void(Store&)> read = [fresh](Store& store) {
      std::vector<std::string_view> urls;
      urls.reserve(fresh->size());
      for (const std::unique_ptr<PolledFeed>& feed : *fresh) {
        urls.push_back(feed->config->url);
      }
      store.feed_states(urls, [&](std::size_t i, std::string_view blob) {
        if (std::optional<FeedState> state = decode(blob)) {
          (*fresh)[i]->state = std::move(*state);
        }
      });
    };
    co_await recorder_.ask(std::move(read));
  } while (turn != feeds_turn_);
  pipeline_.set_feeds(std::move(wanted));
  for (std::unique_ptr<PolledFeed>& feed : *fresh) {
    pipeline_.start(std::move(feed));
  }
}

asio::awaitable<void> Service::change_feeds(FeedEdits edits) {
  Recorder::Decide decide = [json = edits.encode()](Store&) {
    WriteSet writes;
    writes.settings.emplace_back(std::string(FeedEdits::kSetting), json);
    return writes;
  };
  co_await recorder_.record(std::move(decide));
  edits_ = std::move(edits);
  ++feeds_turn_;
  co_await set_feeds();
}

// The loop turns and the recorder answers: what a watchdog may believe.
asio::awaitable<void> Service::beat() {
  asio::steady_timer timer(io_);
  for (;;) {
    timer.expires_after(limits::kBeat);
    const auto due = timer.expiry();
    co_await timer.async_wait(asio::use_awaitable);
    const auto now = std::chrono::steady_clock::now();
    metrics_.loop_lag.observe(now - due);
    std::function<void(Store&)> nothing = [](Store&) {
    };
    co_await recorder_.ask(std::move(nothing));
    last_beat_ = std::chrono::steady_clock::now();
  }
}

bool Service::makes_progress() const {
  return recorder_.is_stuck() ||
         std::chrono::steady_clock::now() - last_beat_ < limits::kNoProgress;
}

}  // namespace siftd
