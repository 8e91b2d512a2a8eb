#pragma once

#include <string_view>
#include <vector>

namespace siftd {

struct HtmlAttribute {
  std::string_view name;   // as written
  std::string_view value;  // as written, references not decoded
};

// One token of HTML; views into the text, good until the next one is asked for.
struct HtmlToken {
  enum class Kind { text, start, end } kind = Kind::text;
  std::string_view text;  // of text, as written; in raw text elements too
  std::string_view name;  // of a tag, as written
  std::vector<HtmlAttribute> attributes;
};

// Cuts HTML into tags and text as the HTML Standard's tokenizer does, for fragments
// that need no tree: linear, no allocation but the attributes', any bytes. Comments,
// doctypes and processing instructions are passed over; a tag that the end cuts off
// is no tag. The content of script, style and their like is one text: the tokenizer
// does not look for tags in it.
class HtmlTokens {
 public:
  explicit HtmlTokens(std::string_view html) : html_(html) {}

  // The next token; false at the end.
  bool next(HtmlToken& token);

  // How much has been read.
  std::size_t position() const { return at_; }
  // Goes back to a position() of before, outside of any raw text.
  void rewind(std::size_t position) {
    at_ = position;
    raw_until_ = {};
  }

 private:
  bool markup(HtmlToken& token);
  bool tag(HtmlToken& token);
  bool attribute(HtmlToken& token);
  void skip_comment();
  void skip_spaces();

  std::string_view html_;
  std::size_t at_ = 0;
  std::string_view raw_until_;  // the raw text element that is open
};

}  // namespace siftd
