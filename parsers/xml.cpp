#include "parsers/xml.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/entities.hpp"

namespace siftd {
namespace {

bool begins_name(char c) {
  return is_ascii_alpha(c) || c == '_' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool ends_name(char c) {
  return is_ascii_space(c) || c == '/' || c == '>' || c == '<' || c == '=';
}

// The first control character at or after `at` that XML forbids.
std::size_t next_forbidden(std::string_view text, std::size_t at) {
  const auto forbidden = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r';
  };
  while (at + 8 <= text.size()) {
    const std::uint64_t word = swar::load(text.data() + at);
    const std::uint64_t controls = swar::control(word);
    if (controls != 0 && (controls & ~(swar::equal(word, '\n') | swar::equal(word, '\t') |
                                       swar::equal(word, '\r'))) != 0) {
      break;
    }
    at += 8;
  }
  while (at < text.size() && !forbidden(text[at])) {
    ++at;
  }
  return at;
}

// Drops what XML forbids: control characters.
void append_clean(std::string& out, std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = next_forbidden(text, at);
    out.append(text, at, end - at);
    at = end + 1;
  }
}

constexpr std::string_view kCdata = "<![CDATA[";

}  // namespace

bool is_void_html(std::string_view name) {
  for (const std::string_view known :
       {"br", "img", "hr", "input", "wbr", "embed", "meta"}) {
    if (equals_ignoring_case(name, known)) {
      return true;
    }
  }
  return false;
}

std::pair<std::string_view, std::string_view> split_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == name.npos) {
    return {{}, name};
  }
  return {name.substr(0, colon), name.substr(colon + 1)};
}

std::string XmlAttribute::value() const {
  std::string out = raw.find('&') == raw.npos ? std::string(raw) : decode_references(raw);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; },
      ' ');
  return out;
}

std::size_t XmlReader::read(std::string_view window, bool last) {
  in_ = window;
  last_ = last;
  at_ = 0;
  while (at_ < in_.size() && !handler_.stop) {
    token_start_ = at_;
    const bool moved = in_cdata_         ? read_cdata()
                       : in_[at_] == '<' ? read_markup()
                                         : read_text();
    if (!moved) {
      break;  // more is needed
    }
  }
  if (last_ && !handler_.stop) {
    cut_ = cut_ || in_cdata_ || !name_starts_.empty();
    handler_.cut = cut_;
    while (!name_starts_.empty()) {
      close_top(false);
    }
    at_ = in_.size();
  }
  consumed_ += at_;
  const std::size_t done = at_;
  at_ = 0;
  return done;
}

// The document ends here, or more of it must come.
bool XmlReader::cut() {
  if (!last_) {
    return false;
  }
  cut_ = true;
  at_ = in_.size();
  return true;
}

bool XmlReader::read_text() {
  const std::size_t end = std::min(in_.find('<', at_), in_.size());
  std::size_t stop = end;
  if (end == in_.size() && !last_) {
    // A reference may go on in the next window.
    const std::size_t amp = in_.rfind('&');
    if (amp != in_.npos && amp >= at_ && in_.size() - amp <= limits::kMaxEntityName) {
      stop = amp;
    }
    if (stop == at_) {
      return false;
    }
  }
  append_text(in_.substr(at_, stop - at_));
  at_ = stop;
  return true;
}

void XmlReader::append_text(std::string_view raw) {
  if (handler_.text_mode == XmlText::none) {
    return;
  }
  std::string& out = handler_.text;
  if (handler_.text_mode == XmlText::markup) {
    append_clean(out, raw);
    return;
  }
  std::size_t at = 0;
  while (at < raw.size()) {
    const std::size_t amp = std::min(raw.find('&', at), raw.size());
    append_clean(out, raw.substr(at, amp - at));
    at = amp;
    if (at < raw.size()) {
      const std::size_t used = decode_reference(raw, at, out);
      if (used == 0) {
        out += '&';
      }
      at += std::max<std::size_t>(used, 1);
    }
  }
}

void XmlReader::append_cdata(std::string_view raw) {
  if (handler_.text_mode == XmlText::decoded) {
    append_clean(handler_.text, raw);
  } else if (handler_.text_mode == XmlText::markup) {
    append_html_escaped(handler_.text, raw);
  }
}

bool XmlReader::read_markup() {
  const std::string_view rest = in_.substr(at_);
  if (rest.size() < kCdata.size() && !last_) {
    return false;
  }
  const char next = rest.size() > 1 ? rest[1] : '\0';
  if (next == '/') {
    return read_end_tag();
  }
  if (next == '!') {
    if (rest.starts_with(kCdata)) {
      at_ += kCdata.size();
      in_cdata_ = true;
      return true;
    }
    if (rest.starts_with("<!--")) {
      return skip_past("-->", at_ + 4);
    }
    return skip_doctype();
  }
  if (next == '?') {
    return skip_past("?>", at_ + 2);
  }
  if (begins_name(next)) {
    return read_start_tag();
  }
  append_cdata("<");  // means itself
  ++at_;
  return true;
}

bool XmlReader::skip_past(std::string_view end, std::size_t from) {
  const std::size_t at = in_.find(end, from);
  if (at != in_.npos) {
    at_ = at + end.size();
    return true;
  }
  if (!last_) {
    return false;
  }
  // Unclosed: it ends with its tag, and what follows may be the feed.
  const std::size_t bracket = in_.find('>', from);
  if (bracket == in_.npos) {
    return cut();
  }
  at_ = bracket + 1;
  return true;
}

// Over "<!DOCTYPE ... [ ... ]>" with its quotes, brackets and comments, unread.
bool XmlReader::skip_doctype() {
  bool subset = false;
  char quote = '\0';
  for (std::size_t i = at_ + 2; i < in_.size(); ++i) {
    const char c = in_[i];
    if (quote != '\0') {
      quote = c == quote ? '\0' : quote;
    } else if (in_.substr(i, 4) == "<!--") {
      const std::size_t end = in_.find("-->", i + 4);
      if (end == in_.npos) {
        break;
      }
      i = end + 2;
    } else if ((c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '[') {
      subset = true;
    } else if (c == ']') {
      subset = false;
    } else if (c == '>' && !subset) {
      at_ = i + 1;
      return true;
    }
  }
  if (!last_) {
    return false;
  }
  return skip_past(">", at_);
}

bool XmlReader::read_start_tag() {
  std::size_t at = at_ + 1;
  while (at < in_.size() && !ends_name(in_[at])) {
    ++at;
  }
  const std::string_view name = in_.substr(at_ + 1, at - at_ - 1);
  attributes_.clear();
  if (!read_attributes(at)) {
    return cut();
  }
  const bool empty = in_[at - 1] == '>' && in_[at - 2] == '/';
  at_ = at;
  open(name);
  // In unescaped HTML nobody closes a <br>.
  if (empty || (handler_.text_mode == XmlText::markup && is_void_html(name))) {
    close(name);
  }
  return true;
}

// From behind the name to behind the '>' (or before a '<' that stands in its place).
bool XmlReader::read_attributes(std::size_t& at) {
  while (at < in_.size()) {
    const char c = in_[at];
    if (c == '>') {
      ++at;
      return true;
    }
    if (c == '<') {
      return true;
    }
    if (is_ascii_space(c) || c == '/' || c == '=') {
      ++at;
    } else if (!read_attribute(at)) {
      return false;
    }
  }
  return false;
}

bool XmlReader::read_attribute(std::size_t& at) {
  const auto skip_spaces = [&] {
    while (at < in_.size() && is_ascii_space(in_[at])) {
      ++at;
    }
  };
  const std::size_t start = at;
  while (at < in_.size() && !ends_name(in_[at])) {
    ++at;
  }
  XmlAttribute attribute{in_.substr(start, at - start), {}};
  skip_spaces();
  if (at < in_.size() && in_[at] == '=') {
    ++at;
    skip_spaces();
    if (at >= in_.size()) {
      return false;
    }
    const char quote = in_[at];
    if (quote == '"' || quote == '\'') {
      const std::size_t end = in_.find(quote, at + 1);
      if (end == in_.npos) {
        return false;
      }
      attribute.raw = in_.substr(at + 1, end - at - 1);
      at = end + 1;
    } else {
      const std::size_t value = at;
      while (at < in_.size() && !is_ascii_space(in_[at]) && in_[at] != '>') {
        ++at;
      }
      attribute.raw = in_.substr(value, at - value);
    }
  }
  const bool known = std::any_of(attributes_.begin(), attributes_.end(),
                                 [&](const auto& a) { return a.name == attribute.name; });
  if (!known && attributes_.size() < limits::kMaxTagAttributes &&
      attribute.raw.size() <= limits::kMaxAttributeBytes) {
    attributes_.push_back(attribute);
  }
  return true;
}

bool XmlReader::read_end_tag() {
  const std::size_t end = in_.find('>', at_);
  const std::size_t other = in_.find('<', at_ + 1);
  if (end == in_.npos && other == in_.npos) {
    return cut();
  }
  // "</title<link>" lacks its '>'.
  const std::size_t stop = std::min(end, other);
  std::string_view name = in_.substr(at_ + 2, stop - at_ - 2);
  while (!name.empty() && is_ascii_space(name.front())) {
    name.remove_prefix(1);
  }
  name = name.substr(0, name.find_first_of(" \t\r\n/"));
  at_ = stop + (stop == end ? 1 : 0);
  close(name);
  return true;
}

// Where an unclosed section ends: before its element's end tag, when another section
// begins between that and the next "]]>".
std::size_t XmlReader::unclosed_cdata_end(std::string_view content) const {
  if (name_starts_.empty()) {
    return content.npos;
  }
  return content.find("</" + std::string(top()) + '>');
}

bool XmlReader::read_cdata() {
  const std::size_t end = in_.find("]]>", at_);
  std::string_view content = in_.substr(at_, end == in_.npos ? end : end - at_);
  if (end == in_.npos && !last_) {
    return false;
  }
  const std::size_t nested = content.find(kCdata);
  if (end == in_.npos || nested != content.npos) {
    const std::size_t closing = unclosed_cdata_end(content);
    if (closing != content.npos && (end == in_.npos || closing < nested)) {
      append_cdata(content.substr(0, closing));
      at_ += closing;
      in_cdata_ = false;
      return true;
    }
  }
  append_cdata(content);
  if (end == in_.npos) {
    return cut();
  }
  at_ = end + 3;
  in_cdata_ = false;
  return true;
}

std::string_view XmlReader::top() const {
  return std::string_view(names_).substr(name_starts_.back());
}

void XmlReader::open(std::string_view name) {
  for (std::size_t missing = handler_.closes_before(name);
       missing > 0 && !name_starts_.empty(); --missing) {
    close_top(false);
  }
  if (name_starts_.size() >= limits::kMaxXmlDepth || name.size() > limits::kMaxXmlName) {
    return;  // its end tag will close nothing, or end an outer one of that name early
  }
  name_starts_.push_back(names_.size());
  names_ += name;
  handler_.start(name, attributes_);
}

void XmlReader::close(std::string_view name) {
  for (std::size_t i = name_starts_.size(); i-- > 0;) {
    const std::size_t end =
        i + 1 < name_starts_.size() ? name_starts_[i + 1] : names_.size();
    if (equals_ignoring_case(
            std::string_view(names_).substr(name_starts_[i], end - name_starts_[i]),
            name)) {
      while (name_starts_.size() > i + 1) {
        close_top(false);
      }
      close_top(true);
      return;
    }
  }
}

void XmlReader::close_top(bool closed) {
  handler_.end(top(), closed);
  names_.resize(name_starts_.back());
  name_starts_.pop_back();
}

}  // namespace siftd
