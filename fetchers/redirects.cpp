#include "fetchers/redirects.hpp"

#include <utility>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"

namespace siftd {

bool is_redirect_status(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

Result<Redirects> Redirects::start(const Request& request) {
  Result<Target> target = parse_target(request.url);
  if (!target) {
    return target.error();
  }
  const std::string& scheme = target->scheme;
  if (scheme == "file") {
    if (request.access == nullptr || !request.access->allow_file) {
      return fetch_error(FetchErrc::scheme_denied, "file: needs allow_file = true");
    }
  } else if (scheme != "http" && scheme != "https") {
    return fetch_error(FetchErrc::scheme_denied, "the scheme \"" + scheme.substr(0, 20) +
                                                     "\" is not http or https");
  }
  Redirects hops;
  hops.owner_ = *target;
  if (!request.owner_url.empty() && request.owner_url != request.url) {
    Result<Target> owner = parse_target(request.owner_url);
    if (!owner) {
      return owner.error();
    }
    hops.owner_ = std::move(*owner);
  }
  hops.validated_ = target->url;
  if (!request.validated_url.empty()) {
    Result<Target> validated = parse_target(request.validated_url);
    hops.validated_ = validated ? validated->url : std::string();
  }
  hops.method_ = request.method;
  hops.limit_ = request.purpose == Purpose::robots ? limits::kMaxRobotsRedirects
                                                   : limits::kMaxRedirects;
  hops.visited_.insert(target->url);
  hops.target_ = std::move(*target);
  return hops;
}

std::optional<Error> Redirects::follow(int status, const std::string& location) {
  const std::string what = std::to_string(status);
  if (location.empty()) {
    return fetch_error(FetchErrc::bad_redirect, what + " without a Location");
  }
  Result<Target> next = resolve_target(target_, location);
  if (!next) {
    return fetch_error(FetchErrc::bad_redirect, what + ": " + next.error().detail);
  }
  if (next->scheme != "http" && next->scheme != "https") {
    return fetch_error(FetchErrc::scheme_denied, what + " to the scheme \"" +
                                                     next->scheme.substr(0, 20) +
                                                     "\", which is not followed");
  }
  if (target_.scheme == "https" && next->scheme == "http") {
    return fetch_error(FetchErrc::downgrade_denied,
                       what + " from https to " + next->url + " is not followed");
  }
  if (++hops_ > limit_) {
    return fetch_error(FetchErrc::too_many_redirects,
                       "more than " + std::to_string(limit_) + " redirects");
  }
  if (!visited_.insert(next->url).second) {
    return fetch_error(FetchErrc::too_many_redirects, "the redirects go round in a loop");
  }
  is_lasting_ = is_lasting_ && (status == 301 || status == 308);
  if (is_lasting_) {
    moved_to_ = next->url;
  }
  if (status != 307 && status != 308) {
    method_ = "GET";  // RFC 9110 15.4.4; for 301 and 302 what all clients do
  }
  target_ = std::move(*next);
  return std::nullopt;
}

}  // namespace siftd
