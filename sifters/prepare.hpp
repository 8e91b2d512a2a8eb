#pragma once

#include <chrono>
#include <string>

#include "sifters/candidate.hpp"
#include "sifters/identify.hpp"
#include "sifters/rules.hpp"

namespace siftd {

// An article's page as it came.
struct FetchedPage {
  std::string url;  // that answered
  std::string content_type;
  std::string body;
};

// What the feed says about all of its items.
struct FeedContext {
  Source source;
  std::string language;
};

// True when the item itself carries the whole article, so that its page need not
// be fetched: the feed has a field for it and filled it, or what it calls a
// summary has several paragraphs; and the text does not end in "…" or "read more".
bool has_full_text(const Item& item);

// Makes the candidate: finds the article in `page` (null: the feed's own text
// stands), reconciles it with the item, takes the boilerplate out by rule, and
// computes what it is known by. Pure, any thread; `now` only bounds dates.
Candidate prepare(const FeedContext& feed, IdentifiedItem identified,
                  const FetchedPage* page, const Rules& rules,
                  std::chrono::sys_seconds now);

}  // namespace siftd
