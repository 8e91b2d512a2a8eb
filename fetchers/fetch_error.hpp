#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <type_traits>

#include "base/result.hpp"

namespace siftd {

// Why there is no whole answer. An answer with a bad status is a Page, no error.
enum class FetchErrc {
  bad_url = 1,         // cannot be understood, or is too long
  scheme_denied,       // neither http nor https, or file without allow_file
  address_denied,      // a private, loopback, link-local or metadata address
  downgrade_denied,    // https redirects to http
  robots_denied,       // the site's robots.txt says no
  resolve_failed,      // no such host, or no answer from the resolver
  connect_failed,      // nobody listens, no route, refused
  tls_failed,          // certificate or handshake
  timed_out,           // the whole transfer took longer than allowed
  truncated,           // cut before its end
  too_large,           // more bytes than allowed, decoded or on the wire
  bad_encoding,        // a content coding that is unknown, stacked too deep or damaged
  bad_response,        // not HTTP, contradictory lengths, too many headers
  too_many_redirects,  // or a loop of them
  bad_redirect,        // no Location, or one that cannot be understood
  file_failed,         // a file: URL that cannot be read
  failed,              // anything else; the detail says what
};

const boost::system::error_category& fetch_category();
boost::system::error_code make_error_code(FetchErrc code);

// An Error of this folder; `detail` is one sentence without secrets.
Error fetch_error(FetchErrc code, std::string detail);

// True when the failure is the host's as a whole (no name, no connection, no time)
// and not this document's: the other feeds of the host would fail alike.
bool is_host_failure(const boost::system::error_code& code);

}  // namespace siftd

template <>
struct boost::system::is_error_code_enum<siftd::FetchErrc> : std::true_type {};
