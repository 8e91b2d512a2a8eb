// Feeds, sinks and the daemon itself; control_articles.cpp has what is stored.
#include "daemon/control.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/service.hpp"
#include "parsers/opml.hpp"
#include "parsers/url.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

Error operation_error(OperationErrc code, std::string detail) {
  return Error{make_error_code(code), std::move(detail)};
}

std::optional<std::chrono::sys_seconds> when(WallTime time) {
  if (time == WallTime{} || time == WallTime::max()) {
    return std::nullopt;
  }
  return std::chrono::floor<std::chrono::seconds>(time);
}

std::optional<std::chrono::sys_seconds> when(std::chrono::sys_seconds time) {
  return time == std::chrono::sys_seconds{} ? std::nullopt : std::optional(time);
}

FeedView::Health health_of(const FeedState& state) {
  if (state.is_gone) {
    return FeedView::Health::gone;
  }
  if (state.failures > 0) {
    return FeedView::Health::failing;
  }
  return state.last_poll == WallTime{} ? FeedView::Health::waiting
                                       : FeedView::Health::healthy;
}

// What the server or the feed asked for, in its own terms.
std::string asked(const FeedState& state, WallTime now) {
  std::string words;
  const auto add = [&](const std::string& more) {
    words += (words.empty() ? "" : ", ") + more;
  };
  if (state.held_until > now) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(state.held_until - now);
    add("Retry-After: " + std::to_string(left.count()) + " s to go");
  }
  if (state.asked_wait_s > 0) {
    add("at most every " + std::to_string(state.asked_wait_s / 60) + " min");
  }
  if (state.skip_hours != 0) {
    add("skipHours");
  }
  if (state.skip_days != 0) {
    add("skipDays");
  }
  return words;
}

// An entry from a URL as a person wrote it; nothing: it is no http(s) URL.
std::optional<FeedEdits::Added> entry_of(const std::string& url, std::string name,
                                         std::vector<std::string> tags) {
  const std::string resolved = resolve_url("", url);
  const std::optional<UrlParts> parts = split_url(resolved);
  if (!parts) {
    return std::nullopt;
  }
  return FeedEdits::Added{without_user_info(resolved), std::string(parts->user_info),
                          std::move(name), std::move(tags)};
}

}  // namespace

DaemonView Control::daemon() const {
  DaemonView view;
  view.config_file = service_.config().file.string();
  view.state_dir = service_.config().state_dir.string();
  view.user_agent = service_.config().user_agent;
  view.reload_error = service_.reload_error();
  view.is_live = service_.makes_progress();
  if (!view.is_live) {
    view.problems.push_back("no progress: the store has not answered for a while");
  }
  const std::string stuck = service_.recorder().stuck();
  if (!stuck.empty()) {
    view.problems.push_back("the store cannot write: " + stuck);
  }
  for (const Sink::Status& sink : service_.delivery().status()) {
    if (!sink.error.empty()) {
      view.problems.push_back("sink " + sink.name + ": " + sink.error);
    }
  }
  view.is_ready = view.is_live && stuck.empty() && !service_.is_stopping();
  return view;
}

const Metrics& Control::metrics() const {
  Metrics& metrics = service_.metrics();
  metrics.queues["pages"] = service_.pipeline().waiting_pages();
  const Recorder::Counters store = service_.recorder().counters();
  metrics.queues["store"] = store.waiting;
  metrics.dropped_by_retention = store.untaken;
  metrics.store_bytes = 0;
  for (const char* name : {"siftd.db", "siftd.db-wal"}) {
    std::error_code absent;
    const auto size =
        std::filesystem::file_size(service_.config().state_dir / name, absent);
    metrics.store_bytes += absent ? 0 : size;
  }
  return metrics;
}

FeedView Control::view_of(const PolledFeed& feed) const {
  const auto now =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const FeedState& state = feed.state;
  FeedView view;
  view.name = feed.config->name;
  view.url = feed.config->url;
  view.polled_url = without_user_info(state.url.str());
  view.title = feed.title.str();
  view.tags = feed.config->tags;
  view.origin = feed.config->origin();
  view.health = health_of(state);
  view.reason = state.error.str();
  view.http_status = state.http_status;
  view.failures = state.failures;
  view.is_polling = feed.is_polling;
  view.last_poll = when(state.last_poll);
  view.last_new = when(feed.last_new != std::chrono::sys_seconds{} ? feed.last_new
                                                                   : state.last_change);
  view.since = when(state.failures > 0 ? state.failing_since : state.last_success);
  view.next_poll = state.is_gone ? std::nullopt : when(state.next_poll);
  view.why = explain(*feed.config, state, now);
  view.asked = asked(state, now);
  view.interval = std::chrono::floor<std::chrono::seconds>(
      std::max(state.next_poll - state.last_poll, std::chrono::milliseconds(0)));
  view.polls = feed.polls;
  view.unchanged = feed.unchanged;
  view.bytes = feed.bytes;
  view.articles = feed.articles;
  view.copies = feed.copies;
  return view;
}

std::vector<FeedView> Control::feeds() const {
  std::vector<FeedView> views;
  for (const PolledFeed* feed : service_.pipeline().feeds()) {
    views.push_back(view_of(*feed));
  }
  return views;
}

std::vector<SinkView> Control::sinks() const {
  std::vector<SinkView> views;
  const std::uint64_t newest = service_.recorder().journal().newest();
  for (Sink::Status& status : service_.delivery().status()) {
    SinkView view;
    view.behind = newest > status.position ? newest - status.position : 0;
    view.status = std::move(status);
    views.push_back(std::move(view));
  }
  return views;
}

asio::awaitable<Result<FeedView>> Control::add_feed(NewFeed feed) {
  std::optional<FeedEdits::Added> entry =
      entry_of(feed.url, std::move(feed.name), std::move(feed.tags));
  if (!entry) {
    co_return operation_error(OperationErrc::invalid,
                              feed.url + " is no http or https URL; write it in full");
  }
  const std::string url = entry->url;
  if (service_.pipeline().find(url) != nullptr) {
    co_return operation_error(OperationErrc::exists, url + " is a feed already");
  }
  if (!entry->name.empty() && service_.pipeline().find(entry->name) != nullptr) {
    co_return operation_error(
        OperationErrc::exists,
        "another feed is called " + entry->name + "; choose another name");
  }
  FeedEdits edits = service_.edits();
  std::erase_if(edits.removed, [&](const auto& removed) { return removed.url == url; });
  const auto& configured = service_.config().feeds;
  const bool is_configured =
      std::any_of(configured.begin(), configured.end(),
                  [&](const auto& known) { return known->url == url; });
  if (!is_configured) {
    edits.added.push_back(std::move(*entry));
  }
  co_await service_.change_feeds(std::move(edits));
  const PolledFeed* added = service_.pipeline().find(url);
  if (added == nullptr) {
    co_return operation_error(OperationErrc::unavailable, url + " could not be added");
  }
  co_return view_of(*added);
}

asio::awaitable<std::optional<Error>> Control::remove_feed(std::string name) {
  const PolledFeed* feed = service_.pipeline().find(name);
  if (feed == nullptr) {
    co_return operation_error(OperationErrc::not_found, "no feed is called " + name);
  }
  FeedEdits edits = service_.edits();
  const std::string url = feed->config->url.str();
  if (std::erase_if(edits.added, [&](const auto& added) { return added.url == url; }) ==
      0) {
    edits.removed.push_back({url, entry_hash(*feed->config)});
  }
  co_await service_.change_feeds(std::move(edits));
  co_return std::nullopt;
}

asio::awaitable<std::optional<Error>> Control::poll_feed(std::string name) {
  const PolledFeed* feed = service_.pipeline().find(name);
  if (feed == nullptr) {
    co_return operation_error(OperationErrc::not_found, "no feed is called " + name);
  }
  std::string url = feed->config->url.str();
  co_await service_.pipeline().poll_now(std::move(url));
  co_return std::nullopt;
}

asio::awaitable<Result<ImportReport>> Control::import_opml(std::string opml) {
  Result<Opml> read = read_opml(opml);
  if (!read) {
    co_return operation_error(OperationErrc::invalid, read.error().detail);
  }
  ImportReport report;
  for (const OpmlRefusal& refusal : read->refused) {
    report.complaints.push_back("line " + std::to_string(refusal.line) + ": " +
                                refusal.url + ": " + refusal.why);
  }
  FeedEdits edits = service_.edits();
  for (const OpmlFeed& feed : read->feeds) {
    std::optional<FeedEdits::Added> entry = entry_of(feed.url, feed.title, feed.tags);
    if (!entry || service_.pipeline().find(entry->url) != nullptr) {
      ++report.known;
      continue;
    }
    std::erase_if(edits.removed,
                  [&](const auto& removed) { return removed.url == entry->url; });
    edits.added.push_back(std::move(*entry));
    ++report.added;
  }
  co_await service_.change_feeds(std::move(edits));
  co_return report;
}

std::string Control::export_opml() const {
  Opml opml;
  opml.title = "siftd";
  for (const PolledFeed* feed : service_.pipeline().feeds()) {
    OpmlFeed entry;
    entry.url = feed->config->url;
    entry.title = feed->config->name;
    entry.home_page_url = feed->home_page.str();
    entry.tags = feed->config->tags;
    opml.feeds.push_back(std::move(entry));
  }
  return write_opml(opml);
}

asio::awaitable<std::optional<Error>> Control::replay(std::string sink,
                                                      std::uint64_t from) {
  std::optional<Error> error = co_await service_.delivery().replay(std::move(sink), from);
  co_return error;
}

}  // namespace siftd
