#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace siftd {

// A URL as it is going to be requested, read by the same parser that connects
// (libcurl's), so that what is judged is what is asked. A value.
struct Target {
  std::string url;        // normal form: no fragment, no user information
  std::string scheme;     // lower case: "http", "https", "file", ...
  std::string host;       // lower case, punycode, IPv6 without brackets
  std::string port;       // always given for http and https
  std::string path;       // with "?query"; "/" at least
  std::string user_info;  // "user:password", decoded; empty: none

  // Scheme, host and port: who may see credentials.
  std::string origin() const { return scheme + "://" + host + ":" + port; }
  bool has_origin_of(const Target& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
};

// FetchErrc::bad_url when it cannot be understood, has control characters or is
// longer than limits::kMaxRequestUrl.
Result<Target> parse_target(std::string_view url);
// A Location, relative to the URL that gave it; its user information is dropped.
Result<Target> resolve_target(const Target& base, std::string_view location);

}  // namespace siftd
