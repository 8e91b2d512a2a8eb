#include "parsers/json_writer.hpp"

#include <array>
#include <charconv>

#include "parsers/chars.hpp"

namespace siftd {
namespace {

constexpr std::array<bool, 256> special_bytes() {
  std::array<bool, 256> special{};
  for (std::size_t c = 0; c < 0x20; ++c) {
    special[c] = true;
  }
  special['"'] = true;
  special['\\'] = true;
  special[0x7F] = true;
  special[0xE2] = true;  // begins U+2028
  return special;
}
constexpr auto kSpecial = special_bytes();

// The first byte at or after `at` that may need escaping.
std::size_t next_special(std::string_view text, std::size_t at) {
  while (at + 8 <= text.size()) {
    const std::uint64_t word = swar::load(text.data() + at);
    if ((swar::control(word) | swar::equal(word, '"') | swar::equal(word, '\\') |
         swar::equal(word, 0x7F) | swar::equal(word, 0xE2)) != 0) {
      break;
    }
    at += 8;
  }
  while (at < text.size() && !kSpecial[static_cast<unsigned char>(text[at])]) {
    ++at;
  }
  return at;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = next_special(text, 0); i < text.size();
       i = next_special(text, i + 1)) {
    const auto byte = static_cast<unsigned char>(text[i]);
    char escape[7] = {'\\', 'u', '0', '0', '0', '0', '\0'};
    std::size_t used = 1;
    static constexpr char kHex[] = "0123456789abcdef";
    if (byte == 0xE2) {
      const std::string_view three = text.substr(i, 3);
      if (three != "\xE2\x80\xA8" && three != "\xE2\x80\xA9") {
        continue;
      }
      escape[2] = '2';
      escape[4] = '2';
      escape[5] = three[2] == '\xA8' ? '8' : '9';
      used = 3;
    } else if (byte == '"' || byte == '\\') {
      escape[1] = text[i];
      escape[2] = '\0';
    } else if (byte == '\n' || byte == '\t' || byte == '\r') {
      escape[1] = byte == '\n' ? 'n' : byte == '\t' ? 't' : 'r';
      escape[2] = '\0';
    } else {
      escape[4] = kHex[byte >> 4];
      escape[5] = kHex[byte & 15];
    }
    out.append(text, done, i - done);
    out += escape;
    i += used - 1;
    done = i + 1;
  }
  out.append(text, done);
  out += '"';
}

void JsonWriter::comma() {
  if (!first_) {
    out_ += ',';
  }
  first_ = false;
}

void JsonWriter::open(char bracket) {
  comma();
  out_ += bracket;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  out_ += bracket;
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  comma();
  append_json_string(out_, name);
  out_ += ':';
  first_ = true;
}

void JsonWriter::string(std::string_view text) {
  comma();
  append_json_string(out_, text);
}

void JsonWriter::number(std::int64_t value) {
  comma();
  out_ += std::to_string(value);
}

void JsonWriter::number(double value) {
  comma();
  std::array<char, 40> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out_.append(text.data(), end);
}

void JsonWriter::boolean(bool value) {
  comma();
  out_ += value ? "true" : "false";
}

void JsonWriter::raw(std::string_view json) {
  if (!json.empty()) {
    comma();
    out_ += json;
  }
}

}  // namespace siftd
