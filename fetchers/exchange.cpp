#include "fetchers/exchange.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <utility>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"

namespace siftd {
namespace {

// What is printed of something that a server may have chosen.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      c = '?';
    }
  }
  if (text.size() > 300) {
    text.resize(300);
  }
  return text;
}

std::string numeric(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address.sa_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text,
              sizeof text);
  } else if (address.sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text,
              sizeof text);
  }
  return text;
}

}  // namespace

struct Exchange::Callbacks {
  // Each new connection, on the address that the name has resolved to.
  static curl_socket_t open(void* self, curlsocktype, curl_sockaddr* address) {
    Exchange& exchange = *static_cast<Exchange*>(self);
    if (exchange.plan_.access->proxy.empty()) {
      const std::string_view why =
          exchange.plan_.access->addresses.refuses(address->addr);
      if (!why.empty()) {
        exchange.denied_ = numeric(address->addr) + " is " + std::string(why);
        return CURL_SOCKET_BAD;
      }
    }
    exchange.was_allowed_ = true;
    const int socket = exchange.company_.sockets().open(
        address->family, address->socktype, address->protocol);
    exchange.opened_.push_back(socket);
    return socket;
  }

  // Each request, on a connection that may have been made for another feed with
  // another policy.
  static int before_request(void* self, char* primary_ip, char*, int, int local_port) {
    Exchange& exchange = *static_cast<Exchange*>(self);
    if (!exchange.plan_.access->proxy.empty()) {
      return CURL_PREREQFUNC_OK;
    }
    const std::string_view why = exchange.plan_.access->addresses.refuses(primary_ip);
    if (why.empty()) {
      exchange.is_stale_ =
          exchange.plan_.target.scheme == "http" && exchange.has_stale_input(local_port);
      return exchange.is_stale_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
    }
    exchange.fail(fetch_error(FetchErrc::address_denied,
                              std::string(primary_ip) + " is " + std::string(why)));
    return CURL_PREREQFUNC_ABORT;
  }

  static std::size_t header(char* data, std::size_t, std::size_t size, void* self) {
    Exchange& exchange = *static_cast<Exchange*>(self);
    curl_tlssessioninfo* session = nullptr;
    if (exchange.plan_.trust && exchange.tls_ == nullptr &&
        curl_easy_getinfo(exchange.easy_, CURLINFO_TLS_SSL_PTR, &session) == CURLE_OK &&
        session != nullptr) {
      exchange.tls_ = session->internals;
    }
    return exchange.fail(exchange.head_.add({data, size})) ? 0 : size;
  }

  static std::size_t write(char* data, std::size_t, std::size_t size, void* self) {
    Exchange& exchange = *static_cast<Exchange*>(self);
    if (exchange.wire_bytes_ == 0) {
      exchange.is_body_ignored_ = exchange.head_.status() != 200;
      const auto length = exchange.head_.content_length();
      if (!exchange.is_body_ignored_ && !exchange.plan_.take_first && length &&
          *length > exchange.plan_.max_body) {
        exchange.fail(fetch_error(FetchErrc::too_large,
                                  "the body is said to have " + std::to_string(*length) +
                                      " bytes, more than max_body"));
        return 0;
      }
      exchange.decoder_.emplace(exchange.head_.content_encoding(),
                                exchange.plan_.max_body);
    }
    if (exchange.is_body_ignored_) {
      exchange.wire_bytes_ += size;
      return exchange.wire_bytes_ > limits::kMaxIgnoredBody ? 0 : size;
    }
    if (!exchange.has_place_ && exchange.body_.size() > limits::kLargeBody) {
      if (!exchange.company_.take_place(exchange)) {
        return CURL_WRITEFUNC_PAUSE;
      }
      exchange.has_place_ = true;
    }
    exchange.wire_bytes_ += size;
    if (exchange.wire_bytes_ > exchange.plan_.max_body + limits::kMaxWireOverhead) {
      exchange.fail(fetch_error(FetchErrc::too_large, "the body does not end"));
      return 0;
    }
    std::optional<Error> error = exchange.decoder_->write({data, size}, exchange.body_);
    if (error && exchange.plan_.take_first && error->code == FetchErrc::too_large) {
      exchange.is_body_enough_ = true;
      return 0;
    }
    return exchange.fail(std::move(error)) ? 0 : size;
  }

  static CURLcode tls(CURL*, void* ssl_ctx, void* self) {
    Exchange& exchange = *static_cast<Exchange*>(self);
    exchange.plan_.trust->use_in(ssl_ctx, exchange.company_.tls_ends);
    return CURLE_OK;
  }
};

Exchange::Exchange(void* easy, Plan plan, Company& company)
    : easy_(easy), plan_(std::move(plan)), company_(company) {
  set_options();
}

Exchange::~Exchange() {
  curl_easy_reset(easy_);
  curl_slist_free_all(static_cast<curl_slist*>(header_list_));
  if (has_place_) {
    company_.give_back_place(*this);
  }
}

// Whether the connection holds bytes though no request was sent yet: an answer that a
// server has prepared for a question of its own choice.
bool Exchange::has_stale_input(int local_port) {
  CurlSockets& sockets = company_.sockets();
  for (const int socket : opened_) {
    if (sockets.has_port(socket, local_port)) {
      return false;  // new
    }
  }
  const int socket = sockets.on_port(local_port);
  char byte = 0;
  return socket >= 0 && ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool Exchange::fail(std::optional<Error> error) {
  if (error && !error_) {
    error_ = std::move(error);
  }
  return error_.has_value();
}

void Exchange::set_options() {
  CURL* easy = easy_;
  message_.resize(CURL_ERROR_SIZE);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, message_.data());
  curl_easy_setopt(easy, CURLOPT_URL, plan_.target.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Not to wait for a resolver thread when a transfer is given up meanwhile.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  // Never from the environment.
  curl_easy_setopt(easy, CURLOPT_PROXY, plan_.access->proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, plan_.is_fresh ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(plan_.timeout.count()));
  const auto connect =
      std::min<std::chrono::milliseconds>(plan_.timeout, limits::kConnectTimeout);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect.count()));
  // Codings are undone here: curl's own undoing fails on wrong labels.
  curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Callbacks::open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  // Called when the connection ends, which may be long after this.
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlSockets::close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &company_.sockets());
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &Callbacks::before_request);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Callbacks::header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Callbacks::write);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  if (plan_.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(plan_.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, plan_.body.data());
  }
  curl_slist* list = nullptr;
  for (const std::string& line : plan_.headers) {
    list = curl_slist_append(list, line.c_str());
  }
  if (plan_.method == "POST") {
    list = curl_slist_append(list, "Expect:");  // no round trip for a hundred bytes
  }
  header_list_ = list;
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  if (plan_.target.scheme == "https") {
    set_tls();
  }
}

void Exchange::set_tls() {
  CURL* easy = easy_;
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  // One connection and many streams, where the server speaks HTTP/2.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
  if (!plan_.trust) {
    return;
  }
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  // The callback gives the store. curl reuses a connection only for the same CAINFO,
  // so naming the file keeps connections that it vouched for to those who trust it.
  const std::string& file = plan_.access->ca_file;
  curl_easy_setopt(easy, CURLOPT_CAINFO, file.empty() ? nullptr : file.c_str());
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &Callbacks::tls);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
}

bool Exchange::is_flood(std::uint64_t received) {
  // What HTTP/2 brings may be for other streams of the connection.
  long version = 0;
  curl_easy_getinfo(easy_, CURLINFO_HTTP_VERSION, &version);
  if (version == CURL_HTTP_VERSION_2_0 ||
      received <= plan_.max_body + limits::kMaxWireOverhead) {
    return false;
  }
  return fail(fetch_error(FetchErrc::too_large, "the answer does not end"));
}

// True when the body ended with its connection, and TLS did not say that it may.
bool Exchange::is_cut_tls() {
  long version = 0;
  curl_easy_getinfo(easy_, CURLINFO_HTTP_VERSION, &version);
  const bool ends_with_connection = tls_ != nullptr && head_.status() == 200 &&
                                    !head_.content_length() && !head_.is_chunked() &&
                                    version != CURL_HTTP_VERSION_2_0;
  return ends_with_connection && company_.tls_ends.erase(tls_) == 0;
}

std::optional<Error> Exchange::conclude(int curl_code) {
  if (error_) {
    return std::exchange(error_, std::nullopt);
  }
  const bool is_cut_by_us =
      (is_body_ignored_ || is_body_enough_) && curl_code == CURLE_WRITE_ERROR;
  if (curl_code != CURLE_OK && !is_cut_by_us) {
    return from_code(curl_code);
  }
  if (head_.status() == 0) {
    return fetch_error(FetchErrc::bad_response, "the answer has no status");
  }
  if (curl_code == CURLE_OK && is_cut_tls()) {
    return fetch_error(FetchErrc::truncated, "TLS ended without close_notify");
  }
  return decoder_ && !is_body_ignored_ && !is_body_enough_ ? decoder_->finish(body_)
                                                           : std::nullopt;
}

std::optional<Error> Exchange::from_code(int curl_code) {
  const auto code = static_cast<CURLcode>(curl_code);
  std::string said = printable(message_.c_str());
  if (said.empty()) {
    said = curl_easy_strerror(code);
  }
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return fetch_error(FetchErrc::timed_out, said);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return fetch_error(FetchErrc::resolve_failed, said);
    case CURLE_COULDNT_CONNECT:
      if (!denied_.empty() && !was_allowed_) {
        return fetch_error(FetchErrc::address_denied,
                           denied_ + "; allow_private can list its network");
      }
      return fetch_error(FetchErrc::connect_failed, said);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return fetch_error(FetchErrc::tls_failed, said);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return fetch_error(FetchErrc::truncated, said);
    case CURLE_FILESIZE_EXCEEDED:
      return fetch_error(FetchErrc::too_large, said);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
#endif
    case CURLE_OUT_OF_MEMORY:  // curl's own limit on one header line ends so
      return fetch_error(FetchErrc::bad_response, said);
    case CURLE_URL_MALFORMAT:
      return fetch_error(FetchErrc::bad_url, said);
    default:
      return fetch_error(FetchErrc::failed, said);
  }
}

}  // namespace siftd
