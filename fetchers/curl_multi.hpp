#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "fetchers/curl_sockets.hpp"

namespace siftd {

// libcurl's multi interface on Asio: one multi handle, one timer, and one private
// epoll descriptor that holds curl's sockets and that Asio watches, so no socket of
// curl's is ever known to Asio (no re-arming, no recycled numbers). One thread.
//
// While no transfer is in progress it waits for nothing, so a loop can end.
class CurlMulti {
 public:
  // Makes nothing that outlives it but idle connections, `connections` at most.
  CurlMulti(boost::asio::any_io_executor executor, std::size_t connections);
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  // Told what the transfer's socket has received since it began, now and then; true
  // ends the transfer with CURLE_ABORTED_BY_CALLBACK.
  using Watch = std::function<bool(std::uint64_t received)>;

  // Runs a CURL* to its end and gives its CURLcode. When the caller is cancelled the
  // transfer is removed and operation_aborted thrown. The handle stays the caller's.
  boost::asio::awaitable<int> perform(void* easy, Watch watch);

  // Continues a transfer that its write callback had paused.
  void unpause(void* easy);

  std::size_t active() const;

  // To open and close the transfers' sockets with; as long as any of them lives.
  CurlSockets& sockets();

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace siftd
