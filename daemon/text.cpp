#include "daemon/text.hpp"

#include <cstdint>
#include <cstdio>
#include <unicode/uchar.h>

namespace siftd {

namespace {

// The next code point and its length; negative for an invalid byte (length 1).
struct CodePoint {
  UChar32 value;
  std::size_t length;
};

// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates.
CodePoint next(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) {
    return {static_cast<UChar32>(first), 1};
  }
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) {
    return {-1, 1};
  }
  std::uint32_t value = first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) {
      return {-1, 1};
    }
    value = value << 6 | (byte(i) & 0x3f);
  }
  static constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10ffff ||
      (value >= 0xd800 && value < 0xe000)) {
    return {-1, 1};
  }
  return {static_cast<UChar32>(value), length};
}

bool steers(UChar32 c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
         (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
         (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

void append_escaped(std::string& out, UChar32 c) {
  char escape[16];
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  std::snprintf(escape, sizeof(escape), c < 0x100 ? "\\x%02x" : "\\u%04x",
                static_cast<unsigned>(c));
  out += escape;
}

std::size_t columns(UChar32 c) {
  const auto type = u_charType(c);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) {
    return 0;
  }
  const auto width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

// How many bytes of `text` (printable) fit into `width` columns.
std::size_t bytes_within(std::string_view text, std::size_t width, std::size_t& used) {
  used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto point = next(text, at);
    const std::size_t more = columns(point.value);
    if (used + more > width) {
      break;
    }
    used += more;
    at += point.length;
  }
  return at;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto point = next(text, at);
    if (point.value < 0) {
      append_escaped(out, static_cast<unsigned char>(text[at]));
    } else if (steers(point.value)) {
      append_escaped(out, point.value);
    } else {
      out += text.substr(at, point.length);
    }
    at += point.length;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = next(text, at);
    width += point.value < 0 ? 1 : columns(point.value);
    at += point.length;
  }
  return width;
}

std::string fit(std::string_view text, std::size_t width) {
  std::string line = printable(text);
  std::size_t used = display_width(line);
  if (used > width) {
    line.resize(bytes_within(line, width == 0 ? 0 : width - 1, used));
    if (width > 0) {
      line += "…";
      ++used;
    }
  }
  line.append(width - used, ' ');
  return line;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  const std::string whole = printable(text);
  std::string_view rest = whole;
  std::vector<std::string> lines;
  while (!rest.empty()) {
    std::size_t used = 0;
    std::size_t end = bytes_within(rest, width == 0 ? 1 : width, used);
    if (end == 0) {
      end = next(rest, 0).length;
    }
    if (end < rest.size() && rest[end] != ' ') {
      const std::size_t space = rest.rfind(' ', end);
      if (space != std::string_view::npos && space > 0) {
        end = space;
      }
    }
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
    while (!rest.empty() && rest.front() == ' ') {
      rest.remove_prefix(1);
    }
  }
  return lines;
}

}  // namespace siftd
