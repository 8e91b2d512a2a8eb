#include "fetchers/target.hpp"

#include <algorithm>
#include <cstdint>
#include <curl/curl.h>
#include <idn2.h>
#include <memory>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"

namespace siftd {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::string part(CURLU* url, CURLUPart what, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url, what, &text, flags) != CURLUE_OK || text == nullptr) {
    return {};
  }
  std::string copy(text);
  curl_free(text);
  return copy;
}

void lower(std::string& text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
}

// Names in other scripts by UTS 46, as browsers do. Not left to libcurl, which takes the
// locale's encoding for the URL's. Empty: no host name can be made of it.
std::string ascii_host(const std::string& host) {
  const bool is_ascii = std::all_of(host.begin(), host.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
  if (is_ascii) {
    return host;
  }
  std::uint8_t* ascii = nullptr;
  const int code = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(host.c_str()),
                                  &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (code != IDN2_OK) {
    return {};
  }
  std::string name(reinterpret_cast<const char*>(ascii));
  idn2_free(ascii);
  return name;
}

std::string with_spaces_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == ' ') {
      out += "%20";
    } else {
      out += c;
    }
  }
  return out;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

Result<Target> read(CURLU* url) {
  Target target;
  target.scheme = part(url, CURLUPART_SCHEME, 0);
  lower(target.scheme);
  const std::string user = part(url, CURLUPART_USER, CURLU_URLDECODE);
  const std::string password = part(url, CURLUPART_PASSWORD, CURLU_URLDECODE);
  if (!user.empty() || !password.empty()) {
    target.user_info = user + ":" + password;
  }
  curl_url_set(url, CURLUPART_USER, nullptr, 0);
  curl_url_set(url, CURLUPART_PASSWORD, nullptr, 0);
  curl_url_set(url, CURLUPART_OPTIONS, nullptr, 0);
  curl_url_set(url, CURLUPART_FRAGMENT, nullptr, 0);
  const std::string written = part(url, CURLUPART_HOST, 0);
  target.host = ascii_host(part(url, CURLUPART_HOST, CURLU_URLDECODE));
  lower(target.host);
  if (target.host != written) {
    curl_url_set(url, CURLUPART_HOST, target.host.c_str(), 0);
  }
  if (target.host.starts_with('[') && target.host.ends_with(']')) {
    target.host = target.host.substr(1, target.host.size() - 2);
  }
  target.port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  target.path = part(url, CURLUPART_PATH, 0);
  const std::string query = part(url, CURLUPART_QUERY, 0);
  if (!query.empty()) {
    target.path += "?" + query;
  }
  target.url = part(url, CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
  const bool is_web = target.scheme == "http" || target.scheme == "https";
  if (target.url.empty() || (is_web && target.host.empty())) {
    return fetch_error(FetchErrc::bad_url, "the URL has no host that can be looked up");
  }
  return target;
}

Result<Target> parse(CURLU* url, std::string_view text) {
  if (text.size() > limits::kMaxRequestUrl) {
    return fetch_error(
        FetchErrc::bad_url,
        "the URL is longer than " + std::to_string(limits::kMaxRequestUrl) + " bytes");
  }
  if (has_control(text)) {
    return fetch_error(FetchErrc::bad_url, "the URL has control characters");
  }
  const CURLUcode code =
      curl_url_set(url, CURLUPART_URL, with_spaces_escaped(text).c_str(),
                   CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK) {
    return fetch_error(FetchErrc::bad_url, std::string("the URL cannot be understood: ") +
                                               curl_url_strerror(code));
  }
  return read(url);
}

}  // namespace

Result<Target> parse_target(std::string_view url) {
  const Url parsed(curl_url());
  return parse(parsed.get(), url);
}

Result<Target> resolve_target(const Target& base, std::string_view location) {
  if (location.starts_with('#')) {
    return base;  // the same document (RFC 3986 4.4), which libcurl does not know
  }
  const Url parsed(curl_url());
  const CURLUcode code = curl_url_set(parsed.get(), CURLUPART_URL, base.url.c_str(),
                                      CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK) {
    return fetch_error(FetchErrc::bad_url, curl_url_strerror(code));
  }
  Result<Target> target = parse(parsed.get(), location);
  if (target) {
    target->user_info.clear();
  }
  return target;
}

}  // namespace siftd
