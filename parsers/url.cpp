// The URL Standard's parser for the two special schemes that siftd speaks. Written
// by hand because real links hold blanks, '|' and raw UTF-8, which RFC 3986 parsers
// refuse and browsers take.
#include "parsers/url.hpp"

#include <array>
#include <charconv>
#include <vector>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/url_host.hpp"

namespace siftd {
namespace {

enum Encode : std::uint8_t { in_path = 1, in_query = 2, in_fragment = 4, in_user = 8 };

// Which printable ASCII is percent-encoded where (URL Standard, 1.3).
constexpr std::array<std::uint8_t, 128> encode_table() {
  std::array<std::uint8_t, 128> table{};
  const auto mark = [&](std::string_view set, unsigned where) {
    for (const char c : set) {
      const auto i = static_cast<std::size_t>(c);
      table[i] = static_cast<std::uint8_t>(table[i] | where);
    }
  };
  for (std::size_t c = 0; c <= 0x20; ++c) {
    table[c] = 0xFF;
  }
  table[0x7F] = 0xFF;
  mark("\"<>", 0xFF);
  mark("`", in_path | in_fragment | in_user);
  mark("#", in_path | in_query | in_user);
  mark("?{}", in_path | in_user);
  mark("'", in_query);
  mark("/:;=@[\\]^|", in_user);
  return table;
}
constexpr auto kEncode = encode_table();

void append_encoded(std::string& out, std::string_view text, Encode where) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || (kEncode[byte] & where) != 0) {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
}

// Percent-encodes a path and takes its dot segments out (URL Standard, path state).
std::string normal_path(std::string_view path) {
  std::vector<std::string> segments;
  bool slash_at_end = true;
  while (!path.empty()) {
    if (path.front() == '/' || path.front() == '\\') {
      path.remove_prefix(1);
    }
    const std::size_t end = std::min(path.find_first_of("/\\"), path.size());
    const bool last = end == path.size();
    std::string segment;
    append_encoded(segment, path.substr(0, end), in_path);
    path.remove_prefix(end);
    std::string dots = to_ascii_lower(segment);
    for (std::size_t at; (at = dots.find("%2e")) != std::string::npos;) {
      dots.replace(at, 3, ".");
    }
    if (dots == "..") {
      if (!segments.empty()) {
        segments.pop_back();
      }
      slash_at_end = true;
    } else if (dots == ".") {
      slash_at_end = true;
    } else if (!(last && segment.empty())) {
      segments.push_back(std::move(segment));
      slash_at_end = false;
    } else {
      slash_at_end = true;
    }
  }
  std::string out;
  for (const std::string& segment : segments) {
    out += '/';
    out += segment;
  }
  return slash_at_end || out.empty() ? out + '/' : out;
}

bool is_slash(char c) {
  return c == '/' || c == '\\';
}

// What stands before the path: "https://user@host:port"; "" when impossible.
std::string normal_authority(std::string_view scheme, std::string_view authority) {
  std::string out(scheme);
  out += "://";
  const std::size_t at_sign = authority.rfind('@');
  if (at_sign != std::string_view::npos) {
    const std::string_view user = authority.substr(0, at_sign);
    const std::size_t colon = user.find(':');
    append_encoded(out, user.substr(0, colon), in_user);
    if (colon != std::string_view::npos) {
      out += ':';
      append_encoded(out, user.substr(colon + 1), in_user);
    }
    out += user.empty() ? "" : "@";
    authority.remove_prefix(at_sign + 1);
  }
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon =
      authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string host = normal_host(authority.substr(0, colon));
  if (host.empty()) {
    return "";
  }
  out += host;
  if (colon != std::string_view::npos && colon + 1 < authority.size()) {
    const std::string_view digits = authority.substr(colon + 1);
    unsigned port = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, port);
    if (error != std::errc() || stop != end || port > 65535) {
      return "";
    }
    if (port != (scheme == "http" ? 80u : 443u)) {
      out += ':' + std::to_string(port);
    }
  }
  return out;
}

void append_query_and_fragment(std::string& out, std::string_view rest) {
  const std::size_t hash = rest.find('#');
  if (!rest.empty() && rest.front() == '?') {
    out += '?';
    append_encoded(out, rest.substr(1, hash == rest.npos ? rest.npos : hash - 1),
                   in_query);
  }
  if (hash != rest.npos) {
    out += '#';
    append_encoded(out, rest.substr(hash + 1), in_fragment);
  }
}

// An URL after its scheme and slashes: "host/path?query#fragment".
std::string absolute_url(std::string_view scheme, std::string_view rest) {
  const std::size_t end = std::min(rest.find_first_of("/\\?#"), rest.size());
  std::string out = normal_authority(scheme, rest.substr(0, end));
  if (out.empty()) {
    return "";
  }
  rest.remove_prefix(end);
  const std::size_t path_end = std::min(rest.find_first_of("?#"), rest.size());
  out += normal_path(rest.substr(0, path_end));
  append_query_and_fragment(out, rest.substr(path_end));
  return out;
}

std::string relative_url(std::string_view base, std::string_view reference) {
  const auto parts = split_url(base);
  if (!parts) {
    return "";
  }
  if (reference.size() >= 2 && is_slash(reference[0]) && is_slash(reference[1])) {
    const std::size_t host = reference.find_first_not_of("/\\");
    return host == reference.npos ? ""
                                  : absolute_url(parts->scheme, reference.substr(host));
  }
  const auto offset = [&](std::string_view part) {
    return static_cast<std::size_t>(part.data() - base.data());
  };
  const std::size_t path = offset(parts->path);
  std::string out(base.substr(0, path));
  const std::size_t path_end = std::min(reference.find_first_of("?#"), reference.size());
  const std::string_view way = reference.substr(0, path_end);
  if (way.empty()) {
    out += parts->path.empty() ? "/" : parts->path;
    if (path_end == reference.size() || reference[path_end] == '#') {
      out += parts->query.empty() ? "" : "?";
      out += parts->query;
    }
  } else if (is_slash(way.front())) {
    out += normal_path(way);
  } else {
    std::string merged(parts->path.substr(0, parts->path.rfind('/') + 1));
    out += normal_path(merged.append(way));
  }
  append_query_and_fragment(out, reference.substr(path_end));
  return out;
}

// The scheme before ':' in lower case, or "" when the reference has none.
std::string scheme_of(std::string_view reference) {
  const std::size_t colon = reference.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_ascii_alpha(reference[0])) {
    return "";
  }
  for (const char c : reference.substr(0, colon)) {
    if (!is_ascii_alnum(c) && c != '+' && c != '-' && c != '.') {
      return "";
    }
  }
  return to_ascii_lower(reference.substr(0, colon));
}

std::string cleaned(std::string_view reference) {
  std::string out(trim(reference));
  std::erase_if(out, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
  return out;
}

// An absolute URL without anything that resolving would change: most links.
bool is_plain(std::string_view url) {
  const std::size_t start = url.starts_with("https://") ? 8 : 7;
  if (start == 7 && !url.starts_with("http://")) {
    return false;
  }
  std::size_t at = start;
  bool named = false;
  while (at < url.size() && url[at] != '/') {
    const char c = url[at++];
    named = named || (c >= 'g' && c <= 'z');
    if (!((c >= 'a' && c <= 'z') || is_ascii_digit(c) || c == '-' || c == '.')) {
      return false;
    }
  }
  if (!named || at == url.size() || at - start > limits::kMaxHostBytes) {
    return false;
  }
  const std::string_view host = url.substr(start, at - start);
  if (is_ascii_digit(host.back()) || host.rfind(".0x") != host.npos) {
    return false;
  }
  for (; at < url.size(); ++at) {
    const auto byte = static_cast<unsigned char>(url[at]);
    if (byte >= 0x80 || kEncode[byte] == 0xFF || byte == '\'' || byte == '`' ||
        byte == '\\' || byte == '{' || byte == '}' || byte == '#' ||
        (byte == '.' && url[at - 1] == '/') ||
        (byte == '%' && at + 2 < url.size() && url[at + 1] == '2' &&
         ascii_lower(url[at + 2]) == 'e')) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string resolve_url(std::string_view base, std::string_view raw) {
  if (raw.size() > limits::kMaxUrlBytes || base.size() > limits::kMaxUrlBytes) {
    return "";
  }
  if (is_plain(raw)) {
    return std::string(raw);
  }
  const std::string reference = cleaned(raw);
  const std::string scheme = scheme_of(reference);
  std::string out;
  if (scheme == "http" || scheme == "https") {
    const std::string_view rest = std::string_view(reference).substr(scheme.size() + 1);
    const bool relative = rest.empty() || !is_slash(rest.front());
    const auto parts = relative ? split_url(base) : std::nullopt;
    const std::size_t host = rest.find_first_not_of("/\\");
    if (parts && parts->scheme == scheme) {
      out = relative_url(base, rest);  // "http:page.html", as browsers take it
    } else if (host != rest.npos) {
      out = absolute_url(scheme, rest.substr(host));
    }
  } else if (scheme.empty()) {
    out = relative_url(base, reference);
  }
  return out.size() <= limits::kMaxUrlBytes ? out : "";
}

std::optional<UrlParts> split_url(std::string_view url) {
  UrlParts parts;
  const std::size_t colon = url.find("://");
  parts.scheme = url.substr(0, colon);
  if (colon == url.npos || (parts.scheme != "http" && parts.scheme != "https")) {
    return std::nullopt;
  }
  const std::size_t start = colon + 3;
  const std::size_t path = std::min(url.find_first_of("/?#", start), url.size());
  std::string_view authority = url.substr(start, path - start);
  const std::size_t at_sign = authority.rfind('@');
  if (at_sign != authority.npos) {
    parts.user_info = authority.substr(0, at_sign);
    authority.remove_prefix(at_sign + 1);
  }
  const std::size_t bracket = authority.rfind(']');
  const std::size_t port = authority.find(':', bracket == authority.npos ? 0 : bracket);
  parts.host = authority.substr(0, port);
  if (parts.host.empty()) {
    return std::nullopt;
  }
  if (port != authority.npos) {
    parts.port = authority.substr(port + 1);
  }
  const std::size_t hash = std::min(url.find('#', path), url.size());
  const std::size_t query = std::min(url.find('?', path), hash);
  parts.path = url.substr(path, query - path);
  if (query < hash) {
    parts.query = url.substr(query + 1, hash - query - 1);
  }
  if (hash < url.size()) {
    parts.fragment = url.substr(hash + 1);
  }
  return parts;
}

std::string url_origin(std::string_view url) {
  const auto parts = split_url(url);
  if (!parts) {
    return "";
  }
  std::string origin(parts->scheme);
  origin.append("://").append(parts->host);
  if (!parts->port.empty()) {
    origin.append(":").append(parts->port);
  }
  return origin;
}

std::string without_user_info(std::string_view url) {
  const auto parts = split_url(url);
  std::string out(url);
  if (parts && parts->user_info.data() != nullptr) {
    const auto start = static_cast<std::size_t>(parts->user_info.data() - url.data());
    out.erase(start, parts->user_info.size() + 1);
  }
  return out;
}

}  // namespace siftd
