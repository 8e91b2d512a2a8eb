#pragma once

#include <string>
#include <string_view>

namespace siftd {

// The language of a text (ISO 639, "zh-Hant") by its own words (CLD2); empty when the
// text is too short to tell. UTF-8; looks at the first limits::kLanguageBytes.
std::string detect_language(std::string_view text);

}  // namespace siftd
