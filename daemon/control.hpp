#pragma once

#include <string>
#include <vector>

#include "daemon/operations.hpp"
#include "daemon/polled_feed.hpp"

namespace siftd {

class Service;

// What HTTP and the control commands ask of a running daemon, answered from the
// pipeline's, the store's and the sinks' own state. On the loop's thread.
class Control : public Operations {
 public:
  explicit Control(Service& service) : service_(service) {}

  DaemonView daemon() const override;
  const Metrics& metrics() const override;
  std::vector<FeedView> feeds() const override;
  std::vector<SinkView> sinks() const override;

  boost::asio::awaitable<Result<ArticlePage>> articles(ArticleQuery query) override;
  boost::asio::awaitable<Result<ArticleDetail>> article(std::string which) override;
  boost::asio::awaitable<Result<std::vector<StoryView>>> stories(
      std::size_t limit) override;
  boost::asio::awaitable<Result<WhyView>> why(std::string url) override;

  boost::asio::awaitable<Result<FeedView>> add_feed(NewFeed feed) override;
  boost::asio::awaitable<std::optional<Error>> remove_feed(std::string feed) override;
  boost::asio::awaitable<std::optional<Error>> poll_feed(std::string feed) override;
  boost::asio::awaitable<Result<ImportReport>> import_opml(std::string opml) override;
  std::string export_opml() const override;
  boost::asio::awaitable<std::optional<Error>> replay(std::string sink,
                                                      std::uint64_t from) override;

  bool websub_knows(std::string_view key) const override;
  std::optional<std::string> websub_verify(std::string key, Parameters query) override;
  boost::asio::awaitable<bool> websub_deliver(std::string key, Parameters headers,
                                              std::string body) override;

 private:
  FeedView view_of(const PolledFeed& feed) const;
  boost::asio::awaitable<std::optional<ArticleView>> view_of_article(std::uint64_t id);

  Service& service_;
};

}  // namespace siftd
