#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetchers/page.hpp"

// The protocol of WebSub (W3C Recommendation, 23 January 2018), subscriber's side.
// Pure functions; the daemon keeps the subscriptions and serves the callback.

namespace siftd {

// rel=hub and rel=self of Link headers (RFC 8288); relative ones are resolved.
struct HubLinks {
  std::vector<std::string> hubs;
  std::string self;
};
HubLinks read_hub_links(const std::vector<std::string>& links, const std::string& base);

// The request that asks a hub for a topic (5.1), or to forget it.
struct SubscribeRequest {
  std::string hub;
  std::string topic;
  std::string callback;
  std::string secret;  // at most 200 bytes
  std::chrono::seconds lease{};
  bool subscribe = true;
};
Request subscribe_request(const SubscribeRequest& wanted,
                          std::shared_ptr<const Access> access);

// X-Hub-Signature ("sha256=<hex>", also sha1, sha384, sha512; 7.1) over the raw body.
// Compared in constant time; false when it is missing, unknown or wrong.
bool is_signed_by(std::string_view secret, std::string_view signature,
                  std::string_view body);

// 128 bits from the system's random source, as 32 hex digits: for secrets and the
// unguessable part of callbacks.
std::string random_token();

}  // namespace siftd
