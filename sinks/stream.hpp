#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace siftd {

// A connection, plain or TLS. Failures are boost::system::system_error. One read and
// one write may be under way at the same time.
class Stream {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;

  virtual ~Stream() = default;

  // At least one byte; 0: the peer sends no more.
  virtual boost::asio::awaitable<std::size_t> read_some(std::span<char> to) = 0;
  // At least one byte of the buffers. They live until it returns.
  virtual boost::asio::awaitable<std::size_t> write_some(
      std::span<const boost::asio::const_buffer> from) = 0;
  // Resumes when both directions are gone, after read_some() gave 0.
  virtual boost::asio::awaitable<void> wait_hangup() = 0;

  virtual void shutdown_write() = 0;
  virtual void close() = 0;  // ends what is under way
  virtual Socket& socket() = 0;
};

std::unique_ptr<Stream> plain_stream(Stream::Socket socket);

}  // namespace siftd
