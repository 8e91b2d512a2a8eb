#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "parsers/item.hpp"
#include "sifters/candidate.hpp"

namespace siftd {

// An item of one document with the keys that can be trusted in it.
struct IdentifiedItem {
  Item item;
  IdentityKeys keys;
  // Of all that the feed says of it: the upper half of its content, the lower
  // half of its dates, so that a change of dates alone can be told.
  std::uint64_t item_hash = 0;
};

// Gives each item of one feed document its keys. A guid that several items share
// while their URLs differ is no guid; a URL that several items with guids of
// their own share is no identity either (a feed that links to its front page); who has
// neither is known by what it says.
// Items that say the same thing under the same keys twice come out once: the
// first stays. Pure.
std::vector<IdentifiedItem> identify(std::string_view feed_url, std::vector<Item> items);

// Whether two item hashes are of the same content, whatever the dates.
inline bool is_same_content(std::uint64_t a, std::uint64_t b) {
  return a >> 32 == b >> 32;
}

}  // namespace siftd
