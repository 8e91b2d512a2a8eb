// What of a text nobody sees goes, line breaks become one kind, the rest becomes NFC.
#include <unicode/normalizer2.h>

#include "parsers/chars.hpp"
#include "sifters/text.hpp"

namespace siftd {

namespace {

bool in(char32_t c, char32_t first, char32_t last) {
  return c >= first && c <= last;
}

// South-East Asian scripts, which mark word boundaries with the zero-width space.
bool uses_zero_width_space(char32_t c) {
  return in(c, 0x0E00, 0x0EFF) || in(c, 0x0F00, 0x109F) || in(c, 0x1780, 0x17FF);
}

// Where ZWJ and ZWNJ shape what is seen: Arabic, Indic and related scripts, emoji.
bool uses_joiners(char32_t c) {
  return in(c, 0x0600, 0x08FF) || in(c, 0x0900, 0x109F) || in(c, 0x1780, 0x18AF) ||
         in(c, 0x2190, 0x2BFF) || in(c, 0xA800, 0xABFF) || in(c, 0xFB50, 0xFEFC) ||
         in(c, 0x1F000, 0x1FAFF);
}

bool is_right_to_left(char32_t c) {
  return in(c, 0x0590, 0x08FF) || in(c, 0xFB1D, 0xFDFF) || in(c, 0xFE70, 0xFEFC) ||
         in(c, 0x10800, 0x10FFF) || in(c, 0x1E800, 0x1EFFF);
}

bool is_bidi_control(char32_t c) {
  return in(c, 0x202A, 0x202E) || in(c, 0x2066, 0x2069);
}
bool is_bidi_mark(char32_t c) {
  return c == 0x200E || c == 0x200F || c == 0x061C;
}
bool is_joiner(char32_t c) {
  return c == 0x200C || c == 0x200D;
}
bool is_tag(char32_t c) {
  return in(c, 0xE0000, 0xE007F);
}

bool is_zero_width(char32_t c) {
  return c == 0x200B || in(c, 0x2060, 0x2064) || in(c, 0x206A, 0x206F) || c == 0xFEFF ||
         c == 0x180E || in(c, 0xFFF9, 0xFFFB);
}

bool is_line_break(char32_t c) {
  return in(c, 0x0A, 0x0D) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_control(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n') || in(c, 0x7F, 0x9F) ||
         (c & 0xFFFE) == 0xFFFE;
}

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The size of the character that begins `text` when it is one of those that most texts
// are made of and that normalising leaves alone whatever stands beside it: seen, and in
// NFC. 0: it may be something else.
std::size_t plain_character(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    return (lead >= 0x20 && lead < 0x7F) || lead == '\n' || lead == '\t' ? 1 : 0;
  }
  if (text.size() < 2 || !continues(text[1])) {
    return 0;
  }
  // U+00A0 to U+02FF but for the soft hyphen, and U+0400 to U+047F.
  if ((lead >= 0xC3 && lead <= 0xCB) || lead == 0xD0 || lead == 0xD1 ||
      (lead == 0xC2 && byte(1) >= 0xA0 && byte(1) != 0xAD)) {
    return 2;
  }
  if (text.size() < 3 || !continues(text[2])) {
    return 0;
  }
  // Dashes and quotes, U+2010 to U+201F; the ellipsis; Kana that are no marks; U+4000 to
  // U+9FFF.
  const bool is_known = (lead == 0xE2 && byte(1) == 0x80 &&
                         ((byte(2) >= 0x90 && byte(2) <= 0x9F) || byte(2) == 0xA6)) ||
                        (lead == 0xE3 && byte(1) >= 0x81 && byte(1) <= 0x83 &&
                         !(byte(1) == 0x82 && (byte(2) == 0x99 || byte(2) == 0x9A))) ||
                        (lead >= 0xE4 && lead <= 0xE9);
  return is_known ? 3 : 0;
}

bool is_plain(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (at + 8 <= text.size()) {
      const std::uint64_t word = swar::load(text.data() + at);
      if (((word & swar::kHighs) | swar::control(word) | swar::equal(word, 0x7F)) == 0) {
        at += 8;
        continue;
      }
    }
    const std::size_t size = plain_character(text.substr(at, 3));
    if (size == 0) {
      return false;
    }
    at += size;
  }
  return true;
}

bool has_right_to_left(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    // U+0590, the first of them, begins with D6.
    if (static_cast<unsigned char>(text[i]) >= 0xD6) {
      std::size_t at = i;
      if (is_right_to_left(next_code_point(text, at))) {
        return true;
      }
    }
  }
  return false;
}

// How much of `text` from `at` on is printable ASCII.
std::size_t printable_run(std::string_view text, std::size_t at) {
  const std::size_t from = at;
  while (at < text.size() && text[at] >= 0x20 && text[at] < 0x7F) {
    ++at;
  }
  return at - from;
}

// Drops what nobody sees. `before` is the last character kept, `after` the next one.
class Filter {
 public:
  explicit Filter(bool right_to_left) : right_to_left_(right_to_left) {}

  bool keeps(char32_t c, char32_t before, char32_t after) {
    if (c == 0xAD) {
      return drop(taken.soft_hyphens);
    }
    if (is_bidi_control(c)) {
      return drop(taken.bidi);
    }
    if (is_bidi_mark(c)) {
      return right_to_left_ || drop(taken.bidi);
    }
    if (is_joiner(c)) {
      return (uses_joiners(before) && uses_joiners(after)) || drop(taken.zero_width);
    }
    if (c == 0x200B && (uses_zero_width_space(before) || uses_zero_width_space(after))) {
      return true;
    }
    if (is_tag(c)) {  // flags of regions are the black flag and tags behind it
      return before == 0x1F3F4 || is_tag(before) || drop(taken.zero_width);
    }
    if (is_zero_width(c)) {
      return drop(taken.zero_width);
    }
    return !is_control(c) || drop(taken.controls);
  }

  Invisible taken;

 private:
  static bool drop(std::size_t& count) {
    ++count;
    return false;
  }
  bool right_to_left_;
};

std::string to_nfc(std::string text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status) || nfc->isNormalizedUTF8(text, status)) {
    return text;
  }
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  nfc->normalizeUTF8(0, text, sink, nullptr, status);
  return U_FAILURE(status) ? text : out;
}

// Whether the bytes at `at` are no UTF-8: what next_code_point() gave was made up.
bool was_malformed(std::string_view text, std::size_t from, std::size_t to, char32_t c) {
  return c == 0xFFFD && text.substr(from, to - from) != "\xEF\xBF\xBD";
}

void say(std::string& out, std::size_t count, const char* one, const char* many) {
  if (count != 0) {
    out += (out.empty() ? "" : ", ") + std::to_string(count) + " " +
           (count == 1 ? one : many);
  }
}

}  // namespace

std::string Invisible::to_string() const {
  std::string out;
  say(out, soft_hyphens, "soft hyphen", "soft hyphens");
  say(out, zero_width, "zero-width character", "zero-width characters");
  say(out, bidi, "bidi control", "bidi controls");
  say(out, controls, "control character", "control characters");
  say(out, malformed, "malformed byte", "malformed bytes");
  return out;
}

std::string normalize_text(std::string_view text, Invisible* taken) {
  if (is_plain(text)) {
    return std::string(text);
  }
  Filter filter(has_right_to_left(text));
  std::string out;
  out.reserve(text.size());
  char32_t before = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t run = printable_run(text, at); run > 0) {
      out.append(text, at, run);
      at += run;
      before = static_cast<unsigned char>(text[at - 1]);
      continue;
    }
    const std::size_t from = at;
    char32_t c = next_code_point(text, at);
    filter.taken.malformed += was_malformed(text, from, at, c) ? 1u : 0u;
    if (is_line_break(c)) {
      if (c == '\r' && at < text.size() && text[at] == '\n') {
        continue;
      }
      c = '\n';
    }
    std::size_t next = at;
    const char32_t after = next < text.size() ? next_code_point(text, next) : 0;
    if (filter.keeps(c, before, after)) {
      append_code_point(out, c);
      before = c;
    }
  }
  if (taken != nullptr) {
    taken->soft_hyphens += filter.taken.soft_hyphens;
    taken->zero_width += filter.taken.zero_width;
    taken->bidi += filter.taken.bidi;
    taken->controls += filter.taken.controls;
    taken->malformed += filter.taken.malformed;
  }
  return to_nfc(std::move(out));
}

}  // namespace siftd
