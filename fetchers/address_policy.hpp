#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

struct sockaddr;

namespace siftd {

// Which addresses may be connected to. Judged on the address of the actual
// connect, after name resolution, for every hop and every purpose; never on the
// spelling of a host. The IANA special-purpose registries (RFC 6890) say what is
// not public; addresses that carry an IPv4 address inside (v4-mapped,
// v4-compatible, NAT64, 6to4, Teredo) are judged by that one as well. A value.
class AddressPolicy {
 public:
  // Public addresses only.
  AddressPolicy() = default;
  // Everything that can be connected to at all.
  static AddressPolicy all();
  // Public addresses and these networks: "10.20.0.0/16", "fd00::/8", "192.0.2.7".
  static Result<AddressPolicy> with_networks(const std::vector<std::string>& networks);

  // Why the address is refused ("loopback", "private", ...); empty: it is not.
  std::string_view refuses(const sockaddr& address) const;
  // The same for a numeric address as libcurl prints it, a zone id allowed; what
  // is no address is refused.
  std::string_view refuses(std::string_view numeric) const;
  // For a host that a proxy is going to look up, where no address can be judged: what
  // is numeric is judged, and names that by definition are local (RFC 6761).
  std::string_view refuses_host(std::string_view host) const;

  bool operator==(const AddressPolicy&) const = default;

 private:
  using Bytes = std::array<std::uint8_t, 16>;  // IPv4 as v4-mapped
  struct Network {
    Bytes address{};
    unsigned prefix = 128;  // bits
    bool operator==(const Network&) const = default;
  };
  std::string_view judge(const Bytes& address) const;

  bool all_ = false;
  std::vector<Network> networks_;
};

}  // namespace siftd
