#include "daemon/http_guard.hpp"

#include <algorithm>
#include <cctype>

namespace siftd {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// "Example.org:7600" -> "example.org", "[::1]:80" -> "[::1]".
std::string host_of_authority(std::string_view authority) {
  authority.remove_prefix(std::min(authority.rfind('@') + 1, authority.size()));
  if (!authority.empty() && authority[0] == '[') {
    return lower(
        authority.substr(0, std::min(authority.find(']') + 1, authority.size())));
  }
  std::string host =
      lower(authority.substr(0, std::min(authority.find(':'), authority.size())));
  if (!host.empty() && host.back() == '.') {
    host.pop_back();
  }
  return host;
}

std::string host_of_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return {};
  }
  url.remove_prefix(scheme + 3);
  return host_of_authority(url.substr(0, std::min(url.find_first_of("/?#"), url.size())));
}

// A name that cannot be made to mean something else by somebody's name server.
bool is_address(const std::string& host) {
  return !host.empty() &&
         (host[0] == '[' || host.find_first_not_of("0123456789.") == std::string::npos);
}

bool is_ours(const std::string& host, const HttpConfig& config,
             const std::string& hostname) {
  const std::string own = lower(hostname);
  const bool is_local =
      host == "localhost" || (host.size() > 10 && host.ends_with(".localhost"));
  return is_address(host) || is_local || (!own.empty() && host == own) ||
         (own.find('.') != std::string::npos && host == own.substr(0, own.find('.'))) ||
         (!config.public_url.empty() && host == host_of_url(config.public_url)) ||
         (!config.listen.starts_with("unix:") &&
          host == host_of_authority(config.listen));
}

bool changes_something(const HttpRequest& request) {
  return request.method != "GET" && request.method != "HEAD";
}

std::optional<HttpReply> refuse_origin(const HttpRequest& request) {
  const std::string_view origin = request.header("origin");
  const std::string_view site = request.header("sec-fetch-site");
  if ((!origin.empty() &&
       host_of_url(origin) != host_of_authority(request.header("host"))) ||
      site == "cross-site") {
    return http_error(403, "a page of another site asked for this; it may not");
  }
  return std::nullopt;
}

std::optional<HttpReply> refuse_token(const HttpRequest& request,
                                      const std::string& token) {
  if (token.empty()) {
    return http_error(403,
                      "changes over TCP are off: set token in [http], or use the control "
                      "socket (siftd feeds ...)");
  }
  constexpr std::string_view kBearer = "bearer ";
  const std::string_view header = request.header("authorization");
  if (lower(header.substr(0, kBearer.size())) == kBearer &&
      equal_secrets(header.substr(kBearer.size()), token)) {
    return std::nullopt;
  }
  HttpReply reply =
      http_error(401, "send the token of [http] as Authorization: Bearer TOKEN");
  reply.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"siftd\"");
  return reply;
}

}  // namespace

std::optional<HttpReply> refuse(const HttpRequest& request, const HttpConfig& config,
                                const std::string& hostname) {
  // A hub comes from outside and knows an address that nobody can guess; a probe
  // learns nothing but whether the daemon is well.
  if (request.path.starts_with("/websub/") || request.path == "/healthz" ||
      request.path == "/readyz") {
    return std::nullopt;
  }
  const std::string host = host_of_authority(request.header("host"));
  // What comes over a unix socket had to be let in by whoever forwards it.
  if (!config.listen.starts_with("unix:") && !is_ours(host, config, hostname)) {
    return http_error(
        421,
        "this name is not known to be ours; use an address or localhost, or "
        "set public_url in [http] to this name");
  }
  if (!changes_something(request)) {
    return std::nullopt;
  }
  if (auto foreign = refuse_origin(request)) {
    return foreign;
  }
  return refuse_token(request, config.token);
}

bool equal_secrets(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char other = b.empty() ? '\0' : b[i % b.size()];
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i] ^ other));
  }
  return difference == 0;
}

}  // namespace siftd
