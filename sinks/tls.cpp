#include "sinks/tls.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>
#include <vector>

#include "base/limits.hpp"

namespace siftd {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace sys = boost::system;

namespace {

class TlsStream : public Stream {
 public:
  TlsStream(Socket socket, ssl::context& context) : stream_(std::move(socket), context) {}

  ssl::stream<Socket>& stream() { return stream_; }

  asio::awaitable<std::size_t> read_some(std::span<char> to) override {
    try {
      co_return co_await stream_.async_read_some(asio::buffer(to.data(), to.size()),
                                                 asio::use_awaitable);
    } catch (const sys::system_error& error) {
      // With or without the farewell that TLS asks for.
      if (error.code() != asio::error::eof &&
          error.code() != ssl::error::stream_truncated) {
        throw;
      }
    }
    co_return 0;
  }

  // TLS makes records of one buffer each: lines are gathered into larger ones.
  asio::awaitable<std::size_t> write_some(
      std::span<const asio::const_buffer> from) override {
    constexpr std::size_t kRecord = 16 * 1024;
    if (from.front().size() >= kRecord || from.size() == 1) {
      co_return co_await stream_.async_write_some(from.front(), asio::use_awaitable);
    }
    std::vector<char> record;
    for (const asio::const_buffer& piece : from) {
      const char* bytes = static_cast<const char*>(piece.data());
      const std::size_t room = std::min(piece.size(), kRecord - record.size());
      record.insert(record.end(), bytes, bytes + room);
      if (record.size() == kRecord) {
        break;
      }
    }
    co_return co_await stream_.async_write_some(asio::buffer(record),
                                                asio::use_awaitable);
  }

  // With TLS, a peer that sends no more has said that it is going.
  asio::awaitable<void> wait_hangup() override { co_return; }

  void shutdown_write() override {
    sys::error_code ignored;
    stream_.next_layer().shutdown(asio::socket_base::shutdown_send, ignored);
  }

  void close() override {
    sys::error_code ignored;
    stream_.next_layer().close(ignored);
  }

  Socket& socket() override { return stream_.next_layer(); }

 private:
  ssl::stream<Socket> stream_;
};

// OpenSSL's macro of this name casts in the old style.
void set_server_name(SSL* session, std::string host) {
  SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
}

template <class Action>
void with_file(const std::string& file, const Action& action) {
  try {
    action();
  } catch (const sys::system_error& error) {
    throw sys::system_error(error.code(), file);
  }
}

}  // namespace

struct TlsContext::State {
  Side side;
  ssl::context context;
};

TlsContext::TlsContext(Side side, const TlsOptions& options)
    : state_(std::make_unique<State>(
          State{side, ssl::context(side == Side::server ? ssl::context::tls_server
                                                        : ssl::context::tls_client)})) {
  ssl::context& context = state_->context;
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                      ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                      ssl::context::no_tlsv1_1);
  // Idle connections give their buffers back: thousands may be idle.
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  if (!options.cert.empty()) {
    with_file(options.cert, [&] { context.use_certificate_chain_file(options.cert); });
    with_file(options.key,
              [&] { context.use_private_key_file(options.key, ssl::context::pem); });
  }
  if (!options.client_ca.empty()) {
    with_file(options.client_ca, [&] { context.load_verify_file(options.client_ca); });
    context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  } else if (side == Side::client) {
    context.set_default_verify_paths();
    context.set_verify_mode(ssl::verify_peer);
  }
}

TlsContext::~TlsContext() = default;

asio::awaitable<std::unique_ptr<Stream>> TlsContext::secure(Stream::Socket socket,
                                                            std::string host) {
  auto stream = std::make_unique<TlsStream>(std::move(socket), state_->context);
  if (state_->side == Side::client) {
    set_server_name(stream->stream().native_handle(), host);
    ssl::host_name_verification verification(host);
    stream->stream().set_verify_callback(verification);
  }
  const auto role =
      state_->side == Side::server ? ssl::stream_base::server : ssl::stream_base::client;
  co_await stream->stream().async_handshake(role, asio::use_awaitable);
  std::unique_ptr<Stream> result = std::move(stream);
  co_return result;
}

}  // namespace siftd
