#include "daemon/feed_url.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "daemon/config_values.hpp"

namespace siftd {
namespace {

std::optional<int> hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? std::optional<int>(lower - 'a' + 10)
                                      : std::nullopt;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) &&
        hex_value(text[i + 2])) {
      result += static_cast<char>(*hex_value(text[i + 1]) * 16 + *hex_value(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

bool has_control_or_space(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
  });
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
  return result;
}

// Host and path without what says nothing: the default port's colon, "/" at the end.
std::string name_of(std::string_view host, std::string_view rest) {
  std::string name = lower(host) + std::string(rest.substr(0, rest.find_first_of("?#")));
  while (name.ends_with('/')) {
    name.pop_back();
  }
  return name;
}

// `rest` is what follows "http://".
bool split_authority(std::string_view scheme, std::string_view rest, FeedUrl& to,
                     std::string& why) {
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    to.user_info = percent_decoded(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  std::string_view host = authority;
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && !authority.ends_with(']')) {
    host = authority.substr(0, colon);
    if (!is_host_and_port("x" + std::string(authority.substr(colon))) &&
        colon + 1 != authority.size()) {
      why = "has no port after the colon: a number up to 65535";
      return false;
    }
  }
  if (host.empty()) {
    why = "names no host";
    return false;
  }
  to.url = std::string(scheme) + "://" + std::string(authority);
  to.url += rest.substr(end);
  to.name = name_of(host, rest.substr(end));
  return true;
}

}  // namespace

bool split_feed_url(const std::string& text, FeedUrl& to, std::string& why) {
  if (has_control_or_space(text)) {
    why = "holds a space or control character: write %20 for a space";
    return false;
  }
  const std::size_t colon = text.find(':');
  const std::string scheme =
      colon == std::string::npos ? "" : lower(text.substr(0, colon));
  const std::string_view rest =
      std::string_view(text).substr(colon == std::string::npos ? 0 : colon + 1);
  if ((scheme == "http" || scheme == "https") && rest.starts_with("//")) {
    return split_authority(scheme, rest.substr(2), to, why);
  }
  if (scheme == "file" && rest.starts_with("/")) {
    to.url = "file:" + std::string(rest);
    to.name =
        std::string(rest.substr(std::min(rest.find_first_not_of('/'), rest.size())));
    return true;
  }
  why =
      "is no address that siftd polls: it must begin with https://, http:// or file:///";
  return false;
}

}  // namespace siftd
