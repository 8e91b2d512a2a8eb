#pragma once

#include <string_view>
#include <vector>

// A date cut into numbers, words and signs. For parsers/date only.
namespace siftd {

struct DateToken {
  enum Kind { number, word, sign } kind;
  std::string_view text;
  int value = 0;  // of a number of up to nine digits
  bool after_space = false;
};

// Linear; views into the text.
std::vector<DateToken> tokens_of_date(std::string_view text);

}  // namespace siftd
