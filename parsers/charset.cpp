#include "parsers/charset.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <iconv.h>
#include <uchardet.h>
#include <vector>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/charset_labels.hpp"

namespace siftd {
namespace {

bool is_utf8(std::string_view charset) {
  return charset == "UTF-8";
}

// Stateful 7-bit encodings look like plain ASCII to every other test.
bool is_seven_bit(std::string_view charset) {
  return charset.starts_with("ISO-2022") || charset == "HZ";
}

bool is_single_byte(std::string_view charset) {
  return charset.starts_with("CP125") || charset.starts_with("ISO-8859") ||
         charset.starts_with("KOI8") || charset.starts_with("CP8");
}

// The value of the first `key` = value after `from`, with or without quotes.
std::string_view value_after(std::string_view text, std::string_view key,
                             std::size_t from = 0) {
  std::size_t at = find_ignoring_case(text, key, from);
  while (at != std::string_view::npos) {
    std::size_t i = at + key.size();
    while (i < text.size() && is_ascii_space(text[i])) {
      ++i;
    }
    if (i < text.size() && text[i] == '=') {
      ++i;
      while (i < text.size() &&
             (is_ascii_space(text[i]) || text[i] == '"' || text[i] == '\'')) {
        ++i;
      }
      const std::size_t end = text.find_first_of("\"' \t\r\n;,>?", i);
      return text.substr(i, end == text.npos ? end : end - i);
    }
    at = find_ignoring_case(text, key, i);
  }
  return {};
}

std::string_view declared_charset(std::string_view bytes, DocumentKind kind) {
  const std::string_view head = bytes.substr(0, limits::kCharsetProlog);
  if (kind == DocumentKind::html) {
    const std::size_t meta = find_ignoring_case(head, "<meta");
    if (meta != std::string_view::npos) {
      return value_after(head, "charset", meta);
    }
  }
  const std::size_t prolog = head.find("<?xml");
  if (kind == DocumentKind::json || prolog == std::string_view::npos) {
    return {};
  }
  const std::string_view declaration =
      head.substr(prolog, head.find("?>", prolog) - prolog);
  return value_after(declaration, "encoding");
}

struct Mark {
  std::string_view bytes;
  const char* charset;
};
using namespace std::string_view_literals;
constexpr std::array kMarks = {
    Mark{"\xEF\xBB\xBF"sv, "UTF-8"},    Mark{"\xFF\xFE\0\0"sv, "UTF-32LE"},
    Mark{"\0\0\xFE\xFF"sv, "UTF-32BE"}, Mark{"\xFF\xFE"sv, "UTF-16LE"},
    Mark{"\xFE\xFF"sv, "UTF-16BE"},
};
// Without a mark: how '<', '{' or a blank looks at the start (XML 1.0, appendix F).
const char* sniff_wide(std::string_view bytes) {
  if (bytes.size() < 4) {
    return nullptr;
  }
  const auto zero = [&](std::size_t i) {
    return bytes[i] == '\0';
  };
  if (!zero(0) && zero(1) && zero(2) && zero(3)) {
    return "UTF-32LE";
  }
  if (zero(0) && zero(1) && zero(2) && !zero(3)) {
    return "UTF-32BE";
  }
  if (!zero(0) && zero(1) && !zero(2) && zero(3)) {
    return "UTF-16LE";
  }
  if (zero(0) && !zero(1) && zero(2) && !zero(3)) {
    return "UTF-16BE";
  }
  if (bytes.starts_with("\x4C\x6F\xA7\x94"sv)) {
    return "IBM037";  // "<?xm" in EBCDIC
  }
  return nullptr;
}

// What UTF-8 the bytes hold: whole characters beyond ASCII, and bytes that fit none.
struct Utf8Count {
  std::size_t characters = 0;
  std::size_t three_bytes = 0;  // of those, with three bytes or more
  std::size_t bad = 0;
  bool is_whole = false;  // nothing is bad, nor cut at the end
};
Utf8Count count_utf8(std::string_view bytes) {
  Utf8Count count;
  count.is_whole = true;
  while (!bytes.empty()) {
    const std::size_t valid = valid_utf8_prefix(bytes);
    count.is_whole = count.is_whole && valid == bytes.size();
    for (std::size_t i = 0; i < valid; ++i) {
      while (i + 16 <= valid &&
             ((swar::load(bytes.data() + i) | swar::load(bytes.data() + i + 8)) &
              swar::kHighs) == 0) {
        i += 16;
      }
      if (i == valid) {
        break;
      }
      const auto byte = static_cast<unsigned char>(bytes[i]);
      count.characters += byte >= 0xC2;
      count.three_bytes += byte >= 0xE0;
    }
    if (valid == bytes.size()) {
      break;
    }
    const bool cut_at_end = bytes.size() - valid < 4 && count.characters > 0;
    count.bad += cut_at_end ? 0 : 1;
    bytes.remove_prefix(valid + 1);
  }
  return count;
}

// Whether the bytes can be text in this charset: nearly none of them is impossible.
bool decodes(std::string_view bytes, const char* charset) {
  if (std::string_view(charset) == "CP1252") {
    return true;  // every byte stands for something
  }
  const iconv_t converter = iconv_open("UTF-8", charset);
  if (converter == reinterpret_cast<iconv_t>(-1)) {
    return false;
  }
  std::string input(bytes.substr(0, limits::kCharsetSample));
  std::array<char, 4096> output;
  char* in = input.data();
  std::size_t left = input.size();
  std::size_t bad = 0;
  std::size_t beyond_ascii = 0;
  for (const char c : input) {
    beyond_ascii += static_cast<unsigned char>(c) >= 0x80;
  }
  while (left > 0) {
    char* out = output.data();
    std::size_t room = output.size();
    const std::size_t done = iconv(converter, &in, &left, &out, &room);
    if (done == static_cast<std::size_t>(-1) && room == output.size() && left > 0) {
      bad += left > 8;  // the sample's end may cut a character
      ++in;
      --left;
    }
  }
  iconv_close(converter);
  return bad * 20 <= beyond_ascii;
}

const char* guessed_charset(std::string_view bytes) {
  uchardet_t detector = uchardet_new();
  const std::string_view sample = bytes.substr(0, limits::kCharsetSample);
  const char* charset = nullptr;
  if (uchardet_handle_data(detector, sample.data(), sample.size()) == 0) {
    uchardet_data_end(detector);
    charset = charset_of(uchardet_get_charset(detector));
  }
  uchardet_delete(detector);
  return charset;
}

// CP1252 for the bytes 0x80 to 0x9F; those without a character stay C1 controls.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

void append_windows_1252(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  const bool special = byte >= 0x80 && byte < 0xA0;
  append_utf8(out, special ? kWindows1252[byte - 0x80u] : byte);
}

}  // namespace

std::string_view charset_parameter(std::string_view content_type) {
  const std::size_t semicolon = content_type.find(';');
  return semicolon == std::string_view::npos
             ? std::string_view{}
             : value_after(content_type, "charset", semicolon);
}

namespace {

struct Detected {
  std::string charset;
  bool is_valid_utf8 = false;  // known to be without a mistake
};

Detected detect(std::string_view bytes, std::string_view content_type,
                DocumentKind kind) {
  for (const Mark& mark : kMarks) {
    if (bytes.starts_with(mark.bytes)) {
      return {mark.charset};
    }
  }
  if (const char* wide = sniff_wide(bytes)) {
    return {wide};
  }
  const char* labels[] = {charset_of(charset_parameter(content_type)),
                          charset_of(declared_charset(bytes, kind))};
  for (const char* label : labels) {
    if (label != nullptr && is_seven_bit(label)) {
      return {label};
    }
  }
  const Utf8Count utf8 = count_utf8(bytes);
  const auto passed_for = [&](const char* label) {
    // Short GBK and EUC texts can be valid UTF-8 by chance; longer ones cannot.
    return label == nullptr || is_utf8(label) || is_single_byte(label) ||
           utf8.characters >= 4 || utf8.three_bytes > 0;
  };
  if (utf8.bad == 0 &&
      (utf8.characters == 0 || passed_for(labels[0] ? labels[0] : labels[1]))) {
    return {"UTF-8", utf8.is_whole};
  }
  for (const char* label : labels) {
    const bool wide =
        label != nullptr && (std::string_view(label).starts_with("UTF-16") ||
                             std::string_view(label).starts_with("UTF-32"));
    if (label != nullptr && !wide && !is_utf8(label) && decodes(bytes, label)) {
      return {label};
    }
  }
  if (utf8.characters >= utf8.bad) {
    return {"UTF-8"};  // with strays, which are read as windows-1252
  }
  const char* guess = guessed_charset(bytes);
  return {guess != nullptr && !is_utf8(guess) && decodes(bytes, guess) ? guess
                                                                       : "CP1252"};
}

}  // namespace

std::string detect_charset(std::string_view bytes, std::string_view content_type,
                           DocumentKind kind) {
  return detect(bytes, content_type, kind).charset;
}

Utf8Decoder::Utf8Decoder(std::string_view charset)
    : converter_(nullptr), windows_1252_(charset == "CP1252") {
  if (!is_utf8(charset) && !windows_1252_) {
    const iconv_t converter = iconv_open("UTF-8", std::string(charset).c_str());
    if (converter != reinterpret_cast<iconv_t>(-1)) {
      converter_ = converter;
    }
  }
}

Utf8Decoder::~Utf8Decoder() {
  if (converter_ != nullptr) {
    iconv_close(converter_);
  }
}

void Utf8Decoder::decode(std::string_view bytes, bool last, std::string& out) {
  std::string joined;
  if (!carry_.empty()) {
    joined = std::move(carry_);
    joined.append(bytes);
    carry_.clear();
    bytes = joined;
  }
  const std::size_t start = out.size();
  if (windows_1252_) {
    for (const char c : bytes) {
      append_windows_1252(out, c);
    }
  } else if (converter_ == nullptr) {
    decode_utf8(bytes, last, out);
  } else {
    decode_other(bytes, last, out);
  }
  if (at_start_ && out.size() > start) {
    at_start_ = false;
    if (std::string_view(out).substr(start).starts_with("\xEF\xBB\xBF")) {
      out.erase(start, 3);
    }
  }
}

void Utf8Decoder::decode_utf8(std::string_view bytes, bool last, std::string& out) {
  while (!bytes.empty()) {
    const std::size_t valid = valid_utf8_prefix(bytes);
    out.append(bytes, 0, valid);
    bytes.remove_prefix(valid);
    if (bytes.empty()) {
      break;
    }
    const auto lead = static_cast<unsigned char>(bytes[0]);
    if (bytes.size() < 4 && lead >= 0xC2 && lead <= 0xF4) {
      const bool rest_continues = std::all_of(bytes.begin() + 1, bytes.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
      });
      if (rest_continues && !last) {
        carry_ = bytes;
        break;
      }
    }
    append_windows_1252(out, bytes[0]);
    bytes.remove_prefix(1);
  }
}

void Utf8Decoder::decode_other(std::string_view bytes, bool last, std::string& out) {
  const auto converter = static_cast<iconv_t>(converter_);
  std::vector<char> buffer(16 * limits::kKiB);
  std::string input(bytes);
  char* in = input.data();
  std::size_t left = input.size();
  while (left > 0) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t done = iconv(converter, &in, &left, &to, &room);
    const int reason = done == static_cast<std::size_t>(-1) ? errno : 0;
    out.append(buffer.data(), buffer.size() - room);
    if (reason == EINVAL && !last) {
      carry_.assign(in, left);
      return;
    }
    if (reason == EILSEQ || reason == EINVAL) {
      append_utf8(out, 0xFFFD);
      ++in;
      --left;
    }
  }
}

std::string_view as_utf8(std::string_view bytes, std::string_view content_type,
                         DocumentKind kind, std::string& decoded) {
  const Detected detected = detect(bytes, content_type, kind);
  if (detected.is_valid_utf8) {
    return bytes;
  }
  decoded.clear();
  decoded.reserve(bytes.size());
  Utf8Decoder decoder(detected.charset);
  decoder.decode(bytes, true, decoded);
  return decoded;
}

std::string to_utf8(std::string_view bytes, std::string_view content_type,
                    DocumentKind kind) {
  std::string decoded;
  const std::string_view text = as_utf8(bytes, content_type, kind, decoded);
  return text.data() == decoded.data() ? std::move(decoded) : std::string(text);
}

}  // namespace siftd
