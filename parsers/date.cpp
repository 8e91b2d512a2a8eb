// Dates are read as tokens, not as formats: numbers, words and zones are collected
// with what stands between them, then one judgement is made of the lot. A table of
// formats (feedparser has eleven parsers, Miniflux 200 layouts) never ends.
#include "parsers/date.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <unicode/ucal.h>
#include <vector>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/date_words.hpp"

namespace siftd {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

struct Token {
  enum Kind { number, word, sign } kind;
  std::string_view text;
  int value = 0;  // of a number of up to nine digits
  bool after_space = false;
};

bool is_word_byte(char c) {
  return is_ascii_alpha(c) || static_cast<unsigned char>(c) >= 0x80;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  bool space = true;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    if (is_ascii_digit(text[i])) {
      while (i < text.size() && is_ascii_digit(text[i])) {
        ++i;
      }
      Token token{Token::number, text.substr(start, i - start), -1, space};
      if (token.text.size() <= 9) {
        token.value = 0;
        for (const char c : token.text) {
          token.value = token.value * 10 + (c - '0');
        }
      }
      tokens.push_back(token);
      space = false;
    } else if (is_word_byte(text[i])) {
      const bool ascii = is_ascii_alpha(text[i]);
      // "Z" and "T" end where digits begin; "日" and its like do so by themselves.
      while (i < text.size() && is_word_byte(text[i])) {
        ++i;
      }
      // America/Los_Angeles
      while (ascii && i + 1 < text.size() && (text[i] == '/' || text[i] == '_') &&
             is_ascii_alpha(text[i + 1])) {
        do {
          ++i;
        } while (i < text.size() && is_ascii_alpha(text[i]));
      }
      tokens.push_back({Token::word, text.substr(start, i - start), 0, space});
      space = false;
    } else {
      if (is_ascii_space(text[i])) {
        space = true;
      } else {
        tokens.push_back({Token::sign, text.substr(i, 1), 0, space});
        space = false;
      }
      ++i;
    }
  }
  return tokens;
}

// What has been understood so far.
struct Fields {
  std::optional<int> year, month, day, week, week_day, year_day;
  std::optional<int> hour, minute, second;
  std::optional<bool> afternoon;  // p.m.
  std::optional<seconds> offset;  // east of UTC
  std::string zone_name;          // of the tz database
};

int full_year(int value, std::size_t digits) {
  if (digits > 2) {
    return value;
  }
  // RFC 2822 splits at 50, POSIX at 69: no feed speaks of the 1950s.
  return value < 69 ? 2000 + value : 1900 + value;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : tokens_(tokens_of(text)) {}

  std::optional<sys_seconds> read() {
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
    return assemble();
  }

 private:
  const Token* token(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr;
  }
  bool is_sign(std::size_t ahead, char sign) const {
    const Token* t = token(ahead);
    return t != nullptr && t->kind == Token::sign && t->text[0] == sign;
  }
  bool is_number(std::size_t ahead, std::size_t low, std::size_t high) const {
    const Token* t = token(ahead);
    return t != nullptr && t->kind == Token::number && t->text.size() >= low &&
           t->text.size() <= high;
  }
  bool is_word(std::size_t ahead, std::string_view word) const {
    const Token* t = token(ahead);
    return t != nullptr && t->kind == Token::word && equals_ignoring_case(t->text, word);
  }

  static std::optional<sys_seconds> unix_time(std::string_view digits) {
    std::int64_t value = 0;
    if (digits.size() < 9 || digits.size() > 13 || digits.size() == 12) {
      return std::nullopt;
    }
    for (const char c : digits) {
      value = value * 10 + (c - '0');
    }
    return sys_seconds(seconds(digits.size() == 13 ? value / 1000 : value));
  }

  // Year first: 2003-12-31, 2003/12/31, 2003-12, 20031231, 2003-365, 2003-W52-3,
  // 031231, 03-12-31, -0312, -03-12 (ISO 8601:1988's short forms).
  bool iso_date() {
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

  bool take(std::size_t count) {
    at_ += count;
    return true;
  }

  bool short_iso_date() {
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

  bool packed_date() {
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

  bool long_iso_date() {
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
  bool month_word_date() {
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
  bool after_date() {
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

  bool fraction() {
    if ((is_sign(0, '.') || is_sign(0, ',')) && is_number(1, 1, 32) &&
        !token(1)->after_space) {
      at_ += 2;
    }
    return true;
  }

  // One thing more; false: it makes no sense in a date.
  bool step() {
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

  bool number() {
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

  static bool set(std::optional<int>& field, int value) {
    if (field) {
      return false;
    }
    field = value;
    return true;
  }

  void skip_ordinal() {
    for (const char* ending : {"st", "nd", "rd", "th", "de", "er"}) {
      if (is_word(0, ending) && !token()->after_space) {
        ++at_;
        return;
      }
    }
  }

  // 15h30, 3pm
  bool hour_word(std::size_t ahead) {
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
  bool numeric_date() {
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

  bool time() {
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

  bool offset(int direction) {
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
  bool number_word() {
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

  bool word() {
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

  bool zone(std::string_view text) {
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

  std::optional<sys_days> date() const {
    using std::chrono::day;
    using std::chrono::month;
    using std::chrono::year;
    if (!fields_.year || *fields_.year < 1900 || *fields_.year > 2199) {
      return std::nullopt;
    }
    const year y(*fields_.year);
    if (fields_.year_day) {
      const bool fits =
          *fields_.year_day >= 1 && *fields_.year_day <= (y.is_leap() ? 366 : 365);
      return fits ? std::optional(sys_days(y / 1 / 1) + days(*fields_.year_day - 1))
                  : std::nullopt;
    }
    if (fields_.week) {
      const sys_days fourth(y / 1 / 4);  // is in week 1 (ISO 8601)
      const auto monday = fourth - (std::chrono::weekday(fourth) - std::chrono::Monday);
      const bool fits = *fields_.week >= 1 && *fields_.week <= 53 &&
                        *fields_.week_day >= 1 && *fields_.week_day <= 7;
      return fits ? std::optional(monday +
                                  days(7 * (*fields_.week - 1) + *fields_.week_day - 1))
                  : std::nullopt;
    }
    const std::chrono::year_month_day date(
        y, month(static_cast<unsigned>(fields_.month.value_or(1))),
        day(static_cast<unsigned>(fields_.day.value_or(1))));
    if (!date.ok() || (fields_.day && !fields_.month)) {
      return std::nullopt;
    }
    return sys_days(date);
  }

  std::optional<sys_seconds> assemble() const {
    const auto day = date();
    int hour = fields_.hour.value_or(0);
    const int minute = fields_.minute.value_or(0);
    const int second = std::min(fields_.second.value_or(0), 60);
    if (!day || hour > 24 || minute > 59 || fields_.second.value_or(0) > 60) {
      return std::nullopt;
    }
    if (hour == 24 && (minute != 0 || second != 0)) {
      return std::nullopt;
    }
    if (fields_.afternoon && hour <= 12) {  // "20:28 PM" is said, and clear
      hour = hour % 12 + (*fields_.afternoon ? 12 : 0);
    }
    const sys_seconds local =
        *day + hours(hour) + minutes(minute) + seconds(std::min(second, 59));
    if (!fields_.zone_name.empty()) {
      const auto offset = named_zone_offset(fields_.zone_name, local);
      return offset ? std::optional(local - *offset) : std::nullopt;
    }
    return local - fields_.offset.value_or(seconds(0));
  }

  // The offset that a zone of the tz database has at a local time.
  static std::optional<seconds> named_zone_offset(const std::string& name,
                                                  sys_seconds local) {
    std::u16string zone(name.begin(), name.end());
    UErrorCode error = U_ZERO_ERROR;
    UChar canonical[64];
    ucal_getCanonicalTimeZoneID(zone.c_str(), static_cast<std::int32_t>(zone.size()),
                                canonical, 64, nullptr, &error);
    if (U_FAILURE(error)) {
      return std::nullopt;
    }
    UCalendar* calendar = ucal_open(zone.c_str(), static_cast<std::int32_t>(zone.size()),
                                    "", UCAL_GREGORIAN, &error);
    if (U_FAILURE(error)) {
      return std::nullopt;
    }
    // Twice: first at the local time taken as UTC, then where that leads.
    seconds offset(0);
    for (int round = 0; round < 2; ++round) {
      ucal_setMillis(
          calendar,
          1000.0 * static_cast<double>((local - offset).time_since_epoch().count()),
          &error);
      offset = seconds((ucal_get(calendar, UCAL_ZONE_OFFSET, &error) +
                        ucal_get(calendar, UCAL_DST_OFFSET, &error)) /
                       1000);
    }
    ucal_close(calendar);
    return U_SUCCESS(error) ? std::optional(offset) : std::nullopt;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  Fields fields_;
  bool month_may_be_weekday_ = false;
};

}  // namespace

std::optional<sys_seconds> parse_date(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > limits::kMaxDateBytes) {
    return std::nullopt;
  }
  return Reader(text).read();
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
