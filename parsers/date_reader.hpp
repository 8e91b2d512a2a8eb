#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "parsers/chars.hpp"
#include "parsers/date_fields.hpp"
#include "parsers/date_tokens.hpp"

namespace siftd {

// Makes sense of one date's tokens, from left to right. For parsers/date only.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : tokens_(tokens_of_date(text)) {}

  std::optional<std::chrono::sys_seconds> read();

 private:
  using Token = DateToken;

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

  bool take(std::size_t count) {
    at_ += count;
    return true;
  }

  // Forms that begin with the year (date_iso.cpp)
  bool iso_date();
  bool short_iso_date();
  bool packed_date();
  bool long_iso_date();
  bool month_word_date();
  bool after_date();
  bool fraction();

  // Words and numbers in any order (date.cpp)
  bool step();
  bool number();
  static bool set(std::optional<int>& field, int value);
  void skip_ordinal();
  bool hour_word(std::size_t ahead);
  bool numeric_date();
  bool time();
  bool offset(int direction);
  bool number_word();
  bool word();
  bool zone(std::string_view text);

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  DateFields fields_;
  bool month_may_be_weekday_ = false;
};

}  // namespace siftd
