#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace siftd {

// The parts of an absolute http(s) URL as resolve_url() writes it; views into it.
struct UrlParts {
  std::string_view scheme;     // "http" or "https"
  std::string_view user_info;  // "user:password", without '@'; mostly empty
  std::string_view host;       // lower-case ASCII, IPv4 dotted, IPv6 in brackets
  std::string_view port;       // digits; empty: the scheme's own
  std::string_view path;       // begins with '/'
  std::string_view query;      // without '?'
  std::string_view fragment;   // without '#'

  bool operator==(const UrlParts&) const = default;
};

// Resolves a reference as the URL Standard (WHATWG) does for http and https:
// blanks trimmed, tabs and line ends taken out, backslashes turned, dot segments
// removed, the host IDNA-encoded (non-transitional), odd IPv4 forms written dotted,
// what may not stand in a URL percent-encoded. `base` may be empty. Returns "" for
// other schemes, impossible hosts and ports, relative references without a base,
// and for more than limits::kMaxUrlBytes. UTF-8 in, ASCII out.
std::string resolve_url(std::string_view base, std::string_view reference);

// The parts of an absolute http(s) URL; nullopt when it is none.
std::optional<UrlParts> split_url(std::string_view url);

// scheme, host and port: "https://example.org:8080"; "" when it is no http(s) URL.
std::string url_origin(std::string_view url);

// The URL without its user information, for logs and events.
std::string without_user_info(std::string_view url);

}  // namespace siftd
