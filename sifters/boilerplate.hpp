#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sifters/event.hpp"
#include "sifters/rules.hpp"

namespace siftd {

// What is known of a text beside itself; all of it may be empty.
struct CleanContext {
  std::string_view site;      // host name: which of the operator's rules apply
  std::string_view title;     // the article's, plain text: tells where the body begins
  std::string_view language;  // BCP 47
  // Found in a page by extraction, or a feed's own: only rules, no search for a body.
  bool is_article = false;
};

// A text without its boilerplate, and what was taken out of it, in the text's order.
struct Cleaned {
  std::string text;
  std::vector<Removed> removed;
  bool operator==(const Cleaned&) const = default;
};

// Takes out of a plain text (a block a line) what is not the article: lines that a
// rule knows, and what lies around the body when the text is a whole page's. What
// stays is in NFC, in order, never joined; lines keep the breaks between them, at
// most one blank line. Pure; linear in the text.
Cleaned clean_text(std::string_view text, const CleanContext& context,
                   const Rules& rules);

}  // namespace siftd
