#include "parsers/html_needed.hpp"

#include <algorithm>
#include <bit>

#include "parsers/chars.hpp"
#include "parsers/html_names.hpp"

namespace siftd {

namespace {

bool ends_name(char c) {
  return is_ascii_space(c) || c == '/' || c == '>';
}

class Slimming {
 public:
  Slimming(std::string_view page, std::string& out) : page_(page), out_(out) {}

  // False: there was nothing to leave out.
  bool run() {
    while (at_ < page_.size() && !is_in_doubt_) {
      const std::size_t tag = std::min(page_.find('<', at_), page_.size());
      if (as_it_is_ == 0 && at_ < tag) {
        leave_out_spaces(tag);
      }
      at_ = tag;
      if (at_ + 1 < page_.size()) {
        take_markup();
      } else {
        break;
      }
    }
    if (done_ == 0) {
      return false;
    }
    out_.append(page_, done_);
    return true;
  }

 private:
  // Copies what stands before `from`; what comes next of the page begins at `to`.
  void leave_out(std::size_t from, std::size_t to) {
    out_.append(page_, done_, from - done_);
    done_ = to;
  }

  // Of each run of white space up to `end` the first stays, and none where a line begins
  // or ends there.
  void leave_out_spaces(std::size_t end) {
    while (at_ < end) {
      if (!is_ascii_space(page_[at_])) {
        begins_line_ = false;
        at_ = end_of_word(at_ + 1, end);
        continue;
      }
      const std::size_t first = at_;
      at_ = end_of_spaces(at_ + 1, end);
      if (begins_line_ || (at_ == end && is_at_line_tag(end))) {
        leave_out(first, at_);
      } else if (at_ > first + 1) {
        leave_out(first + 1, at_);
      }
    }
  }

  // Where white space or a control character is next, from `at` on.
  std::size_t end_of_word(std::size_t at, std::size_t end) const {
    for (; at + 8 <= end; at += 8) {
      const std::uint64_t bytes = swar::load(page_.data() + at);
      if ((swar::control(bytes) | swar::equal(bytes, ' ')) != 0) {
        break;
      }
    }
    const auto is_word = [](char c) {
      return static_cast<unsigned char>(c) > ' ';
    };
    while (at < end && is_word(page_[at])) {
      ++at;
    }
    return at;
  }

  std::size_t end_of_spaces(std::size_t at, std::size_t end) const {
    while (at + 8 <= end && swar::load(page_.data() + at) == swar::kOnes * ' ') {
      at += 8;
    }
    while (at < end && is_ascii_space(page_[at])) {
      ++at;
    }
    return at;
  }

  // Whether a tag that parts lines begins there.
  bool is_at_line_tag(std::size_t at) const {
    at += 1;
    at += at < page_.size() && page_[at] == '/' ? 1U : 0U;
    const std::size_t start = at;
    while (at < page_.size() && !ends_name(page_[at])) {
      ++at;
    }
    return at < page_.size() &&
           parts_lines(html_element_of(page_.substr(start, at - start)));
  }

  // At '<', with something behind it.
  void take_markup() {
    const char next = page_[at_ + 1];
    if (is_ascii_alpha(next)) {
      take_start_tag();
    } else if (next == '/' && at_ + 2 < page_.size() && is_ascii_alpha(page_[at_ + 2])) {
      take_end_tag();
    } else if (page_.substr(at_ + 1).starts_with("!--")) {
      take_comment();
    } else if (next == '!' || next == '/' || next == '?') {
      pass_to(page_.find('>', at_));
    } else {
      ++at_;  // text
    }
  }

  static bool parts_lines(HtmlElement element) {
    return element == HtmlElement::line || element == HtmlElement::as_it_is;
  }

  // At "</".
  void take_end_tag() {
    at_ += 2;
    const HtmlElement element = html_element_of(take_name());
    begins_line_ = begins_line_ || parts_lines(element);
    as_it_is_ -= element == HtmlElement::as_it_is && as_it_is_ > 0 ? 1U : 0U;
    take_attributes(false);
  }

  // Goes behind position `last`.
  void pass_to(std::size_t last) {
    is_in_doubt_ = last == page_.npos;
    at_ = last + 1;
  }

  void take_comment() {
    const Mark start = mark();
    const std::size_t text = at_ + 4;
    const std::size_t end = page_.find("-->", at_ + 2);  // "<!-->" is one
    const std::string_view comment = page_.substr(text, end - std::min(text, end));
    if (end == page_.npos || comment.find("--!>") != comment.npos) {
      is_in_doubt_ = true;
      return;
    }
    at_ = end + 3;
    // In the middle of a text the text before might become something else with the
    // text behind.
    if (start.at == 0 || page_[start.at - 1] == '>' ||
        is_ascii_space(page_[start.at - 1])) {
      leave_out_since(start);
    } else if (end > text) {
      leave_out(text, end);
    }
  }

  std::string_view take_name() {
    const std::size_t start = at_;
    while (at_ < page_.size() && !ends_name(page_[at_])) {
      ++at_;
    }
    return page_.substr(start, at_ - start);
  }

  // Forgets what has been read since `mark`: it is left out as a whole.
  struct Mark {
    std::size_t at;
    std::size_t done;
    std::size_t size;
  };
  Mark mark() const { return {at_, done_, out_.size()}; }
  void leave_out_since(const Mark& mark) {
    if (mark.at > 0 && page_[mark.at - 1] == '<') {
      return;  // it would become a tag with what comes next
    }
    out_.resize(mark.size);
    done_ = mark.done;
    leave_out(mark.at, at_);
  }

  void take_start_tag() {
    const Mark start = mark();
    ++at_;
    const std::string_view name = take_name();
    const HtmlElement element = html_element_of(name);
    is_data_ = false;
    begins_line_ = begins_line_ || parts_lines(element);
    take_attributes(true);
    if (is_in_doubt_) {
      return;
    }
    switch (element) {
      case HtmlElement::running:
      case HtmlElement::line:
        return;
      case HtmlElement::unread:
        if (!is_data_) {
          leave_out_since(start);
        }
        return;
      case HtmlElement::code:
      case HtmlElement::raw_text:
        take_raw_text(name, element);
        if (element == HtmlElement::code && !is_data_ && !is_in_doubt_) {
          take_end_tag();
          leave_out_since(start);
        }
        return;
      case HtmlElement::drawing:
        if (take_drawing()) {
          leave_out_since(start);
        }
        return;
      case HtmlElement::as_it_is:
        ++as_it_is_;
        return;
      case HtmlElement::endless:
        is_in_doubt_ = true;
    }
  }

  // The attributes of a tag, and its '>'.
  void take_attributes(bool is_start) {
    while (true) {
      closes_itself_ = false;
      while (at_ < page_.size() && (is_ascii_space(page_[at_]) || page_[at_] == '/')) {
        closes_itself_ = page_[at_++] == '/';
      }
      if (at_ >= page_.size()) {
        is_in_doubt_ = true;
        return;
      }
      if (page_[at_] == '>') {
        ++at_;
        return;
      }
      const std::size_t start = at_;
      if (!take_attribute(is_start)) {
        // With the white space behind it; what parts it from the one before stays.
        at_ += at_ < page_.size() && is_ascii_space(page_[at_]) ? 1U : 0U;
        if (is_in_doubt_) {
          return;
        }
        leave_out(start, at_);
      }
      if (is_in_doubt_) {
        return;
      }
    }
  }

  static bool is_needed(std::string_view name) {
    return attribute_of(name) || is_shaping(name);
  }

  // True: it is needed.
  bool take_attribute(bool is_start) {
    const std::size_t start = at_++;  // a '=' in front belongs to the name
    while (at_ < page_.size() && !ends_name(page_[at_]) && page_[at_] != '=') {
      ++at_;
    }
    const std::string_view name = page_.substr(start, at_ - start);
    const std::size_t behind = at_;
    skip_spaces();
    if (at_ >= page_.size() || page_[at_] != '=') {
      at_ = behind;
      return is_start && is_needed(name);
    }
    ++at_;
    skip_spaces();
    const std::string_view value = take_value();
    if (!is_start || !is_needed(name)) {
      return false;
    }
    is_data_ = is_data_ || is_data(name, value);
    return true;
  }

  // Attributes that tell which scripts and links are read.
  static bool is_data(std::string_view name, std::string_view value) {
    return (equals_ignoring_case(name, "type") &&
            find_ignoring_case(value, "ld+json") != value.npos) ||
           (equals_ignoring_case(name, "rel") &&
            find_ignoring_case(value, "canonical") != value.npos) ||
           equals_ignoring_case(name, "itemprop");
  }

  std::string_view take_value() {
    if (at_ >= page_.size()) {
      is_in_doubt_ = true;
      return {};
    }
    const char quote = page_[at_];
    if (quote == '"' || quote == '\'') {
      const std::size_t start = at_ + 1;
      const std::size_t end = page_.find(quote, start);
      pass_to(end);
      return is_in_doubt_ ? std::string_view() : page_.substr(start, end - start);
    }
    const std::size_t start = at_;
    while (at_ < page_.size() && !is_ascii_space(page_[at_]) && page_[at_] != '>') {
      ++at_;
    }
    return page_.substr(start, at_ - start);
  }

  void skip_spaces() {
    while (at_ < page_.size() && is_ascii_space(page_[at_])) {
      ++at_;
    }
  }

  // What stands between the tags of an element that holds no elements.
  void take_raw_text(std::string_view name, HtmlElement element) {
    if (closes_itself_) {
      is_in_doubt_ = true;  // within SVG and MathML it holds nothing
      return;
    }
    const std::size_t end = find_end_tag(name);
    if (end == page_.npos) {
      is_in_doubt_ = true;
      return;
    }
    const std::string_view text = page_.substr(at_, end - at_);
    if (element == HtmlElement::code) {
      // Behind "<!--" the end tag of a script inside the script is none of its own.
      const std::size_t comment = text.find("<!--");
      if (comment != text.npos &&
          find_ignoring_case(text, "<script", comment) != text.npos) {
        is_in_doubt_ = true;
        return;
      }
    }
    at_ = end;
  }

  // What a drawing holds is not read. Elements of HTML would end it, and another drawing
  // inside would end first: then it is not taken.
  bool take_drawing() {
    if (closes_itself_) {
      return true;  // it holds nothing
    }
    for (std::size_t at = page_.find('<', at_); at != page_.npos;
         at = page_.find('<', at + 1)) {
      const std::string_view rest = page_.substr(at + 1, 20);
      const bool is_end = rest.starts_with('/');
      const auto begins = rest.begin() + (is_end ? 1 : 0);
      const auto ends = std::find_if(begins, rest.end(), ends_name);
      const std::string_view name(begins, ends);
      if (is_end && equals_ignoring_case(name, "svg")) {
        at_ = at;
        take_end_tag();
        return !is_in_doubt_;
      }
      if (!is_drawn(name)) {
        return false;
      }
    }
    return false;
  }

  std::size_t find_end_tag(std::string_view name) const {
    for (std::size_t at = page_.find("</", at_); at != page_.npos;
         at = page_.find("</", at + 2)) {
      const std::size_t behind = at + 2 + name.size();
      if (behind < page_.size() && ends_name(page_[behind]) &&
          starts_with_ignoring_case(page_.substr(at + 2), name)) {
        return at;
      }
    }
    return page_.npos;
  }

  std::string_view page_;
  std::string& out_;
  std::size_t at_ = 0;
  std::size_t done_ = 0;  // what stands before is in out_, or left out
  bool is_in_doubt_ = false;
  bool closes_itself_ = false;  // the start tag that was the last
  std::size_t as_it_is_ = 0;    // elements that keep their white space and are open
  bool begins_line_ = true;     // there was no text since the last tag that parts lines
  bool is_data_ = false;  // the element whose start tag was the last is one that is read
};

}  // namespace

std::string_view leave_out_unneeded(std::string_view page, std::string& storage) {
  storage.clear();
  storage.reserve(std::bit_ceil(page.size()));  // seldom moved for a larger page
  return Slimming(page, storage).run() ? std::string_view(storage) : page;
}

}  // namespace siftd
