#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "fetchers/page.hpp"

namespace siftd {

// Gets pages. Virtual so that tests can serve canned ones.
class Fetcher {
 public:
  virtual ~Fetcher() = default;

  // Any whole HTTP answer is a Page, whatever its status; an Error is a request
  // without one: refused by policy, timed out, cut, too large. Ends early with
  // operation_aborted (thrown) when the calling task is stopped.
  virtual boost::asio::awaitable<Result<Page>> fetch(Request request) = 0;
};

}  // namespace siftd
