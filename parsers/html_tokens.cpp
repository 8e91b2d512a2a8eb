#include "parsers/html_tokens.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "parsers/chars.hpp"

namespace siftd {
namespace {

bool is_raw_text(std::string_view name) {
  for (const std::string_view raw :
       {"script", "style", "xmp", "noembed", "noframes", "textarea", "title"}) {
    if (equals_ignoring_case(name, raw)) {
      return true;
    }
  }
  return false;
}

bool ends_name(char c) {
  return is_ascii_space(c) || c == '/' || c == '>';
}

// The end tag of a raw text element, from `from`.
std::size_t raw_text_end(std::string_view html, std::size_t from, std::string_view name) {
  while (true) {
    const std::size_t at = html.find("</", from);
    if (at == html.npos) {
      return html.size();
    }
    const std::size_t behind = at + 2 + name.size();
    if (starts_with_ignoring_case(html.substr(at + 2), name) &&
        (behind == html.size() || ends_name(html[behind]))) {
      return at;
    }
    from = at + 2;
  }
}

}  // namespace

bool HtmlTokens::next(HtmlToken& token) {
  if (!raw_until_.empty()) {
    const std::size_t end = raw_text_end(html_, at_, raw_until_);
    raw_until_ = {};
    if (end > at_) {
      token.kind = HtmlToken::Kind::text;
      token.text = html_.substr(at_, end - at_);
      at_ = end;
      return true;
    }
  }
  while (at_ < html_.size()) {
    if (html_[at_] == '<') {
      const std::size_t start = at_;
      if (markup(token)) {
        return true;
      }
      if (at_ != start) {
        continue;  // a comment or a cut tag
      }
    }
    // A '<' that begins nothing is text.
    const std::size_t end = std::min(html_.find('<', at_ + 1), html_.size());
    token.kind = HtmlToken::Kind::text;
    token.text = html_.substr(at_, end - at_);
    at_ = end;
    return true;
  }
  return false;
}

// At '<'. True: a tag. False with at_ moved: something without content; false with
// at_ as it was: text.
bool HtmlTokens::markup(HtmlToken& token) {
  const char after = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
  if (is_ascii_alpha(after)) {
    token.kind = HtmlToken::Kind::start;
    at_ += 1;
    return tag(token);
  }
  if (after == '/') {
    if (at_ + 2 < html_.size() && is_ascii_alpha(html_[at_ + 2])) {
      token.kind = HtmlToken::Kind::end;
      at_ += 2;
      return tag(token);
    }
    at_ = std::min(html_.find('>', at_), html_.size() - 1) + 1;
    return false;
  }
  const char third = at_ + 2 < html_.size() ? html_[at_ + 2] : '\0';
  const bool declares =
      after == '!' && (is_ascii_alpha(third) || third == '-' || third == '[');
  if (declares || after == '?') {
    skip_comment();
  }
  return false;
}

void HtmlTokens::skip_comment() {
  const std::string_view rest = html_.substr(at_);
  std::size_t end;
  if (rest.starts_with("<!--")) {
    end = rest.starts_with("<!-->")    ? 4
          : rest.starts_with("<!--->") ? 5
                                       : rest.find("-->", 4);
    // An unclosed comment would swallow the article; it ends with its line instead.
    end = end == rest.npos ? rest.find('\n', 4) : end < 6 ? end : end + 2;
  } else if (rest.starts_with("<![CDATA[")) {
    at_ += 9;  // feeds wrap HTML in it twice; its content is HTML
    return;
  } else {
    end = rest.find('>');
  }
  at_ += end >= rest.size() ? rest.size() : end + 1;
}

void HtmlTokens::skip_spaces() {
  while (at_ < html_.size() && (is_ascii_space(html_[at_]) || html_[at_] == '/')) {
    ++at_;
  }
}

bool HtmlTokens::tag(HtmlToken& token) {
  const std::size_t start = at_;
  while (at_ < html_.size() && !ends_name(html_[at_])) {
    ++at_;
  }
  token.name = html_.substr(start, at_ - start);
  token.attributes.clear();
  while (true) {
    skip_spaces();
    if (at_ >= html_.size()) {
      return false;
    }
    if (html_[at_] == '>') {
      ++at_;
      break;
    }
    if (!attribute(token)) {
      return false;
    }
  }
  if (token.kind == HtmlToken::Kind::start && is_raw_text(token.name)) {
    raw_until_ = token.name;
  }
  return true;
}

bool HtmlTokens::attribute(HtmlToken& token) {
  const std::size_t start = at_;
  ++at_;  // a '=' in front belongs to the name
  while (at_ < html_.size() && !ends_name(html_[at_]) && html_[at_] != '=') {
    ++at_;
  }
  HtmlAttribute attribute{html_.substr(start, at_ - start), {}};
  while (at_ < html_.size() && is_ascii_space(html_[at_])) {
    ++at_;
  }
  if (at_ < html_.size() && html_[at_] == '=') {
    ++at_;
    while (at_ < html_.size() && is_ascii_space(html_[at_])) {
      ++at_;
    }
    if (at_ >= html_.size()) {
      return false;
    }
    const char quote = html_[at_];
    std::size_t end;
    if (quote == '"' || quote == '\'') {
      ++at_;
      end = html_.find(quote, at_);
      if (end == html_.npos) {
        // The quote is never closed: the tag ends where the next '>' is.
        end = std::min(html_.find('>', at_), html_.size());
        attribute.value = html_.substr(at_, end - at_);
        at_ = end;
      } else {
        attribute.value = html_.substr(at_, end - at_);
        at_ = end + 1;
      }
    } else {
      end = at_;
      while (end < html_.size() && !is_ascii_space(html_[end]) && html_[end] != '>') {
        ++end;
      }
      attribute.value = html_.substr(at_, end - at_);
      at_ = end;
    }
  }
  if (token.attributes.size() < limits::kMaxTagAttributes) {
    token.attributes.push_back(attribute);
  }
  return true;
}

}  // namespace siftd
