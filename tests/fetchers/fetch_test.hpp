#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fetchers/curl_fetcher.hpp"
#include "tests/fetchers/test_server.hpp"

namespace siftd::test {

// A fetcher in a loop of its own, which fetches one after the other or all at once;
// each run ends by itself, which proves that nothing is left behind.
class Lab {
 public:
  Lab();
  ~Lab();

  boost::asio::io_context& loop() { return loop_; }
  CurlFetcher& fetcher() { return *fetcher_; }
  TestServer& serve(TestServer::Handler handler,
                    const std::string& address = "127.0.0.1");

  // Loopback allowed, 2 s.
  Request request(std::string url) const;
  Result<Page> fetch(Request request);
  Result<Page> fetch(std::string url) { return fetch(request(std::move(url))); }
  void wait(std::chrono::milliseconds time);
  std::vector<Result<Page>> fetch_all(std::vector<Request> requests);

 private:
  boost::asio::io_context loop_;
  std::unique_ptr<CurlFetcher> fetcher_;
  std::vector<std::unique_ptr<TestServer>> servers_;
};

// What went wrong; nothing: none.
inline boost::system::error_code code_of(const Result<Page>& page) {
  return page ? boost::system::error_code() : page.error().code;
}

std::shared_ptr<const Access> anywhere();  // every address

}  // namespace siftd::test
