#pragma once

#include <boost/asio/awaitable.hpp>
#include <deque>
#include <string>

#include "daemon/http_json.hpp"
#include "daemon/http_message.hpp"
#include "daemon/operations.hpp"
#include "sinks/sink.hpp"

namespace siftd {

// Answers everything but /events, which does not end. Knows no sockets. On the
// loop's thread; who may ask was settled before (http_guard).
class HttpRoutes {
 public:
  HttpRoutes(Operations& operations, Journal& journal)
      : operations_(operations), journal_(journal) {}

  boost::asio::awaitable<HttpReply> answer(HttpRequest request);

  // Whether a body may be read for this request; how large, in bytes. 0: none.
  std::size_t body_limit(const HttpRequest& request) const;

  // Keeps the sums of now for the sparklines; called each limits::kHttpSampleTime.
  void sample();

 private:
  boost::asio::awaitable<HttpReply> get_api(HttpRequest request);
  boost::asio::awaitable<HttpReply> get_articles(HttpRequest request);
  boost::asio::awaitable<HttpReply> change_feed(HttpRequest request);
  boost::asio::awaitable<HttpReply> add_feed(HttpRequest request);
  boost::asio::awaitable<HttpReply> import_opml(HttpRequest request);
  boost::asio::awaitable<HttpReply> replay(HttpRequest request);
  boost::asio::awaitable<HttpReply> websub(HttpRequest request);
  HttpReply get_feeds(const HttpRequest& request) const;
  HttpReply get_plain(const HttpRequest& request) const;

  Operations& operations_;
  Journal& journal_;
  std::deque<Sample> samples_;
};

}  // namespace siftd
