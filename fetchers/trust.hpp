#pragma once

#include <memory>
#include <string>
#include <unordered_set>

#include "base/result.hpp"

namespace siftd {

// The connections (SSL*) whose peer has said that it is done: without it an end may be
// the work of anyone on the way (RFC 8446 6.1). libcurl takes every end for one.
using TlsEnds = std::unordered_set<const void*>;

// The certificates that servers are verified with: the system's, those of
// SSL_CERT_FILE and SSL_CERT_DIR, and one more file. Read once and shared by all
// connections, for reading the system's 140 takes longer than a handshake.
// A value that shares what it holds; any thread.
class Trust {
 public:
  // FetchErrc::file_failed when `ca_file` (PEM; empty: none) cannot be read.
  static Result<Trust> load(const std::string& ca_file);

  // Makes an SSL_CTX* verify with these, and its connections say in `ends` when they
  // have received close_notify; `ends` outlives them.
  void use_in(void* ssl_ctx, TlsEnds& ends) const;

 private:
  std::shared_ptr<void> store_;  // X509_STORE
};

}  // namespace siftd
