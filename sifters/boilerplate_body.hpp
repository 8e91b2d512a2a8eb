#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sifters/rules.hpp"
#include "sifters/text.hpp"

namespace siftd {

// A line of a text, and what is known of it.
struct TextLine {
  std::string_view text;
  std::string folded;
  Measure measure;
  bool ends_sentence = false;
  std::size_t breaks = 0;  // line breaks before it
  const Rules::Rule* rule = nullptr;
  bool is_prose = false;  // reads like it; set by find_body()

  // By a rule that holds everywhere.
  bool is_taken() const;
};

// Where the article stands among the lines of a whole page's text.
struct Body {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  bool is_page = false;  // false: the text is no page's, all of it may be article
  std::size_t first = 0;
  std::size_t last = 0;       // one behind
  std::size_t title = kNone;  // its line, before `first`
};

// Finds the article in a page's text: the run of lines with the most sentences, after
// Pasternack and Roth, "Extracting article text from the web with maximum subsequence
// segmentation" (WWW 2009), with weights by the look of a line and of its neighbours
// instead of learned ones. Linear. `title` may be empty. An article's own text is no
// page's, whatever it looks like.
Body find_body(std::vector<TextLine>& lines, std::string_view title, bool is_article);

}  // namespace siftd
