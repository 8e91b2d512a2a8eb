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

// Whether a feed's guids can be believed: they name articles, unless the feed
// makes new ones at each poll, gives one to all its items, or gives an old one
// to another story. A value, a feed's state; the caller tells what it saw.
class GuidTrust {
 public:
  enum class Doubt { none, changing, shared, reused };

  void note_kept();     // an item known by its guid, and by its URL or text too
  void note_changed();  // an item known by its URL or text, under another guid
  void note_shared();   // two items of one document, with other URLs, have it
  void note_reused();   // an item known by its guid, with another URL and another text

  Doubt doubt() const;
  bool is_trusted() const { return doubt() == Doubt::none; }

  std::string encode() const;                      // a few bytes, printable
  static GuidTrust decode(std::string_view text);  // anything else: a fresh one

  bool operator==(const GuidTrust&) const = default;

 private:
  std::uint32_t kept_ = 0;
  std::uint32_t changed_ = 0;
  std::uint32_t shared_ = 0;
  std::uint32_t reused_ = 0;
};

}  // namespace siftd
