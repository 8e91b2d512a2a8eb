#include "parsers/date_reader.hpp"
#include "parsers/date_words.hpp"

namespace siftd {

// Year first: 2003-12-31, 2003/12/31, 2003-12, 20031231, 2003-365, 2003-W52-3,
// 031231, 03-12-31, -0312, -03-12 (ISO 8601:1988's short forms).
bool DateReader::iso_date() {
  const bool dash_first = is_sign(0, '-');
  if (dash_first) {
    ++at_;
    return short_iso_date();
  }
  if (is_number(0, 8, 8) || is_number(0, 14, 14)) {
    return packed_date();
  }
  if (is_number(0, 6, 6) && tokens_.size() == 1) {
    fields_.year = full_year(token()->value / 10000, 2);
    fields_.month = token()->value / 100 % 100;
    fields_.day = token()->value % 100;
    return take(1);
  }
  if (is_number(0, 2, 2) && is_sign(1, '-') && is_number(2, 2, 2) && is_sign(3, '-') &&
      is_number(4, 2, 2)) {
    fields_.year = full_year(token()->value, 2);
    fields_.month = token(2)->value;
    fields_.day = token(4)->value;
    return take(5) && after_date();
  }
  return is_number(0, 4, 4) && long_iso_date();
}

bool DateReader::short_iso_date() {
  if (is_number(0, 4, 4)) {
    fields_.year = full_year(token()->value / 100, 2);
    fields_.month = token()->value % 100;
    return take(1);
  }
  if (is_number(0, 2, 2) && is_sign(1, '-') && is_number(2, 2, 2)) {
    fields_.year = full_year(token()->value, 2);
    fields_.month = token(2)->value;
    return take(3);
  }
  return false;
}

bool DateReader::packed_date() {
  const std::string_view digits = token()->text;
  const auto part = [&](std::size_t from, std::size_t size) {
    int value = 0;
    for (const char c : digits.substr(from, size)) {
      value = value * 10 + (c - '0');
    }
    return value;
  };
  fields_.year = part(0, 4);
  fields_.month = part(4, 2);
  fields_.day = part(6, 2);
  if (digits.size() == 14) {
    fields_.hour = part(8, 2);
    fields_.minute = part(10, 2);
    fields_.second = part(12, 2);
  }
  return take(1) && after_date();
}

bool DateReader::long_iso_date() {
  fields_.year = token()->value;
  const Token* separator = token(1);
  if (separator == nullptr) {
    return take(1);
  }
  if (separator->kind == Token::word) {
    return false;  // 2004年 and the like: in step()
  }
  if (separator->text[0] != '-' && separator->text[0] != '/' &&
      separator->text[0] != '.') {
    return false;
  }
  if (is_word(2, "W") && is_number(3, 2, 2)) {
    fields_.week = token(3)->value;
    fields_.week_day = is_sign(4, '-') && is_number(5, 1, 1) ? token(5)->value : 1;
    return take(is_sign(4, '-') ? 6 : 4) && after_date();
  }
  if (is_number(2, 3, 3)) {
    fields_.year_day = token(2)->value;
    return take(3) && after_date();
  }
  if (!is_number(2, 1, 2)) {
    return month_word_date();
  }
  fields_.month = token(2)->value;
  if (is_sign(3, separator->text[0]) && is_number(4, 1, 2)) {
    fields_.day = token(4)->value;
    return take(5) && after_date();
  }
  return take(3) && token() == nullptr;
}

// 2004-július-13, 2004-Jul-13
bool DateReader::month_word_date() {
  const Token* word = token(2);
  if (word == nullptr || word->kind != Token::word || !is_sign(3, '-')) {
    return false;
  }
  fields_.month = month_of(word->text);
  if (!fields_.month || !is_number(4, 1, 2)) {
    return false;
  }
  fields_.day = token(4)->value;
  return take(5) && after_date();
}

// A number glued to the date by '-' belongs to no form that is known.
bool DateReader::after_date() {
  if (is_word(0, "T") && is_number(1, 4, 6)) {
    const int value = token(1)->value;
    const bool has_seconds = token(1)->text.size() == 6;
    fields_.hour = has_seconds ? value / 10000 : value / 100;
    fields_.minute = has_seconds ? value / 100 % 100 : value % 100;
    fields_.second = has_seconds ? value % 100 : 0;
    return token(1)->text.size() != 5 && take(2) && fraction();
  }
  return !(is_sign(0, '-') && is_number(1, 1, 9) && !is_sign(2, ':') &&
           !token()->after_space);
}

bool DateReader::fraction() {
  if ((is_sign(0, '.') || is_sign(0, ',')) && is_number(1, 1, 32) &&
      !token(1)->after_space) {
    at_ += 2;
  }
  return true;
}

}  // namespace siftd
