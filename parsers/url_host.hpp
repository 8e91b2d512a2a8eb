#pragma once

#include <string>
#include <string_view>

namespace siftd {

// The host of an http(s) URL as it goes to the resolver (URL Standard, 3.5): percent
// signs decoded, lower case, IDNA-encoded, IPv4 dotted, IPv6 shortest; "" when it can
// be none. For parsers/url only.
std::string normal_host(std::string_view raw);

}  // namespace siftd
