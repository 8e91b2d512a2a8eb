#include "sifters/language.hpp"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include "base/limits.hpp"
#include "parsers/chars.hpp"

namespace siftd {

std::string detect_language(std::string_view text) {
  text = text.substr(0, utf8_cut(text, limits::kLanguageBytes));
  bool is_reliable = false;
  const CLD2::Language language = CLD2::DetectLanguage(
      text.data(), static_cast<int>(text.size()), true, &is_reliable);
  return is_reliable && language != CLD2::UNKNOWN_LANGUAGE ? CLD2::LanguageCode(language)
                                                           : std::string();
}

}  // namespace siftd
