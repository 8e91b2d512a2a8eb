#include "daemon/pipeline.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/limits.hpp"
#include "daemon/journal_log.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

using Steady = std::chrono::steady_clock;

bool is_same_day(std::chrono::sys_seconds a, WallTime b) {
  return std::chrono::floor<std::chrono::days>(a) ==
         std::chrono::floor<std::chrono::days>(b);
}

}  // namespace

Pipeline::Pipeline(asio::any_io_executor executor, Parts parts, Options options)
    : executor_(executor),
      parts_(parts),
      options_(options),
      reader_({parts.fetcher, parts.pool, parts.metrics, parts.logger}),
      turns_(executor, Schedule::Options{!options.once}),
      intake_(executor,
              {parts.fetcher, turns_, parts.pool, parts.recorder, parts.sifter,
               parts.metrics},
              options.once),
      pollers_(executor) {}

Pipeline::~Pipeline() = default;

void Pipeline::set_feeds(std::vector<Shared<FeedConfig>> feeds) {
  Feeds before = std::exchange(feeds_, {});
  feeds_.reserve(feeds.size());
  for (Shared<FeedConfig>& config : feeds) {
    const auto known = before.find(config->url);
    if (known == before.end()) {
      continue;
    }
    std::unique_ptr<PolledFeed> feed = std::move(known->second);
    before.erase(known);
    feed->access = access_of(*config->fetch);
    turns_.schedule().set_interval(feed->job, config->fetch->per_host,
                                   config->fetch->interval);
    feed->config = std::move(config);
    keep(std::move(feed));
  }
  for (auto& [url, feed] : before) {
    retire(*feed);
    if (feed->is_in_use()) {
      retired_.push_back(std::move(feed));
    }
  }
  turns_.changed();
}

void Pipeline::keep(std::unique_ptr<PolledFeed> feed) {
  const std::string_view url = feed->config->url;
  feeds_.emplace(url, std::move(feed));
}

void Pipeline::start(std::unique_ptr<PolledFeed> feed) {
  const FeedConfig& config = *feed->config;
  if (feeds_.contains(config.url)) {
    return;
  }
  const WallTime now = wall_now();
  auto wait = first_wait(config, feed->state, now);
  if (options_.once) {
    wait = may_poll_once(feed->state, now) ? std::optional(std::chrono::milliseconds(0))
                                           : std::nullopt;
    failed_ += !wait && !feed->state.is_gone ? 1U : 0U;
  }
  const FetchConfig& fetch = *config.fetch;
  const CompactText& moved = feed->state.url;
  const std::string host = host_of(moved.empty() ? config.url.view() : moved.view());
  const auto due = wait ? Steady::now() + *wait : Steady::time_point::max();
  feed->job = turns_.schedule().add_feed(host, fetch.per_host, fetch.interval, due);
  to_do_ += wait ? 1U : 0U;
  if (by_job_.size() <= feed->job) {
    by_job_.resize(feed->job + 1);
  }
  by_job_[feed->job] = feed.get();
  feed->access = access_of(fetch);
  if (on_feed_) {
    on_feed_(*feed, false);
  }
  keep(std::move(feed));
  turns_.changed();
}

void Pipeline::retire(PolledFeed& feed) {
  feed.is_removed = true;
  turns_.schedule().remove(feed.job);
  by_job_[feed.job] = nullptr;
}

// Feeds with the same settings share one.
std::shared_ptr<const Access> Pipeline::access_of(const FetchConfig& config) {
  Access wanted = access_for(config);
  for (const std::shared_ptr<const Access>& access : access_) {
    if (*access == wanted) {
      return access;
    }
  }
  return access_.emplace_back(std::make_shared<const Access>(std::move(wanted)));
}

asio::awaitable<void> Pipeline::run() {
  if (options_.once && to_do_ == 0) {
    turns_.close();
  }
  for (std::size_t i = 0; i < options_.pollers; ++i) {
    pollers_.spawn(poll());
  }
  if (!options_.once && !stopping_) {  // what stop() has not seen, it would not end
    pollers_.spawn(look_again());
  }
  co_await pollers_.join();
  intake_.stop_waiting();
  co_await intake_.join();
  pollers_.check();
}

void Pipeline::stop() {
  stopping_ = true;
  turns_.close();
  pollers_.stop();
  intake_.stop_waiting();
}

asio::awaitable<void> Pipeline::poll() {
  for (;;) {
    co_await wait_for_disk();
    std::optional<Turns::Slot> slot = co_await turns_.feed();
    if (!slot) {
      co_return;
    }
    PolledFeed* feed = by_job_.at(slot->job());
    if (feed != nullptr) {
      feed->is_polling = true;
      if (!options_.once && feed->state.next_poll != WallTime{}) {
        parts_.metrics.poll_lateness.observe(
            std::max(wall_now() - feed->state.next_poll, std::chrono::milliseconds(0)));
      }
      co_await visit(*feed, std::move(*slot));
      feed->is_polling = false;
      std::erase_if(retired_, [](const std::unique_ptr<PolledFeed>& old) {
        return !old->is_in_use();
      });
    }
  }
}

// Articles whose page is due for another look; their hosts' turns keep it polite.
asio::awaitable<void> Pipeline::look_again() {
  asio::steady_timer timer(executor_);
  for (;;) {
    timer.expires_after(limits::kLookPause);
    co_await timer.async_wait(asio::use_awaitable);
    co_await wait_for_disk();
    auto due = std::make_shared<std::vector<ArticleRow>>();
    std::function<void(Store&)> read = [due](Store& store) {
      const auto now = std::chrono::floor<std::chrono::seconds>(wall_now());
      *due = store.due_again(now.time_since_epoch().count(), limits::kLooksAtOnce);
    };
    co_await parts_.recorder.ask(std::move(read));
    TaskGroup looks(executor_);
    for (ArticleRow& article : *due) {
      const auto feed = feeds_.find(article.feed_url);
      if (feed != feeds_.end()) {
        InUse in_use(feed->second->looks);
        looks.spawn(
            intake_.look_again(*feed->second, std::move(article), std::move(in_use)));
      } else {
        looks.spawn(intake_.look_no_more(std::move(article)));
      }
    }
    co_await looks.join();
    looks.check();
  }
}

// While the disk takes nothing, nobody is asked for anything.
asio::awaitable<void> Pipeline::wait_for_disk() {
  while (parts_.recorder.is_stuck()) {
    asio::steady_timer timer(executor_, limits::kStuckPause);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> Pipeline::visit(PolledFeed& feed, Turns::Slot slot) {
  FeedAnswer answer = co_await fetch(feed, std::move(slot));
  const bool is_new =
      answer.outcome.kind == PollOutcome::Kind::parse &&
      (answer.outcome.digest.hash() != feed.state.content || answer.has_first_of_day ||
       !is_same_day(feed.state.last_whole, wall_now()));
  if (is_new) {
    const bool is_first =
        answer.has_first || feed.state.last_success == std::chrono::sys_seconds{};
    co_await intake_.take(feed, answer.outcome.info.language, std::move(answer.items),
                          is_first);
  }
  Judgement judgement = judge(*feed.config, feed.state, answer.outcome, wall_now());
  if (feed.pages_waiting > 0) {
    // Items are still without their event, so the next poll must not be told "unchanged".
    forget_content(judgement.state);
  }
  std::vector<FeedStatusData> events = judgement.events;
  co_await intake_.record_feed(feed, judgement.state, std::move(events));
  log_outcome(feed, judgement);
  finish(feed, judgement);
}

// The host's place is given back when this ends: article pages need it.
asio::awaitable<FeedAnswer> Pipeline::fetch(PolledFeed& feed, Turns::Slot slot) {
  FeedAnswer answer = co_await reader_.poll(feed);
  Schedule::Ending ending;
  const HostVerdict verdict = judge_host(answer.outcome);
  ending.host_failed = verdict.failed;
  ending.slow_down = verdict.slow_down;
  slot.ended(ending);
  co_return answer;
}

void Pipeline::log_outcome(const PolledFeed& feed, const Judgement& judgement) const {
  const FeedState& state = judgement.state;
  const LogField name{"feed", feed.config->name};
  const LogField url{"url", feed.config->url};
  if (judgement.ok) {
    if (feed.state.failures > 0) {
      log(parts_.logger, LogLevel::info,
          "feed " + feed.config->name + " is well again after " +
              std::to_string(feed.state.failures) + " failures",
          {name, url});
    }
    return;
  }
  const std::string next = explain(*feed.config, state, wall_now());
  // The first of a row says it; the status page and the event say that it lasts.
  const LogLevel level =
      state.failures <= 1 || state.is_gone ? LogLevel::warning : LogLevel::debug;
  log(parts_.logger, level,
      "feed " + feed.config->name + ": " + state.error.str() + "; " + next,
      {name, url, {"error", state.error.str()}});
}

void Pipeline::finish(PolledFeed& feed, const Judgement& judgement) {
  // The hub may have been heard of while the rest was recorded.
  const std::shared_ptr<const Push> push = std::exchange(feed.state.push, nullptr);
  feed.state = judgement.state;
  if (push && feed.state.push && push->hub == feed.state.push->hub &&
      push->topic == feed.state.push->topic) {
    feed.state.push = push;
  }
  if (options_.once) {
    failed_ += judgement.ok ? 0U : 1U;
    if (--to_do_ == 0) {
      turns_.close();
    }
    return;
  }
  if (feed.is_removed) {
    return;
  }
  Schedule& schedule = turns_.schedule();
  const std::string_view url =
      feed.state.url.empty() ? feed.config->url.view() : feed.state.url.view();
  schedule.set_host(feed.job, host_of(url));
  if (judgement.next_poll) {
    const auto wait =
        std::max(*judgement.next_poll - wall_now(), std::chrono::milliseconds(0));
    schedule.set_interval(feed.job, feed.config->fetch->per_host,
                          std::max(wait, feed.config->fetch->min_interval));
    schedule.set_due(feed.job, Steady::now() + wait);
  }
  turns_.changed();
  if (on_feed_) {
    on_feed_(feed, true);
  }
}

asio::awaitable<void> Pipeline::take_push(PolledFeed& feed, Page page, InUse) {
  auto shared = std::make_shared<const Page>(std::move(page));
  ParsedFeed parsed = co_await reader_.parse(std::move(shared), feed.config->url.str());
  if (parsed.info) {
    const bool is_first = feed.state.last_success == std::chrono::sys_seconds{};
    co_await intake_.take(feed, parsed.info->language, std::move(parsed.items), is_first);
    feed.state.last_change = std::chrono::floor<std::chrono::seconds>(wall_now());
    std::vector<FeedStatusData> none;
    co_await intake_.record_feed(feed, feed.state, std::move(none));
    co_return;
  }
  if (!feed.is_removed && !feed.is_polling && !stopping_) {
    const auto earliest = feed.state.last_poll + feed.config->fetch->min_interval;
    const auto wait = std::max(earliest - wall_now(), std::chrono::milliseconds(0));
    turns_.schedule().set_due(feed.job, Steady::now() + wait);
    turns_.changed();
  }
}

asio::awaitable<void> Pipeline::record_state(PolledFeed& feed) {
  std::vector<FeedStatusData> none;
  co_await intake_.record_feed(feed, feed.state, std::move(none));
}

std::vector<const PolledFeed*> Pipeline::feeds() const {
  std::vector<const PolledFeed*> all;
  all.reserve(feeds_.size());
  for (const auto& [url, feed] : feeds_) {
    all.push_back(feed.get());
  }
  std::sort(all.begin(), all.end(), [](const PolledFeed* a, const PolledFeed* b) {
    return a->config->name < b->config->name;
  });
  return all;
}

PolledFeed* Pipeline::find(std::string_view name_or_url) {
  const auto by_url = feeds_.find(name_or_url);
  if (by_url != feeds_.end()) {
    return by_url->second.get();
  }
  const auto by_name = std::find_if(feeds_.begin(), feeds_.end(), [&](const auto& entry) {
    return entry.second->config->name == name_or_url;
  });
  return by_name == feeds_.end() ? nullptr : by_name->second.get();
}

asio::awaitable<void> Pipeline::poll_now(std::string url) {
  PolledFeed* feed = find(url);
  if (feed == nullptr) {
    co_return;
  }
  FeedState state = feed->state;
  ask(state, wall_now());
  feed->state = state;
  turns_.schedule().set_due(feed->job, Steady::now());
  turns_.changed();
  std::vector<FeedStatusData> none;
  co_await intake_.record_feed(*feed, std::move(state), std::move(none));
}

}  // namespace siftd
