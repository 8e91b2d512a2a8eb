#include "fetchers/address_policy.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

#include "fetchers/fetch_error.hpp"

namespace siftd {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

struct Special {
  std::uint8_t prefix[16];
  unsigned bits;
  std::string_view name;
};

// The IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates), and
// what is not global unicast. The first that holds gives the name.
constexpr Special kSpecial4[] = {
    {{0}, 8, "unspecified"},                 // "this network": reaches this host
    {{10}, 8, "private"},                    // RFC 1918
    {{100, 64}, 10, "shared"},               // carrier-grade NAT; cloud metadata too
    {{127}, 8, "loopback"},                  //
    {{169, 254}, 16, "link-local"},          // cloud metadata
    {{172, 16}, 12, "private"},              // RFC 1918
    {{192, 0, 0}, 24, "special-purpose"},    // RFC 6890
    {{192, 0, 2}, 24, "documentation"},      // RFC 5737
    {{192, 88, 99}, 24, "special-purpose"},  // 6to4 relays, RFC 7526
    {{192, 168}, 16, "private"},             // RFC 1918
    {{198, 18}, 15, "benchmarking"},         // RFC 2544
    {{198, 51, 100}, 24, "documentation"},   //
    {{203, 0, 113}, 24, "documentation"},    //
    {{224}, 4, "multicast"},                 //
    {{240}, 4, "reserved"},                  // and broadcast
};

// IPv6: global unicast is 2000::/3; everything else is refused by name, or as
// "reserved" at the end.
constexpr Special kSpecial6[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, "loopback"},
    {{0}, 128, "unspecified"},
    {{0x00, 0x64, 0xff, 0x9b, 0, 1}, 48, "private"},  // local NAT64, RFC 8215
    {{0x01}, 64, "discard"},                          // 100::/64
    {{0x20, 0x01, 0x00, 0x02}, 48, "benchmarking"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation"},
    {{0x20, 0x01, 0x00, 0x10}, 28, "special-purpose"},  // ORCHID
    {{0x20, 0x01, 0x00, 0x20}, 28, "special-purpose"},  // ORCHIDv2
    {{0x3f, 0xff}, 20, "documentation"},                // RFC 9637
    {{0xfc}, 7, "private"},                             // unique local; metadata too
    {{0xfe, 0x80}, 10, "link-local"},
    {{0xfe, 0xc0}, 10, "private"},  // site-local, deprecated
    {{0xff}, 8, "multicast"},
};

bool has_prefix(const std::uint8_t* address, const std::uint8_t* prefix, unsigned bits) {
  if (std::memcmp(address, prefix, bits / 8) != 0) {
    return false;
  }
  if (bits % 8 == 0) {
    return true;
  }
  const unsigned mask = 0xffu << (8 - bits % 8) & 0xffu;
  return (address[bits / 8] & mask) == (prefix[bits / 8] & mask);
}

constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

Bytes from_ipv4(const std::uint8_t* address) {
  Bytes bytes{};
  std::memcpy(bytes.data(), kMapped, 12);
  std::memcpy(bytes.data() + 12, address, 4);
  return bytes;
}

std::string_view special_ipv4(const std::uint8_t* address) {
  for (const Special& special : kSpecial4) {
    if (has_prefix(address, special.prefix, special.bits)) {
      return special.name;
    }
  }
  return {};
}

// The IPv4 address that an IPv6 one stands for or tunnels to; false: none.
bool embedded_ipv4(const Bytes& address, std::uint8_t* out) {
  static constexpr std::uint8_t kCompatible[12] = {};
  static constexpr std::uint8_t kNat64[12] = {0x00, 0x64, 0xff, 0x9b};
  static constexpr std::uint8_t k6to4[2] = {0x20, 0x02};
  static constexpr std::uint8_t kTeredo[4] = {0x20, 0x01, 0, 0};
  const std::uint8_t* bytes = address.data();
  if (has_prefix(bytes, kMapped, 96) || has_prefix(bytes, kNat64, 96) ||
      has_prefix(bytes, kCompatible, 96)) {
    std::memcpy(out, bytes + 12, 4);
    return true;
  }
  if (has_prefix(bytes, k6to4, 16)) {
    std::memcpy(out, bytes + 2, 4);
    return true;
  }
  if (has_prefix(bytes, kTeredo, 32)) {  // the client's address, inverted
    for (int i = 0; i < 4; ++i) {
      out[i] = static_cast<std::uint8_t>(~bytes[12 + i]);
    }
    return true;
  }
  return false;
}

// What is not public about it; empty: nothing.
std::string_view special(const Bytes& address) {
  if (has_prefix(address.data(), kMapped, 96)) {
    return special_ipv4(address.data() + 12);
  }
  for (const Special& special : kSpecial6) {
    if (has_prefix(address.data(), special.prefix, special.bits)) {
      return special.name;
    }
  }
  std::uint8_t inner[4];
  if (embedded_ipv4(address, inner)) {
    return special_ipv4(inner);
  }
  static constexpr std::uint8_t kGlobal[1] = {0x20};
  return has_prefix(address.data(), kGlobal, 3) ? std::string_view() : "reserved";
}

// Nobody listens there whatever is allowed.
bool is_multicast(const Bytes& address) {
  if (has_prefix(address.data(), kMapped, 96)) {
    return (address[12] & 0xf0) == 0xe0;
  }
  return address[0] == 0xff;
}

bool parse_numeric(std::string_view text, Bytes& out) {
  const std::string address(text.substr(0, text.find('%')));
  std::uint8_t bytes[16];
  if (inet_pton(AF_INET, address.c_str(), bytes) == 1) {
    out = from_ipv4(bytes);
    return true;
  }
  if (inet_pton(AF_INET6, address.c_str(), bytes) == 1) {
    std::memcpy(out.data(), bytes, 16);
    return true;
  }
  return false;
}

}  // namespace

AddressPolicy AddressPolicy::all() {
  AddressPolicy policy;
  policy.all_ = true;
  return policy;
}

Result<AddressPolicy> AddressPolicy::with_networks(
    const std::vector<std::string>& networks) {
  AddressPolicy policy;
  for (const std::string& text : networks) {
    const std::size_t slash = text.find('/');
    Network network;
    if (!parse_numeric(text.substr(0, slash), network.address)) {
      return fetch_error(FetchErrc::bad_url,
                         "\"" + text + "\" is no network; write \"10.20.0.0/16\"");
    }
    const unsigned width = text.find(':') == std::string::npos ? 32 : 128;
    unsigned bits = width;
    if (slash != std::string::npos) {
      const char* end = text.data() + text.size();
      const auto [last, error] = std::from_chars(text.data() + slash + 1, end, bits);
      if (error != std::errc() || last != end || bits > width) {
        return fetch_error(FetchErrc::bad_url, "\"" + text + "\" has no prefix of 0 to " +
                                                   std::to_string(width) +
                                                   " bits after the slash");
      }
    }
    network.prefix = bits + 128 - width;
    policy.networks_.push_back(network);
  }
  return policy;
}

std::string_view AddressPolicy::judge(const Bytes& address) const {
  if (is_multicast(address)) {
    return "multicast";
  }
  if (all_) {
    return {};
  }
  const std::string_view why = special(address);
  if (why.empty()) {
    return {};
  }
  // An address that carries an IPv4 one is listed when either is: an operator who
  // lists 10.0.0.0/8 means the machine, however it is spelt.
  std::uint8_t inner[4];
  const bool has_inner = embedded_ipv4(address, inner);
  const Bytes other = has_inner ? from_ipv4(inner) : address;
  const auto holds = [&](const Network& network) {
    return has_prefix(address.data(), network.address.data(), network.prefix) ||
           has_prefix(other.data(), network.address.data(), network.prefix);
  };
  return std::any_of(networks_.begin(), networks_.end(), holds) ? std::string_view()
                                                                : why;
}

std::string_view AddressPolicy::refuses(const sockaddr& address) const {
  Bytes bytes{};
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    std::uint8_t ipv4[4];
    std::memcpy(ipv4, &in.sin_addr, 4);
    bytes = from_ipv4(ipv4);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    std::memcpy(bytes.data(), &in.sin6_addr, 16);
  } else {
    return "no internet address";
  }
  return judge(bytes);
}

std::string_view AddressPolicy::refuses(std::string_view numeric) const {
  Bytes bytes{};
  return parse_numeric(numeric, bytes) ? judge(bytes) : "no internet address";
}

std::string_view AddressPolicy::refuses_host(std::string_view host) const {
  while (host.ends_with('.')) {
    host.remove_suffix(1);
  }
  const bool is_local = host == "localhost" || host.ends_with(".localhost");
  Bytes bytes{};
  return is_local || parse_numeric(host, bytes) ? refuses(is_local ? "127.0.0.1" : host)
                                                : std::string_view();
}

}  // namespace siftd
