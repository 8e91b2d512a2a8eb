#include "sifters/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include "parsers/chars.hpp"

namespace siftd {

namespace {

bool in(char32_t c, char32_t first, char32_t last) {
  return c >= first && c <= last;
}

void append(std::string& out, char32_t c) {
  const auto byte = [&](char32_t value) {
    out.push_back(static_cast<char>(value));
  };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | (c >> 6));
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3F));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
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

bool is_space(char32_t c) {
  return c == ' ' || in(c, 0x09, 0x0D) || c == 0xA0 || c == 0x1680 ||
         in(c, 0x2000, 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000 ||
         c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_control(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n') || in(c, 0x7F, 0x9F) ||
         (c & 0xFFFE) == 0xFFFE;
}

bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t';
  });
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

bool is_terminator(char32_t c) {
  switch (c) {
    case '.':
    case '!':
    case '?':
    case 0x2026:  // …
    case 0x0964:  // danda
    case 0x0965:
    case 0x061F:  // Arabic question mark
    case 0x06D4:
    case 0x0589:  // Armenian full stop
    case 0x1362:  // Ethiopic full stop
    case 0x104B:
    case 0x17D4:
    case 0x203D:
    case 0x2047:
    case 0x2049:
      return true;
    default:
      return false;
  }
}

// Full stops of scripts without spaces: the next sentence follows at once.
bool is_dense_terminator(char32_t c) {
  return c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0xFF0E || c == 0xFF61;
}

bool is_closing(char32_t c) {
  switch (c) {
    case '"':
    case '\'':
    case ')':
    case ']':
    case 0x2019:
    case 0x201D:
    case 0x201C:  // closes in German
    case 0xBB:
    case 0xAB:
    case 0x203A:
    case 0x300D:
    case 0x300F:
    case 0x3011:
    case 0xFF09:
      return true;
    default:
      return false;
  }
}

// The word that ends before `at`, with its inner full stops.
std::string_view word_before(std::string_view text, std::size_t at) {
  std::size_t from = at;
  while (from > 0) {
    const auto c = static_cast<unsigned char>(text[from - 1]);
    if (!(std::isalnum(c) != 0 || c == '.' || c >= 0x80)) {
      break;
    }
    --from;
  }
  return text.substr(from, at - from);
}

bool is_abbreviation(std::string_view word) {
  static constexpr std::array<std::string_view, 44> kKnown = {
      "adm",  "approx", "art",  "aug",  "bzw", "ca",  "capt", "cf",  "cmdr", "co",  "col",
      "corp", "dec",    "dept", "dott", "dr",  "etc", "feb",  "fig", "gen",  "gov", "hon",
      "inc",  "jan",    "jr",   "lt",   "ltd", "maj", "mme",  "mr",  "mrs",  "ms",  "nov",
      "nr",   "oct",    "prof", "rep",  "rev", "sen", "sept", "sgt", "sr",   "st",  "vs"};
  if (word.empty() || word.size() == 1 || word.find('.') != std::string_view::npos) {
    return !word.empty() && std::isdigit(static_cast<unsigned char>(word.back())) == 0;
  }
  if (word.size() > 6) {
    return false;
  }
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::find(kKnown.begin(), kKnown.end(), lower) != kKnown.end();
}

char32_t folded(char32_t c) {
  if (c < 0x80) {
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
  }
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x2032:
    case 0x02BC:
    case 0x60:
      return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x2033:
    case 0xAB:
    case 0xBB:
      return '"';
    default:
      break;
  }
  if (in(c, 0x2010, 0x2015) || c == 0x2212) {
    return '-';
  }
  return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
}

// What a character is to measure(); those up to `mark` are no letters.
enum class Look { other, comma, mark, digit, lower, upper, letter };

Look look_of(char32_t c) {
  if (c < 0x80) {
    return c >= 'a' && c <= 'z'   ? Look::lower
           : c >= 'A' && c <= 'Z' ? Look::upper
           : c >= '0' && c <= '9' ? Look::digit
           : c == ',' || c == ';' ? Look::comma
           : c == '\''            ? Look::mark
                                  : Look::other;
  }
  const auto point = static_cast<UChar32>(c);
  if (c == 0x3001 || c == 0xFF0C || c == 0x060C) {
    return Look::comma;
  }
  if (c == 0x2019 || u_getCombiningClass(point) != 0) {
    return Look::mark;
  }
  return u_isdigit(point) != 0   ? Look::digit
         : u_islower(point) != 0 ? Look::lower
         : u_isupper(point) != 0 ? Look::upper
         : u_isalpha(point) != 0 ? Look::letter
                                 : Look::other;
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

bool is_dense_script(char32_t c) {
  return in(c, 0x0E00, 0x0EFF) || in(c, 0x1000, 0x109F) || in(c, 0x1780, 0x17FF) ||
         in(c, 0x3040, 0x30FF) || in(c, 0x3400, 0x4DBF) || in(c, 0x4E00, 0x9FFF) ||
         in(c, 0xF900, 0xFAFF) || in(c, 0x20000, 0x3FFFF);
}

// After RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. A bad
// byte costs one character, so that what follows it is not lost.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) {
    return lead;
  }
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < static_cast<std::size_t>(more)) {
    return 0xFFFD;
  }
  char32_t c = lead & (0x3Fu >> more);
  for (int i = 0; i < more; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]);
    if ((byte & 0xC0) != 0x80) {
      return 0xFFFD;
    }
    c = (c << 6) | (byte & 0x3F);
  }
  static constexpr std::array<char32_t, 4> kLeast = {0, 0x80, 0x800, 0x10000};
  if (c < kLeast[static_cast<std::size_t>(more)] || c > 0x10FFFF ||
      in(c, 0xD800, 0xDFFF)) {
    return 0xFFFD;
  }
  at += static_cast<std::size_t>(more);
  return c;
}

std::string normalize_text(std::string_view text, Invisible* taken) {
  if (is_plain_ascii(text)) {
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
      append(out, c);
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

std::string_view trim_blanks(std::string_view text) {
  std::size_t from = 0;
  while (from < text.size()) {
    std::size_t at = from;
    if (!is_space(next_code_point(text, at))) {
      break;
    }
    from = at;
  }
  text.remove_prefix(from);
  while (!text.empty()) {
    std::size_t at = text.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) {
      --at;
    }
    std::size_t end = at;
    if (!is_space(next_code_point(text, end)) || end != text.size()) {
      break;
    }
    text = text.substr(0, at);
  }
  return text;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find('\n', from), text.size());
    lines.push_back(trim_blanks(text.substr(from, to - from)));
    from = to + 1;
  }
  return lines;
}

std::vector<std::string_view> split_sentences(std::string_view paragraph) {
  std::vector<std::string_view> out;
  std::size_t from = 0;
  const auto end_at = [&](std::size_t to) {
    const std::string_view sentence = trim_blanks(paragraph.substr(from, to - from));
    if (!sentence.empty()) {
      out.push_back(sentence);
    }
    from = to;
  };
  for (std::size_t at = 0; at < paragraph.size();) {
    const std::size_t start = at;
    const auto byte = static_cast<unsigned char>(paragraph[at]);
    if (byte < 0x80 && byte != '.' && byte != '!' && byte != '?') {
      ++at;
      continue;
    }
    const char32_t c = next_code_point(paragraph, at);
    const bool dense = is_dense_terminator(c);
    if (!dense && !is_terminator(c)) {
      continue;
    }
    std::size_t end = at;
    char32_t next = 0;
    while (at < paragraph.size()) {
      next = next_code_point(paragraph, at);
      if (!is_closing(next) && !is_terminator(next) && !is_dense_terminator(next)) {
        break;
      }
      end = at;
      next = 0;
    }
    at = end;
    if (dense) {
      end_at(end);
      continue;
    }
    if (!is_space(next) || (c == '.' && is_abbreviation(word_before(paragraph, start)))) {
      continue;
    }
    std::size_t peek = end;
    while (peek < paragraph.size() && is_space(next)) {
      next = next_code_point(paragraph, peek);
    }
    if (u_islower(static_cast<UChar32>(next)) == 0) {
      end_at(end);
    }
  }
  end_at(paragraph.size());
  return out;
}

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool space = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    while (at < text.size() && text[at] > ' ' && text[at] < 0x7F && text[at] != '`') {
      ++at;
    }
    if (at > from) {
      if (space) {
        out.push_back(' ');
        space = false;
      }
      const std::size_t start = out.size();
      out.append(text, from, at - from);
      std::transform(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
                     out.begin() + static_cast<std::ptrdiff_t>(start), ascii_lower);
      continue;
    }
    const char32_t c = next_code_point(text, at);
    if (is_space(c)) {
      space = !out.empty();
      continue;
    }
    if (space) {
      out.push_back(' ');
      space = false;
    }
    if (c == 0x2026) {
      out += "...";
    } else {
      append(out, folded(c));
    }
  }
  return out;
}

Measure measure(std::string_view text) {
  Measure m;
  std::size_t dense = 0;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const char32_t c = byte < 0x80 ? (++at, byte) : next_code_point(text, at);
    const Look look = look_of(c);
    if (look == Look::comma) {
      ++m.commas;
    }
    if (look <= Look::mark) {
      in_word = in_word && look == Look::mark;
      continue;
    }
    ++m.letters;
    m.digits += look == Look::digit ? 1u : 0u;
    m.has_case = m.has_case || look == Look::lower || look == Look::upper;
    if (c >= 0x80 && is_dense_script(c)) {
      ++dense;
      in_word = false;
      continue;
    }
    if (!in_word) {
      ++m.words;
      m.capitals += look == Look::upper ? 1u : 0u;
      in_word = true;
    }
  }
  m.words += (dense + 1) / 2;
  m.is_dense = dense * 2 > m.letters;
  return m;
}

bool ends_sentence(std::string_view text) {
  char32_t last = 0;
  for (std::size_t at = text.size() > 24 ? text.size() - 24 : 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (!is_closing(c) && !is_space(c)) {
      last = c;
    }
  }
  return is_terminator(last) || is_dense_terminator(last);
}

}  // namespace siftd
