// Certificates and connections that must not be trusted; a TLS server in a thread.
#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"
#include "tests/fetchers/fetch_test.hpp"

using namespace siftd;
using namespace siftd::test;

namespace {

struct Free {
  void operator()(X509* it) const { X509_free(it); }
  void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
  void operator()(SSL_CTX* it) const { SSL_CTX_free(it); }
};
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

struct Identity {
  Key key;
  Certificate certificate;
};

void add_extension(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

struct Wanted {
  std::string name = "leaf";
  const char* alternative = nullptr;  // "IP:127.0.0.1"
  bool is_authority = false;
  long from = -3600;  // seconds from now
  long to = 86400;
};

// Signed by `issuer`, or by itself.
Identity make(const Wanted& wanted, const Identity* issuer) {
  static long serial = 1;
  Identity made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), wanted.from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), wanted.to);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(wanted.name.c_str()),
                             -1, -1, 0);
  X509_set_issuer_name(
      certificate,
      issuer == nullptr ? name : X509_get_subject_name(issuer->certificate.get()));
  if (wanted.is_authority) {
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate, NID_key_usage, "critical,keyCertSign");
  }
  if (wanted.alternative != nullptr) {
    add_extension(certificate, NID_subject_alt_name, wanted.alternative);
  }
  X509_sign(certificate, issuer == nullptr ? made.key.get() : issuer->key.get(),
            EVP_sha256());
  return made;
}

std::string write_pem(const Identity& authority) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("siftd-test-ca-" + std::to_string(getpid()) + ".pem");
  FILE* file = std::fopen(path.c_str(), "w");
  PEM_write_X509(file, authority.certificate.get());
  std::fclose(file);
  return path.string();
}

// Answers every connection that it can with one page, until it goes.
class TlsServer {
 public:
  TlsServer(const Identity& identity, const std::vector<Identity>& chain, int max_version,
            bool closes_properly)
      : context_(SSL_CTX_new(TLS_server_method())), closes_properly_(closes_properly) {
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
    for (const Identity& link : chain) {
      X509_up_ref(link.certificate.get());
      SSL_CTX_add_extra_chain_cert(context_.get(), link.certificate.get());
    }
    if (max_version != 0) {
      SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(context_.get(), max_version);
      SSL_CTX_set_security_level(context_.get(), 0);
    }
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) ==
            0);
    REQUIRE(::listen(listener_, 8) == 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url() const {
    return "https://127.0.0.1:" + std::to_string(port_) + "/feed";
  }
  int requests() const { return requests_; }

 private:
  void serve() {
    for (;;) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) {
        return;
      }
      SSL* ssl = SSL_new(context_.get());
      SSL_set_fd(ssl, socket);
      std::array<char, 4096> buffer;
      if (SSL_accept(ssl) == 1 &&
          SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size())) > 0) {
        ++requests_;
        const std::string text = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<rss/>";
        SSL_write(ssl, text.data(), static_cast<int>(text.size()));
        if (closes_properly_) {
          SSL_shutdown(ssl);
        }
      }
      SSL_free(ssl);
      ::close(socket);
    }
  }

  std::unique_ptr<SSL_CTX, Free> context_;
  bool closes_properly_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_{0};
  std::thread thread_;
};

struct Hall {
  Identity authority = make({"Test CA", nullptr, true}, nullptr);
  std::string file = write_pem(authority);
  Lab lab;
  ~Hall() { std::filesystem::remove(file); }

  Result<Page> fetch(const Identity& identity, const std::vector<Identity>& chain = {},
                     int max_version = 0, bool closes_properly = true) {
    TlsServer server(identity, chain, max_version, closes_properly);
    auto access = std::make_shared<Access>();
    access->addresses = AddressPolicy::all();
    access->ca_file = file;
    Request request = lab.request(server.url());
    request.access = access;
    request.timeout = std::chrono::seconds(5);
    Result<Page> page = lab.fetch(std::move(request));
    requests = server.requests();
    return page;
  }
  int requests = 0;
};

}  // namespace

TEST_CASE("tls: a certificate of a trusted authority is good") {
  Hall hall;
  const Result<Page> page = hall.fetch(make({"leaf", "IP:127.0.0.1"}, &hall.authority));
  REQUIRE(page.has_value());
  CHECK(page->body == "<rss/>");
}

TEST_CASE("hostile 23: certificates that do not hold get no request") {
  Hall hall;
  const std::pair<const char*, Identity> cases[] = {
      {"expired", make({"leaf", "IP:127.0.0.1", false, -86400, -3600}, &hall.authority)},
      {"not yet", make({"leaf", "IP:127.0.0.1", false, 3600, 86400}, &hall.authority)},
      {"self-signed", make({"leaf", "IP:127.0.0.1"}, nullptr)},
      {"wrong host", make({"127.0.0.1", "DNS:other.example"}, &hall.authority)},
      {"wrong address", make({"leaf", "IP:127.0.0.2"}, &hall.authority)},
  };
  for (const auto& [what, identity] : cases) {
    INFO(what);
    CHECK(code_of(hall.fetch(identity)) == FetchErrc::tls_failed);
    CHECK(hall.requests == 0);
  }
}

TEST_CASE("hostile 23: old versions of TLS are refused, never fallen back to") {
  Hall hall;
  const Identity leaf = make({"leaf", "IP:127.0.0.1"}, &hall.authority);
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    CHECK(code_of(hall.fetch(leaf, {}, version)) == FetchErrc::tls_failed);
    CHECK(hall.requests == 0);
  }
  CHECK(hall.fetch(leaf, {}, TLS1_2_VERSION).has_value());
}

TEST_CASE("hostile 23: a chain of 120 certificates is refused") {
  Hall hall;
  std::vector<Identity> chain;
  const Identity* issuer = &hall.authority;
  chain.reserve(120);
  for (int i = 0; i < 120; ++i) {
    chain.push_back(make({"link " + std::to_string(i), nullptr, true}, issuer));
    issuer = &chain.back();
  }
  const Identity leaf = make({"leaf", "IP:127.0.0.1"}, issuer);
  std::reverse(chain.begin(), chain.end());
  CHECK(code_of(hall.fetch(leaf, chain)) == FetchErrc::tls_failed);
  CHECK(hall.requests == 0);
}

TEST_CASE("hostile 22: TLS that ends without saying so is a cut") {
  Hall hall;
  const Identity leaf = make({"leaf", "IP:127.0.0.1"}, &hall.authority);
  CHECK(code_of(hall.fetch(leaf, {}, 0, false)) == FetchErrc::truncated);
}

TEST_CASE("tls: a ca_file that is none is an error that names it") {
  Lab lab;
  auto access = std::make_shared<Access>();
  access->addresses = AddressPolicy::all();
  access->ca_file = "/nonexistent/ca.pem";
  Request request = lab.request("https://127.0.0.1:1/");
  request.access = access;
  const Result<Page> page = lab.fetch(std::move(request));
  REQUIRE_FALSE(page.has_value());
  CHECK(page.error().code == FetchErrc::file_failed);
  CHECK(page.error().detail.find("/nonexistent/ca.pem") != std::string::npos);
}
