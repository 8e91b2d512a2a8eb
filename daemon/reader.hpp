#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "daemon/store.hpp"

namespace siftd {

// What people ask of the store: search, articles, stories. A read-only connection
// on a thread of its own, so that a long search holds up neither the recorder nor
// the sinks. Used on the loop's thread; several questions may wait at once. An
// Error: the store cannot be read.
class Reader {
 public:
  // `file` is Store::file().
  Reader(boost::asio::any_io_executor loop, std::filesystem::path file);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Looked through newest first for limits::kSearchTime at most.
  struct Articles {
    std::vector<ArticleRow> rows;
    bool is_complete = true;  // false: time ran out, there may be more
  };

  struct Query {
    std::string words;  // each must occur in title, text or URL; empty: all articles
    std::string feed;   // name; empty: any
    std::int64_t before = 0;  // first_seen, Unix seconds, for the next page; 0: from now
    std::size_t limit = 50;
  };
  boost::asio::awaitable<Result<Articles>> search(Query query);

  boost::asio::awaitable<Result<std::optional<ArticleRow>>> article(std::uint64_t id);
  // Those at this URL or with this guid, the newest first.
  boost::asio::awaitable<Result<Articles>> by_url(std::string url);
  // Those that say what this one said: duplicate_of == id.
  boost::asio::awaitable<Result<Articles>> copies(std::uint64_t id);
  // The kept events of an article, its revisions among them, oldest first.
  boost::asio::awaitable<Result<std::vector<StoredEvent>>> events(std::uint64_t article);

  struct Story {
    std::uint64_t id = 0;
    std::vector<ArticleRow> articles;  // newest first, without their text
  };
  // The stories of the latest articles, the last to grow first.
  boost::asio::awaitable<Result<std::vector<Story>>> stories(std::size_t limit);
  boost::asio::awaitable<Result<std::optional<Story>>> story(std::uint64_t id);

 private:
  struct Connection;
  template <class T>
  boost::asio::awaitable<Result<T>> ask(std::function<T(Connection&)> question);

  struct Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace siftd
