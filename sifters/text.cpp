#include "sifters/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <unicode/uchar.h>

#include "parsers/chars.hpp"

namespace siftd {

namespace {

bool in(char32_t c, char32_t first, char32_t last) {
  return c >= first && c <= last;
}

bool is_space(char32_t c) {
  return c == ' ' || in(c, 0x09, 0x0D) || c == 0xA0 || c == 0x1680 ||
         in(c, 0x2000, 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000 ||
         c == 0x85 || c == 0x2028 || c == 0x2029;
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

constexpr auto kAsciiLooks = [] {
  std::array<Look, 0x80> looks{};
  for (std::size_t c = 0; c < looks.size(); ++c) {
    looks[c] = c >= 'a' && c <= 'z'   ? Look::lower
               : c >= 'A' && c <= 'Z' ? Look::upper
               : c >= '0' && c <= '9' ? Look::digit
               : c == ',' || c == ';' ? Look::comma
               : c == '\''            ? Look::mark
                                      : Look::other;
  }
  return looks;
}();

Look look_of(char32_t c) {
  if (c < 0x80) {
    return kAsciiLooks[c];
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

}  // namespace

void append_code_point(std::string& out, char32_t c) {
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
      append_code_point(out, folded(c));
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
