#include "parsers/json_reader.hpp"

#include "parsers/chars.hpp"

namespace siftd {

void JsonReader::skip_blanks() {
  while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ') {
    ++at_;
  }
}

void JsonReader::skip_blanks_and_commas() {
  while (at_ < text_.size() &&
         (static_cast<unsigned char>(text_[at_]) <= ' ' || text_[at_] == ',')) {
    ++at_;
  }
}

JsonReader::Type JsonReader::peek() {
  skip_blanks();
  if (at_ >= text_.size()) {
    cut_ = true;
    return Type::none;
  }
  switch (text_[at_]) {
    case '{':
      return Type::object;
    case '[':
      return Type::array;
    case '"':
      return Type::string;
    case '}':
    case ']':
    case ',':
    case ':':
      return Type::none;
    default:
      return Type::scalar;
  }
}

bool JsonReader::enter(char bracket) {
  skip_blanks();
  if (at_ < text_.size() && text_[at_] == bracket) {
    ++at_;
    return true;
  }
  skip();
  return false;
}

bool JsonReader::next_key(std::string& key) {
  while (true) {
    skip_blanks_and_commas();
    if (at_ >= text_.size()) {
      cut_ = true;
      return false;
    }
    if (text_[at_] == '}') {
      ++at_;
      return false;
    }
    if (text_[at_] == ']') {
      return false;  // an array ends around it: this object's end is missing
    }
    if (text_[at_] == '"') {
      key.clear();
      read_string(key);
      skip_blanks();
      if (at_ < text_.size() && text_[at_] == ':') {
        ++at_;
        return true;
      }
    } else {
      ++at_;  // no key begins so
    }
  }
}

bool JsonReader::next_element() {
  skip_blanks_and_commas();
  if (at_ >= text_.size()) {
    cut_ = true;
    return false;
  }
  if (text_[at_] == ']') {
    ++at_;
    return false;
  }
  if (text_[at_] == '}' || text_[at_] == ':') {
    return text_[at_] == ':' ? (++at_, next_element()) : false;
  }
  return true;
}

std::string JsonReader::text() {
  std::string out;
  switch (peek()) {
    case Type::string:
      read_string(out);
      break;
    case Type::scalar: {
      const std::size_t start = at_;
      skip();
      out = text_.substr(start, at_ - start);
      if (out == "null") {
        out.clear();
      }
      break;
    }
    default:
      skip();
  }
  return out;
}

void JsonReader::skip() {
  std::size_t depth = 0;
  do {
    switch (peek()) {
      case Type::object:
      case Type::array:
        ++depth;
        ++at_;
        break;
      case Type::string:
        skip_string();
        break;
      case Type::scalar:
        while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) > ' ' &&
               std::string_view(",]}:\"{[").find(text_[at_]) == std::string_view::npos) {
          ++at_;
        }
        break;
      case Type::none:
        if (at_ >= text_.size() || depth == 0) {
          return;
        }
        depth -= text_[at_] == '}' || text_[at_] == ']' ? 1u : 0u;
        ++at_;
        break;
    }
  } while (depth > 0);
}

void JsonReader::skip_string() {
  ++at_;
  while (true) {
    at_ = find_any(text_, at_, '"', '\\', '"');
    if (at_ >= text_.size()) {
      cut_ = true;
      return;
    }
    if (text_[at_] == '"') {
      ++at_;
      return;
    }
    at_ += 2;
  }
}

void JsonReader::read_string(std::string& out) {
  ++at_;
  while (true) {
    const std::size_t end = find_any(text_, at_, '"', '\\', '"');
    out.append(text_, at_, end - at_);
    at_ = end;
    if (at_ >= text_.size()) {
      cut_ = true;
      return;
    }
    if (text_[at_] == '"') {
      ++at_;
      return;
    }
    read_escape(out);
  }
}

std::uint32_t JsonReader::read_hex4() {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = at_ < text_.size() ? hex_value(text_[at_]) : -1;
    if (digit < 0) {
      return 0xFFFD;
    }
    value = value * 16 + static_cast<std::uint32_t>(digit);
    ++at_;
  }
  return value;
}

// At the backslash.
void JsonReader::read_escape(std::string& out) {
  if (at_ + 1 >= text_.size()) {
    at_ = text_.size();
    return;
  }
  const char c = text_[at_ + 1];
  at_ += 2;
  switch (c) {
    case 'n':
      out += '\n';
      return;
    case 't':
      out += '\t';
      return;
    case 'r':
      out += '\r';
      return;
    case 'b':
    case 'f':
      out += ' ';
      return;
    case 'u':
      break;
    default:
      out += c;
      return;
  }
  std::uint32_t unit = read_hex4();
  const bool high = unit >= 0xD800 && unit < 0xDC00;
  if (high && text_.substr(at_).starts_with("\\u")) {
    const std::size_t before = at_;
    at_ += 2;
    const std::uint32_t low = read_hex4();
    if (low >= 0xDC00 && low < 0xE000) {
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    } else {
      at_ = before;
    }
  }
  append_utf8(out, unit == 0 ? 0xFFFD : unit);
}

}  // namespace siftd
