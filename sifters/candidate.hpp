#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sifters/event.hpp"
#include "sifters/fingerprint.hpp"

namespace siftd {

// The feed that an item came from, as far as sifting needs to know it.
struct Source {
  std::string url;  // as configured, without user information: the event's source
  std::string name;
  std::vector<std::string> tags;
};

// By what an article is known again, in order of trust.
struct IdentityKeys {
  // Within its feed: of the guid, else of the URL, else of title and summary. Never 0.
  std::uint64_t own = 0;
  // Of the canonical URL, in all feeds; 0: it has none, or one that is shared.
  std::uint64_t url = 0;
  // Within its feed, of what an item without such a URL says and when: by it the item
  // is known again though the feed makes it another guid at every poll. 0: it has a
  // URL, or others of its document say the same.
  std::uint64_t text = 0;

  // What it is known by when its guid is another than before; 0: nothing.
  std::uint64_t second() const { return url != 0 ? url : text; }
  bool operator==(const IdentityKeys&) const = default;
};

// One item on its way to becoming an event: all that can be found out without
// knowing what came before. Made on any thread, moved to the recorder's.
struct Candidate {
  Source source;
  ArticleData data;  // without article, revision, story and verdict
  IdentityKeys keys;
  std::uint64_t item_hash = 0;  // of the feed's item, for the next poll
  std::string site;             // whose habits to learn: the host
  Fingerprint fingerprint;      // of data.title and data.content_text
  bool is_retracted = false;    // the page says that the publisher took it back
};

}  // namespace siftd
