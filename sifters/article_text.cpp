#include "sifters/article_text.hpp"

#include <algorithm>
#include <cstdint>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/utf8.h>

namespace siftd {

namespace {

bool is_dropped(UChar32 c) {
  return c < 0x20 ? c != '\n' && c != '\t'
                  : (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x200B || c == 0x2060 ||
                        c == 0xFEFF || (c >= 0x202A && c <= 0x202E) ||
                        (c >= 0x2061 && c <= 0x206F) || (c >= 0xFFF9 && c <= 0xFFFB) ||
                        (c >= 0xE0000 && c <= 0xE007F);
}

bool is_odd_space(UChar32 c) {
  return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
         c == 0x205F;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char raw) {
    const auto c = static_cast<unsigned char>(raw);
    return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t';
  });
}

// ICU's macros for UTF-8 want unsigned bytes.
std::string drop_junk(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  std::string out;
  out.reserve(text.size());
  for (std::int32_t i = 0; i < size;) {
    const std::int32_t start = i;
    UChar32 c = 0;
    U8_NEXT(bytes, i, size, c);
    if (c < 0) {
      out += "\uFFFD";
    } else if (c == 0x2028 || c == 0x2029 || c == 0x85) {
      out += '\n';
    } else if (is_odd_space(c)) {
      out += ' ';
    } else if (!is_dropped(c)) {
      out.append(text.substr(static_cast<std::size_t>(start),
                             static_cast<std::size_t>(i - start)));
    }
  }
  return out;
}

}  // namespace

std::string tidy_text(std::string_view utf8) {
  if (is_ascii(utf8)) {
    return std::string(utf8);
  }
  std::string clean = drop_junk(utf8);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  const icu::StringPiece piece(clean.data(), static_cast<std::int32_t>(clean.size()));
  if (U_FAILURE(status) || nfc->isNormalizedUTF8(piece, status)) {
    return clean;
  }
  std::string composed;
  icu::StringByteSink<std::string> sink(&composed);
  status = U_ZERO_ERROR;
  nfc->normalizeUTF8(0, piece, sink, nullptr, status);
  return U_FAILURE(status) ? clean : composed;
}

}  // namespace siftd
