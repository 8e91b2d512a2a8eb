#pragma once

#include <string>
#include <string_view>

namespace siftd {

// Text as siftd hands it on: NFC; line breaks and tabs are the only control
// characters; soft hyphens, zero-width spaces, byte order marks and the controls that
// reorder text (bidi embeddings, overrides, isolates) are gone; other kinds of space
// are plain ones. Joiners and the marks that scripts need stay. Invalid UTF-8 becomes
// U+FFFD.
std::string tidy_text(std::string_view utf8);

}  // namespace siftd
