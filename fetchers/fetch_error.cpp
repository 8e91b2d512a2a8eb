#include "fetchers/fetch_error.hpp"

#include <utility>

namespace siftd {
namespace {

const char* message_of(FetchErrc code) {
  switch (code) {
    case FetchErrc::bad_url:
      return "bad-url";
    case FetchErrc::scheme_denied:
      return "scheme-denied";
    case FetchErrc::address_denied:
      return "address-denied";
    case FetchErrc::downgrade_denied:
      return "downgrade-denied";
    case FetchErrc::robots_denied:
      return "robots-denied";
    case FetchErrc::resolve_failed:
      return "resolve-failed";
    case FetchErrc::connect_failed:
      return "connect-failed";
    case FetchErrc::tls_failed:
      return "tls-failed";
    case FetchErrc::timed_out:
      return "timed-out";
    case FetchErrc::truncated:
      return "truncated";
    case FetchErrc::too_large:
      return "too-large";
    case FetchErrc::bad_encoding:
      return "bad-encoding";
    case FetchErrc::bad_response:
      return "bad-response";
    case FetchErrc::too_many_redirects:
      return "too-many-redirects";
    case FetchErrc::bad_redirect:
      return "bad-redirect";
    case FetchErrc::file_failed:
      return "file-failed";
    case FetchErrc::failed:
      return "failed";
  }
  return "failed";
}

// Boost's destructor is protected, so nothing is deleted through the base.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "siftd.fetch"; }
  std::string message(int code) const override {
    return message_of(static_cast<FetchErrc>(code));
  }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& fetch_category() {
  static const Category category;
  return category;
}

boost::system::error_code make_error_code(FetchErrc code) {
  return {static_cast<int>(code), fetch_category()};
}

Error fetch_error(FetchErrc code, std::string detail) {
  return Error{make_error_code(code), std::move(detail)};
}

bool is_host_failure(const boost::system::error_code& code) {
  return code == FetchErrc::resolve_failed || code == FetchErrc::connect_failed ||
         code == FetchErrc::timed_out || code == FetchErrc::tls_failed;
}

}  // namespace siftd
