#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace siftd {

// One URL for one article: scheme and host in lower case, no default port, no
// fragment, no user information, no tracking parameter, the AMP and mobile
// variants turned into the plain page, and so on; the rules are in identity.cpp
// and in docs/recognising.md. For comparing and for events, not for fetching:
// https and http stay apart here, url_key() lets them fall together.
// Empty: not an absolute http or https URL, or one above limits::kMaxUrlBytes.
std::string canonical_url(std::string_view url);

// Keys of SeenRow; never 0. A guid counts within its feed; a URL counts
// everywhere; so does a text, with its title.
std::uint64_t guid_key(std::string_view feed_url, std::string_view guid);
std::uint64_t url_key(std::string_view canonical_url);
std::uint64_t text_key(std::string_view title, std::string_view text);

}  // namespace siftd
