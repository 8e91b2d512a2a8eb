#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

// Bytes and ASCII, without locale: what every reader of this folder needs.
namespace siftd {

constexpr bool is_ascii_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
constexpr bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr bool is_ascii_alpha(char c) {
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'z';
}
constexpr bool is_ascii_alnum(char c) {
  return is_ascii_alpha(c) || is_ascii_digit(c);
}

// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) {
  if (is_ascii_digit(c)) {
    return c - '0';
  }
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A name of at most eight bytes, in lower case, as a number: names are told apart by
// `switch (short_name(x))`, `case short_name("div")`. 0: it is empty or longer.
constexpr std::uint64_t short_name(std::string_view name) {
  std::uint64_t number = 0;
  if (name.size() <= 8) {
    for (const char c : name) {
      number = number << 8 | static_cast<unsigned char>(ascii_lower(c));
    }
  }
  return number;
}

std::string to_ascii_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

// The first `needle` (in lower case) in text whatever its case, from `from`; npos: none.
std::size_t find_ignoring_case(std::string_view text, std::string_view needle,
                               std::size_t from = 0);

// Without white space and control characters at both ends.
std::string_view trim(std::string_view text);

// Trimmed, each run of white space (U+00A0 included) one blank.
std::string collapse_spaces(std::string_view text);

// Appends one code point as UTF-8; surrogates and what is above U+10FFFF become U+FFFD.
void append_utf8(std::string& out, std::uint32_t code_point);

// How many bytes of `text` from the start are valid UTF-8 (RFC 3629: no overlong
// forms, no surrogates); text.size() when all are.
std::size_t valid_utf8_prefix(std::string_view text);

// The length of the longest prefix of at most `size` bytes that splits no character.
std::size_t utf8_cut(std::string_view text, std::size_t size);

// Eight bytes at once, as the inner loops of the readers and writers look at text. Each
// function answers with 0x80 in every byte that is meant and 0 in the others, exactly.
namespace swar {
constexpr std::uint64_t kOnes = 0x0101010101010101u;
constexpr std::uint64_t kHighs = kOnes * 0x80;

inline std::uint64_t load(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}
constexpr std::uint64_t zero(std::uint64_t word) {
  return ~(((word & ~kHighs) + ~kHighs) | word | ~kHighs);
}
constexpr std::uint64_t equal(std::uint64_t word, unsigned char byte) {
  return zero(word ^ kOnes * byte);
}
// Control characters: below 0x20.
constexpr std::uint64_t control(std::uint64_t word) {
  return zero(word & kOnes * 0xE0);
}
}  // namespace swar

// The first position at or after `from` of any of three bytes, else text.size().
// Eight bytes a step: the inner loop of the XML, HTML and JSON readers.
inline std::size_t find_any(std::string_view text, std::size_t from, char a, char b,
                            char c) {
  const auto spread = [](char byte) {
    return swar::kOnes * static_cast<unsigned char>(byte);
  };
  const std::uint64_t sa = spread(a);
  const std::uint64_t sb = spread(b);
  const std::uint64_t sc = spread(c);
  // One step shorter than swar::zero: bytes above a true zero may be wrong as well.
  const auto zero = [](std::uint64_t word) {
    return (word - swar::kOnes) & ~word & swar::kHighs;
  };
  std::size_t at = from;
  while (at + 8 <= text.size()) {
    const std::uint64_t word = swar::load(text.data() + at);
    if ((zero(word ^ sa) | zero(word ^ sb) | zero(word ^ sc)) != 0) {
      break;  // in these eight; the loop below finds it on any byte order
    }
    at += 8;
  }
  while (at < text.size() && text[at] != a && text[at] != b && text[at] != c) {
    ++at;
  }
  return at < text.size() ? at : text.size();
}

}  // namespace siftd
