#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "fetchers/fetcher.hpp"

namespace siftd {

// Fetches http and https through libcurl's multi interface, and file: URLs.
//
// One thread: that of `executor`. Redirects are followed here, hop by hop, so that
// each is judged: its scheme, https to http, loops, whether it is lasting, which
// origin gets credentials and validators. Connections are kept and shared by all
// requests; each connection's address is judged by the policy of each request that
// uses it. No cookies, no Referer, no proxy but a configured one.
//
// fetch() fails with FetchErrc. Destroy it only when no fetch() is in progress.
class CurlFetcher : public Fetcher {
 public:
  struct Options {
    std::string user_agent = "siftd/" SIFTD_VERSION;
    std::size_t concurrency = 256;  // transfers at once; more wait their turn
  };

  CurlFetcher(boost::asio::any_io_executor executor, Options options);
  ~CurlFetcher() override;
  CurlFetcher(const CurlFetcher&) = delete;
  CurlFetcher& operator=(const CurlFetcher&) = delete;

  boost::asio::awaitable<Result<Page>> fetch(Request request) override;

  // Holds for the transfers that start from now on.
  void configure(Options options);

  std::size_t active() const;  // transfers in progress

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace siftd
