#include "parsers/date_tokens.hpp"

#include "parsers/chars.hpp"

namespace siftd {
namespace {

bool is_word_byte(char c) {
  return is_ascii_alpha(c) || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::vector<DateToken> tokens_of_date(std::string_view text) {
  std::vector<DateToken> tokens;
  bool space = true;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    if (is_ascii_digit(text[i])) {
      while (i < text.size() && is_ascii_digit(text[i])) {
        ++i;
      }
      DateToken token{DateToken::number, text.substr(start, i - start), -1, space};
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
      tokens.push_back({DateToken::word, text.substr(start, i - start), 0, space});
      space = false;
    } else {
      if (is_ascii_space(text[i])) {
        space = true;
      } else {
        tokens.push_back({DateToken::sign, text.substr(i, 1), 0, space});
        space = false;
      }
      ++i;
    }
  }
  return tokens;
}

}  // namespace siftd
