#include "fetchers/websub.hpp"

#include <algorithm>
#include <charconv>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdexcept>

#include "base/limits.hpp"
#include "fetchers/target.hpp"

namespace siftd {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

std::string lowercase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return lower;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

int hex_digit(char c) {
  const std::size_t digit =
      kHex.find(static_cast<char>(c >= 'A' && c <= 'F' ? c | 0x20 : c));
  return digit == std::string_view::npos ? -1 : static_cast<int>(digit);
}

// application/x-www-form-urlencoded (WHATWG URL 5).
std::string form_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                          c == '*';
    if (is_plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

// One "<target>; rel="a b"; ..." of a Link header; `text` moves past it.
struct Link {
  std::string_view target;
  std::string rel;  // lower case
};
std::optional<Link> next_link(std::string_view& text) {
  const std::size_t open = text.find('<');
  const std::size_t close = text.find('>', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) {
    text = {};
    return std::nullopt;
  }
  Link link;
  link.target = text.substr(open + 1, close - open - 1);
  text.remove_prefix(close + 1);
  bool in_quotes = false;
  std::size_t end = 0;
  while (end < text.size() && (in_quotes || text[end] != ',')) {
    in_quotes = in_quotes != (text[end] == '"');
    ++end;
  }
  std::string_view parameters = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (!parameters.empty()) {
    const std::size_t semicolon = parameters.find(';');
    const std::string_view one = trim(parameters.substr(0, semicolon));
    parameters.remove_prefix(semicolon == std::string_view::npos ? parameters.size()
                                                                 : semicolon + 1);
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos || !link.rel.empty() ||
        lowercase(trim(one.substr(0, equals))) != "rel") {
      continue;
    }
    std::string_view value = trim(one.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    link.rel = lowercase(value);
  }
  return link;
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    if (words.substr(0, space) == word) {
      return true;
    }
    words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
  }
  return false;
}

const EVP_MD* digest_of(std::string_view name) {
  if (name == "sha256") {
    return EVP_sha256();
  }
  if (name == "sha1") {
    return EVP_sha1();
  }
  if (name == "sha384") {
    return EVP_sha384();
  }
  return name == "sha512" ? EVP_sha512() : nullptr;
}

}  // namespace

HubLinks read_hub_links(const std::vector<std::string>& links, const std::string& base) {
  HubLinks found;
  if (links.empty()) {
    return found;
  }
  const Result<Target> origin = parse_target(base);
  for (const std::string& header : links) {
    std::string_view rest = header;
    while (!rest.empty()) {
      const std::optional<Link> link = next_link(rest);
      if (!link || !origin) {
        continue;
      }
      const bool is_hub = has_word(link->rel, "hub");
      const bool is_self = has_word(link->rel, "self");
      if (!is_hub && !is_self) {
        continue;
      }
      const Result<Target> target = resolve_target(*origin, link->target);
      if (!target || (target->scheme != "http" && target->scheme != "https")) {
        continue;
      }
      if (is_hub && found.hubs.size() < limits::kMaxLinkHeaders) {
        found.hubs.push_back(target->url);
      }
      if (is_self && found.self.empty()) {
        // As it was written when it is absolute: the topic is compared byte by byte.
        found.self = link->target.find("://") == std::string_view::npos
                         ? target->url
                         : std::string(link->target);
      }
    }
  }
  return found;
}

Request subscribe_request(const SubscribeRequest& wanted,
                          std::shared_ptr<const Access> access) {
  Request request;
  request.url = wanted.hub;
  request.purpose = Purpose::hub;
  request.method = "POST";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = std::string("hub.mode=") +
                 (wanted.subscribe ? "subscribe" : "unsubscribe") +
                 "&hub.topic=" + form_encoded(wanted.topic) +
                 "&hub.callback=" + form_encoded(wanted.callback);
  if (wanted.subscribe) {
    request.body += "&hub.secret=" + form_encoded(wanted.secret) +
                    "&hub.lease_seconds=" + std::to_string(wanted.lease.count());
  }
  request.max_body = limits::kMaxHubAnswer;
  request.access = std::move(access);
  return request;
}

bool is_signed_by(std::string_view secret, std::string_view signature,
                  std::string_view body) {
  const std::size_t equals = signature.find('=');
  if (equals == std::string_view::npos || secret.empty()) {
    return false;
  }
  const EVP_MD* digest = digest_of(lowercase(trim(signature.substr(0, equals))));
  if (digest == nullptr) {
    return false;
  }
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (HMAC(digest, secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(body.data()), body.size(), mac,
           &size) == nullptr) {
    return false;
  }
  const std::string_view hex = trim(signature.substr(equals + 1));
  if (hex.size() != 2 * size) {
    return false;
  }
  unsigned char given[EVP_MAX_MD_SIZE];
  for (std::size_t i = 0; i < size; ++i) {
    const int high = hex_digit(hex[2 * i]);
    const int low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) {
      return false;
    }
    given[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return CRYPTO_memcmp(mac, given, size) == 0;
}

std::string random_token() {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) {
    throw std::runtime_error("no random numbers from the system");
  }
  std::string token;
  for (const unsigned char byte : bytes) {
    token += kHex[byte >> 4];
    token += kHex[byte & 15];
  }
  return token;
}

}  // namespace siftd
