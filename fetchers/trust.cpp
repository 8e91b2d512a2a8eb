#include "fetchers/trust.hpp"

#include <cstdlib>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "fetchers/fetch_error.hpp"

namespace siftd {
namespace {

void note_end(const SSL* ssl, int where, int value) {
  auto* ends = static_cast<TlsEnds*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (where == SSL_CB_HANDSHAKE_START) {
    ends->erase(ssl);  // an address that another connection had before
  } else if (where == SSL_CB_READ_ALERT && (value & 0xff) == SSL_AD_CLOSE_NOTIFY) {
    ends->insert(ssl);
  }
}

}  // namespace

Result<Trust> Trust::load(const std::string& ca_file) {
  Trust trust;
  trust.store_ = std::shared_ptr<void>(X509_STORE_new(), [](void* store) {
    X509_STORE_free(static_cast<X509_STORE*>(store));
  });
  auto* store = static_cast<X509_STORE*>(trust.store_.get());
  // OpenSSL's defaults on Debian are the system's directory and file, or those that
  // SSL_CERT_DIR and SSL_CERT_FILE name instead; a missing one is no error here, it
  // shows as a certificate that nobody vouches for.
  X509_STORE_set_default_paths(store);
  if (std::getenv("SSL_CERT_FILE") != nullptr) {
    // "more trusted certificates": besides the system's, not in their place.
    X509_STORE_load_file(store, "/etc/ssl/certs/ca-certificates.crt");
  }
  if (!ca_file.empty() && X509_STORE_load_file(store, ca_file.c_str()) != 1) {
    ERR_clear_error();
    return fetch_error(FetchErrc::file_failed,
                       "ca_file \"" + ca_file + "\" cannot be read as PEM certificates");
  }
  ERR_clear_error();
  // As curl itself does: a certificate that is in the store ends the chain.
  X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  return trust;
}

void Trust::use_in(void* ssl_ctx, TlsEnds& ends) const {
  SSL_CTX_set_app_data(static_cast<SSL_CTX*>(ssl_ctx), &ends);
  SSL_CTX_set_info_callback(static_cast<SSL_CTX*>(ssl_ctx), &note_end);
  SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(ssl_ctx),
                          static_cast<X509_STORE*>(store_.get()));
}

}  // namespace siftd
