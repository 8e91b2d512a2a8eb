#include "parsers/chars.hpp"

#include <algorithm>

namespace siftd {

std::string to_ascii_lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), ascii_lower);
  return lower;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && starts_with_ignoring_case(a, b);
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) {
    return false;
  }
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (ascii_lower(text[i]) != ascii_lower(prefix[i])) {
      return false;
    }
  }
  return true;
}

std::size_t find_ignoring_case(std::string_view text, std::string_view needle,
                               std::size_t from) {
  // A letter's two cases differ in one bit; of another byte both are the same.
  const auto bit = static_cast<unsigned char>(is_ascii_alpha(needle.front()) ? 0x20 : 0);
  const auto first = static_cast<unsigned char>(needle.front());
  for (std::size_t at = from; at + needle.size() <= text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) | bit) == first &&
        starts_with_ignoring_case(text.substr(at), needle)) {
      return at;
    }
  }
  return std::string_view::npos;
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) {
    return static_cast<unsigned char>(c) <= ' ';
  };
  while (!text.empty() && blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

std::string collapse_spaces(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    const auto is_blank = [&] {
      return static_cast<unsigned char>(text[at]) <= ' ' ||
             (text[at] == '\xC2' && at + 1 < text.size() && text[at + 1] == '\xA0');
    };
    while (at < text.size() && !is_blank()) {
      ++at;
    }
    if (at > start) {
      if (!out.empty()) {
        out += ' ';
      }
      out.append(text, start, at - start);
    }
    while (at < text.size() && is_blank()) {
      at += text[at] == '\xC2' ? 2u : 1u;
    }
  }
  return out;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto put = [&](std::uint32_t byte) {
    out += static_cast<char>(byte);
  };
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) {
    code_point = 0xFFFD;
  }
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

namespace {

// The length of the valid sequence at `at`, or 0.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[at + i]);
  };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return at + i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    return continues(1) ? 2 : 0;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::size_t valid_utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    while (at + 32 <= text.size()) {
      const char* bytes = text.data() + at;
      if (((swar::load(bytes) | swar::load(bytes + 8) | swar::load(bytes + 16) |
            swar::load(bytes + 24)) &
           swar::kHighs) != 0) {
        break;
      }
      at += 32;
    }
    while (at + 8 <= text.size() && (swar::load(text.data() + at) & swar::kHighs) == 0) {
      at += 8;
    }
    if (at == text.size()) {
      break;
    }
    const std::size_t length = sequence_length(text, at);
    if (length == 0) {
      return at;
    }
    at += length;
  }
  return at;
}

std::size_t utf8_cut(std::string_view text, std::size_t size) {
  if (size >= text.size()) {
    return text.size();
  }
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
    --size;
  }
  return size;
}

}  // namespace siftd
