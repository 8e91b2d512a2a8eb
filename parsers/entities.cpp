#include "parsers/entities.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/limits.hpp"
#include "parsers/chars.hpp"

extern "C" {
#include <myhtml/charef.h>
}

namespace siftd {
namespace {

constexpr std::array<std::uint16_t, 32> kC1AsWindows1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

std::size_t decode_number(std::string_view text, std::size_t at, std::string& out) {
  std::size_t i = at + 2;
  const bool is_hex = i < text.size() && ascii_lower(text[i]) == 'x';
  i += is_hex ? 1u : 0u;
  const std::size_t digits = i;
  std::uint32_t value = 0;
  for (; i < text.size(); ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0 || (!is_hex && digit > 9)) {
      break;
    }
    if (value <= 0x10FFFF) {
      value = value * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
    }
  }
  if (i == digits) {
    return 0;
  }
  if (value >= 0x80 && value < 0xA0) {
    value = kC1AsWindows1252[value - 0x80];
  }
  const bool control = value < 0x20 && value != '\t' && value != '\n' && value != '\r';
  append_utf8(out, control ? 0xFFFD : value);
  const bool closed = i < text.size() && text[i] == ';';
  return i - at + (closed ? 1 : 0);
}

struct Common {
  std::string_view name;
  std::string_view text;
};
constexpr Common kCommon[] = {{"amp;", "&"},   {"lt;", "<"},   {"gt;", ">"},
                              {"quot;", "\""}, {"apos;", "'"}, {"nbsp;", "\u00A0"}};

std::size_t decode_name(std::string_view text, std::size_t at, std::string& out) {
  const std::string_view rest = text.substr(at + 1, limits::kMaxEntityName);
  for (const Common& common : kCommon) {
    if (rest.starts_with(common.name)) {
      out += common.text;
      return common.name.size() + 1;
    }
  }
  std::size_t letters = 0;
  while (letters < rest.size() && is_ascii_alnum(rest[letters])) {
    ++letters;
  }
  if (letters < 2) {
    return 0;
  }
  const bool closed = letters < rest.size() && rest[letters] == ';';
  const std::string_view name = rest.substr(0, letters + (closed ? 1 : 0));
  std::size_t offset = 0;
  std::size_t matched = 0;
  const charef_entry_t* entry =
      myhtml_charef_find(name.data(), &offset, name.size(), &matched);
  // Only the whole name counts; without ';' no '=' may follow it.
  if (entry == nullptr || entry->codepoints_len == 0 || offset != name.size() ||
      (!closed && letters < rest.size() && rest[letters] == '=')) {
    return 0;
  }
  for (std::size_t i = 0; i < entry->codepoints_len; ++i) {
    append_utf8(out, static_cast<std::uint32_t>(entry->codepoints[i]));
  }
  return name.size() + 1;
}

}  // namespace

std::size_t decode_reference(std::string_view text, std::size_t at, std::string& out) {
  if (at + 2 >= text.size()) {
    return 0;
  }
  return text[at + 1] == '#' ? decode_number(text, at, out) : decode_name(text, at, out);
}

std::string decode_references(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t amp = std::min(text.find('&', at), text.size());
    out.append(text, at, amp - at);
    at = amp;
    if (at < text.size()) {
      const std::size_t used = decode_reference(text, at, out);
      if (used == 0) {
        out += '&';
      }
      at += used == 0 ? 1 : used;
    }
  }
  return out;
}

void append_html_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace siftd
