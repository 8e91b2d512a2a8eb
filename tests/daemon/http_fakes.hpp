#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/operations.hpp"

namespace siftd {

// A journal in memory. Retention is trim().
class FakeJournal : public Journal {
 public:
  explicit FakeJournal(const boost::asio::any_io_executor& executor)
      : grown_(executor, boost::asio::steady_timer::time_point::max()) {}

  void append(EventType type, std::string feed, std::string line) {
    StoredEvent event;
    event.sequence = events_.size() + 1;
    event.type = type;
    event.feed = std::move(feed);
    event.line = std::move(line);
    events_.push_back(std::move(event));
    grown_.cancel();
  }
  void trim(std::uint64_t oldest) { oldest_ = oldest; }
  const StoredEvent& at(std::uint64_t sequence) const { return events_[sequence - 1]; }

  boost::asio::awaitable<Result<EventBatch>> read(std::uint64_t from,
                                                  std::size_t max_bytes) override {
    if (from < oldest_) {
      co_return Error{make_error_code(OperationErrc::not_found), "removed"};
    }
    auto batch = std::make_shared<std::vector<StoredEvent>>();
    std::size_t bytes = 0;
    for (auto at = from; at <= events_.size() && (bytes == 0 || bytes < max_bytes);
         ++at) {
      batch->push_back(events_[at - 1]);
      bytes += batch->back().line.size();
    }
    co_return EventBatch(std::move(batch));
  }
  std::uint64_t oldest() const override { return oldest_; }
  std::uint64_t newest() const override { return events_.size(); }
  boost::asio::awaitable<void> wait_beyond(std::uint64_t sequence) override {
    while (newest() <= sequence) {
      co_await grown_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      const auto state = co_await boost::asio::this_coro::cancellation_state;
      if (state.cancelled() != boost::asio::cancellation_type::none) {
        throw boost::system::system_error(boost::asio::error::operation_aborted);
      }
    }
  }
  boost::asio::awaitable<void> save_cursor(std::string, Cursor, bool) override {
    co_return;
  }
  boost::asio::awaitable<std::optional<Cursor>> load_cursor(std::string) override {
    co_return std::nullopt;
  }

 private:
  std::vector<StoredEvent> events_;
  std::uint64_t oldest_ = 1;
  boost::asio::steady_timer grown_;
};

// Answers from plain members that the test sets; remembers what it was asked to do.
class FakeOperations : public Operations {
 public:
  DaemonView view;
  Metrics counted;
  std::vector<FeedView> known_feeds;
  std::vector<SinkView> known_sinks;
  std::vector<ArticleView> stored;
  std::vector<StoryView> known_stories;
  std::vector<std::string> done;  // "add https://…", "remove name", …
  ArticleQuery asked;
  bool is_broken = false;

  DaemonView daemon() const override { return view; }
  const Metrics& metrics() const override { return counted; }
  std::vector<FeedView> feeds() const override { return known_feeds; }
  std::vector<SinkView> sinks() const override { return known_sinks; }

  boost::asio::awaitable<Result<ArticlePage>> articles(ArticleQuery query) override {
    if (is_broken) {
      throw std::runtime_error("the database is broken");
    }
    asked = std::move(query);
    ArticlePage page;
    for (const auto& article : stored) {
      if (article.title.find(asked.text) != std::string::npos) {
        page.articles.push_back(article);
      }
    }
    co_return page;
  }
  boost::asio::awaitable<Result<ArticleDetail>> article(std::string which) override {
    for (const auto& one : stored) {
      if (one.url == which || one.guid == which) {
        ArticleDetail detail;
        detail.article = one;
        co_return detail;
      }
    }
    co_return missing("no article " + which);
  }
  boost::asio::awaitable<Result<std::vector<StoryView>>> stories(std::size_t) override {
    co_return known_stories;
  }
  boost::asio::awaitable<Result<WhyView>> why(std::string url) override {
    WhyView view_of;
    view_of.steps.push_back({std::nullopt, "seen", "listed by example: " + url});
    co_return view_of;
  }
  boost::asio::awaitable<Result<FeedView>> add_feed(NewFeed feed) override {
    done.push_back("add " + feed.url);
    FeedView added;
    added.name = feed.name.empty() ? feed.url : feed.name;
    added.url = feed.url;
    for (const auto& one : known_feeds) {
      if (one.url == feed.url) {
        co_return Error{make_error_code(OperationErrc::exists), "is there already"};
      }
    }
    known_feeds.push_back(added);
    co_return added;
  }
  boost::asio::awaitable<std::optional<Error>> remove_feed(std::string feed) override {
    done.push_back("remove " + feed);
    for (const auto& one : known_feeds) {
      if (one.name == feed || one.url == feed) {
        co_return std::nullopt;
      }
    }
    co_return missing("no feed " + feed);
  }
  boost::asio::awaitable<std::optional<Error>> poll_feed(std::string feed) override {
    done.push_back("poll " + feed);
    co_return std::nullopt;
  }
  boost::asio::awaitable<Result<ImportReport>> import_opml(std::string opml) override {
    done.push_back("import " + std::to_string(opml.size()));
    ImportReport report;
    report.added = 2;
    report.complaints = {"line 3: not a URL"};
    co_return report;
  }
  std::string export_opml() const override { return "<opml version=\"2.0\"/>"; }
  boost::asio::awaitable<std::optional<Error>> replay(std::string sink,
                                                      std::uint64_t from) override {
    done.push_back("replay " + sink + ' ' + std::to_string(from));
    co_return std::nullopt;
  }
  bool websub_knows(std::string_view key) const override { return key == "secret"; }
  std::optional<std::string> websub_verify(std::string, Parameters query) override {
    for (const auto& [name, value] : query) {
      if (name == "hub.challenge") {
        return value;
      }
    }
    return std::nullopt;
  }
  boost::asio::awaitable<bool> websub_deliver(std::string key, Parameters,
                                              std::string body) override {
    done.push_back("deliver " + key + ' ' + body);
    co_return true;
  }

 private:
  static Error missing(std::string detail) {
    return {make_error_code(OperationErrc::not_found), std::move(detail)};
  }
};

}  // namespace siftd
