// Dates are read as tokens, not as formats: numbers, words and zones are collected
// with what stands between them, then one judgement is made of the lot. A table of
// formats (feedparser has eleven parsers, Miniflux 200 layouts) never ends.
#include "parsers/date.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/date_reader.hpp"
#include "parsers/date_words.hpp"

namespace siftd {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

std::optional<sys_seconds> unix_time(std::string_view digits) {
  const bool milliseconds = digits.size() == 13;
  if (digits.size() != 9 && digits.size() != 10 && !milliseconds) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  for (const char c : digits) {
    value = value * 10 + (c - '0');
  }
  const sys_seconds time(seconds(milliseconds ? value / 1000 : value));
  return time < sys_days(std::chrono::year(kLastYear + 1) / 1 / 1) ? std::optional(time)
                                                                   : std::nullopt;
}

}  // namespace

std::optional<sys_seconds> DateReader::read() {
  if (tokens_.size() == 1 && tokens_[0].kind == Token::number) {
    if (const auto instant = unix_time(tokens_[0].text)) {
      return instant;
    }
  }
  if (!iso_date()) {
    at_ = 0;
    fields_ = {};
  }
  while (at_ < tokens_.size()) {
    if (!step()) {
      return std::nullopt;
    }
  }
  return fields_.instant();
}

// One thing more; false: it makes no sense in a date.
bool DateReader::step() {
  const Token& t = *token();
  if (t.kind == Token::number) {
    return number();
  }
  if (t.kind == Token::word) {
    return word();
  }
  const char sign = t.text[0];
  if ((sign == '+' || sign == '-') && fields_.hour && is_number(1, 1, 4) &&
      !token(1)->after_space) {
    return offset(sign == '-' ? -1 : 1);
  }
  ++at_;
  if (sign == '(') {  // a comment: (Coordinated Universal Time)
    while (token() != nullptr && !is_sign(0, ')')) {
      ++at_;
    }
    return token() == nullptr || take(1);
  }
  return std::string_view(",.-/|;'\")").find(sign) != std::string_view::npos;
}

bool DateReader::number() {
  if (number_word()) {
    return true;
  }
  if (!fields_.year && is_number(0, 4, 4) && is_number(2, 1, 2) &&
      token(1)->text == "/") {
    return long_iso_date();  // Fri, 2006/09/15
  }
  if (is_number(0, 1, 2) && is_sign(1, ':')) {
    return time();
  }
  if (is_number(0, 1, 2) && hour_word(1)) {
    return true;
  }
  if (is_number(0, 1, 2) && numeric_date()) {
    return true;
  }
  const Token& t = *token();
  if (t.value < 0 || t.text.size() > 4 || t.text.size() == 3) {
    return false;
  }
  ++at_;
  if (t.text.size() == 4) {
    return set(fields_.year, t.value);
  }
  if (!fields_.day) {
    fields_.day = t.value;
    skip_ordinal();
    return true;
  }
  return set(fields_.year, full_year(t.value, t.text.size()));
}

bool DateReader::set(std::optional<int>& field, int value) {
  if (field) {
    return false;
  }
  field = value;
  return true;
}

void DateReader::skip_ordinal() {
  for (const char* ending : {"st", "nd", "rd", "th", "de", "er"}) {
    if (is_word(0, ending) && !token()->after_space) {
      ++at_;
      return;
    }
  }
}

// 15h30, 3pm
bool DateReader::hour_word(std::size_t ahead) {
  if (fields_.hour || token(ahead) == nullptr || token(ahead)->kind != Token::word) {
    return false;
  }
  if (is_word(ahead, "h") && is_number(ahead + 1, 2, 2)) {
    fields_.hour = token()->value;
    fields_.minute = token(ahead + 1)->value;
    return take(ahead + 2);
  }
  if (const auto half = half_day(token(ahead)->text)) {
    fields_.hour = token()->value;
    fields_.minute = 0;
    fields_.afternoon = *half;
    return take(ahead + 1);
  }
  return false;
}

// 26/06/2020, 09/15/2014, 26.06.2020, 2006/09/15 inside other words
bool DateReader::numeric_date() {
  const Token* separator = token(1);
  if (separator == nullptr || separator->kind != Token::sign || fields_.day ||
      fields_.year || fields_.month ||
      std::string_view("/.-").find(separator->text[0]) == std::string_view::npos ||
      !is_number(2, 1, 2) || !is_sign(3, separator->text[0]) || !is_number(4, 2, 4)) {
    return false;
  }
  const int first = token()->value;
  const int second = token(2)->value;
  // With slashes the United States' order unless that is no date; else day first.
  const bool month_first =
      separator->text[0] == '/' ? first <= 12 : (first <= 12 && second > 12);
  fields_.month = month_first ? first : second;
  fields_.day = month_first ? second : first;
  fields_.year = full_year(token(4)->value, token(4)->text.size());
  return take(5);
}

bool DateReader::time() {
  if (fields_.hour || !is_number(2, 1, 2)) {
    return false;
  }
  fields_.hour = token()->value;
  fields_.minute = token(2)->value;
  at_ += 3;
  if (is_sign(0, ':') && is_number(1, 1, 2)) {
    fields_.second = token(1)->value;
    at_ += 2;
    return fraction();
  }
  return !is_sign(0, ':');
}

bool DateReader::offset(int direction) {
  if (fields_.offset && fields_.offset->count() != 0) {
    return false;
  }
  ++at_;
  int value = token()->value;
  const std::size_t digits = token()->text.size();
  int minute = 0;
  ++at_;
  if (is_sign(0, ':') && is_number(1, 2, 2)) {
    minute = token(1)->value;
    at_ += 2;
  } else if (digits >= 3) {
    minute = value % 100;
    value /= 100;
  }
  if (value > 15 || minute > 59) {
    return false;
  }
  fields_.offset = direction * (hours(value) + minutes(minute));
  return true;
}

// 2004년 05월 28일 13시 31분, 2004年5月28日: the word behind says what a number is.
bool DateReader::number_word() {
  const Token* word = token(1);
  const int value = token()->value;
  if (word == nullptr || word->kind != Token::word || value < 0) {
    return false;
  }
  const auto is = [&](std::string_view a, std::string_view b) {
    return word->text.starts_with(a) || word->text.starts_with(b);
  };
  if (is("年", "년")) {
    fields_.year = full_year(value, token()->text.size());
  } else if (is("月", "월")) {
    fields_.month = value;
  } else if (is("日", "일")) {
    fields_.day = value;
  } else if (is("時", "시") || is("时", "點")) {
    fields_.hour = value;
  } else if (is("分", "분")) {
    fields_.minute = value;
  } else if (is("秒", "초")) {
    fields_.second = value;
  } else {
    return false;
  }
  return take(2);
}

bool DateReader::word() {
  const std::string_view text = token()->text;
  if (text.size() == 1 && ascii_lower(text[0]) == 't') {
    return take(1);
  }
  // "p.m." comes in two words.
  const bool dotted = is_sign(1, '.') && is_word(2, "m");
  if (fields_.hour || text.size() > 2) {
    const std::string joined = dotted ? std::string(text) + 'm' : std::string(text);
    if (const auto half = half_day(joined)) {
      fields_.afternoon = *half;
      return take(dotted ? 3 : 1);
    }
  }
  // In "mar., 01 déc. 2020" the first is Tuesday (mardi).
  if (!fields_.month || month_may_be_weekday_) {
    if (const auto month = month_of(text)) {
      fields_.month = month;
      month_may_be_weekday_ = !month_may_be_weekday_ && is_filler_word(text);
      return take(1);
    }
  }
  if (is_filler_word(text)) {
    return take(1);
  }
  return zone(text);
}

bool DateReader::zone(std::string_view text) {
  if (text.find('/') != std::string_view::npos) {
    fields_.zone_name = std::string(text);
    return take(1);
  }
  const auto offset = zone_offset(text);
  if (!offset || fields_.offset) {
    return false;
  }
  fields_.offset = *offset;
  return take(1);
}

std::optional<sys_seconds> parse_date(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > limits::kMaxDateBytes) {
    return std::nullopt;
  }
  return DateReader(text).read();
}

std::string format_rfc3339(sys_seconds time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", int(date.year()),
                unsigned(date.month()), unsigned(date.day()),
                static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

}  // namespace siftd
