// Tokens in, new HTML out. Safety does not hang on reading the input as browsers do:
// nothing is copied that was not first recognised, so what is misread is lost or
// becomes text, and is never markup.
#include "parsers/sanitize.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/entities.hpp"
#include "parsers/html_tokens.hpp"
#include "parsers/sanitize_tables.hpp"
#include "parsers/url.hpp"

namespace siftd {
namespace {

// Appends text as written: references decoded and escaped again where they must be.
void append_text(std::string& out, std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t special = find_any(text, at, '&', '<', '\0');
    out.append(text, at, special - at);
    at = special;
    if (at == text.size()) {
      break;
    }
    if (text[at] == '&') {
      const std::size_t start = out.size();
      const std::size_t used = decode_reference(text, at, out);
      if (used == 0) {
        out += "&amp;";
        ++at;
        continue;
      }
      at += used;
      if (out.size() == start + 1) {
        const char c = out.back();
        out.pop_back();
        append_html_escaped(out, {&c, 1});
      }
    } else {
      out += text[at] == '<' ? "&lt;" : "";
      ++at;
    }
  }
}

// The number that an attribute begins with; -1: none.
int leading_number(std::string_view text) {
  text = trim(text);
  int value = -1;
  for (const char c : text.substr(0, 6)) {
    if (!is_ascii_digit(c)) {
      break;
    }
    value = std::max(value, 0) * 10 + (c - '0');
  }
  return text.find('%') == text.npos ? value : -1;
}

class Sanitizer {
 public:
  Sanitizer(std::string_view html, std::string_view base, std::string& out)
      : html_(html), base_(base), out_(out), tokens_(html) {}

  void run() {
    HtmlToken token;
    while (tokens_.next(token)) {
      switch (token.kind) {
        case HtmlToken::Kind::text:
          if (dropping_ == nullptr) {
            append_text(out_, token.text);
          }
          break;
        case HtmlToken::Kind::start:
          start(token);
          break;
        case HtmlToken::Kind::end:
          end(token);
          break;
      }
    }
    while (!open_.empty()) {
      close_top();
    }
  }

 private:
  void start(const HtmlToken& token) {
    const ElementRule* rule = element_rule(local_name(token.name));
    if (dropping_ != nullptr) {
      drop_depth_ += rule == dropping_ ? 1 : 0;
      return;
    }
    if (rule == nullptr || rule->treatment == Treatment::unwrap) {
      if (rule != nullptr && rule->parts_words) {
        out_ += ' ';
      }
      return;
    }
    if (rule->treatment == Treatment::drop) {
      if (!rule->is_void && is_closed_later(rule)) {
        dropping_ = rule;
        drop_depth_ = 1;
      }
      return;
    }
    close_implied(*rule);
    if (open_.size() < limits::kMaxContentDepth) {
      write_tag(*rule, token);
    }
  }

  void end(const HtmlToken& token) {
    const ElementRule* rule = element_rule(local_name(token.name));
    if (dropping_ != nullptr) {
      if (rule == dropping_ && --drop_depth_ == 0) {
        dropping_ = nullptr;
      }
      return;
    }
    if (rule == nullptr || rule->treatment != Treatment::keep) {
      if (rule != nullptr && rule->parts_words) {
        out_ += ' ';
      }
      return;
    }
    if (rule->is_void) {
      if (rule->name == "br") {
        out_ += "<br>";  // </br>, as browsers take it
      }
      return;
    }
    const auto open = std::find(open_.rbegin(), open_.rend(), rule);
    if (open != open_.rend()) {
      for (auto count = open - open_.rbegin(); count >= 0; --count) {
        close_top();
      }
    }
  }

  // XHTML with a prefix: <xhtml:p>.
  static std::string_view local_name(std::string_view name) {
    const std::size_t colon = name.rfind(':');
    return colon == name.npos ? name : name.substr(colon + 1);
  }

  void close_top() {
    out_ += "</";
    out_ += open_.back()->name;
    out_ += '>';
    open_.pop_back();
  }

  // An element of this kind that nobody closes would swallow all that follows.
  bool is_closed_later(const ElementRule* rule) {
    if (std::find(never_closed_.begin(), never_closed_.end(), rule) !=
        never_closed_.end()) {
      return false;
    }
    const std::string closing = "</" + std::string(rule->name);
    if (find_ignoring_case(html_, closing, tokens_.position()) ==
        std::string_view::npos) {
      never_closed_.push_back(rule);
      return false;
    }
    return true;
  }

  // HTML's optional end tags: a <p> ends where a block begins, an <li> at the next.
  void close_implied(const ElementRule& rule) {
    while (!open_.empty()) {
      const Group top = open_.back()->group;
      const bool paragraph_ends = open_.back()->name == "p" &&
                                  rule.group != Group::none && rule.group != Group::cell;
      const bool sibling = top == rule.group && top != Group::block && top != Group::none;
      const bool row_ends = top == Group::cell && rule.group == Group::row;
      const bool part_ends =
          (top == Group::cell || top == Group::row) && rule.group == Group::table_part;
      if (!paragraph_ends && !sibling && !row_ends && !part_ends) {
        break;
      }
      close_top();
    }
  }

  void write_tag(const ElementRule& rule, const HtmlToken& token) {
    const std::size_t start = out_.size();
    out_ += '<';
    out_ += rule.name;
    const bool is_image = rule.name == "img";
    bool has_source = false;
    for (const HtmlAttribute& attribute : token.attributes) {
      const AttributeRule* known = attribute_rule(attribute.name);
      if (known != nullptr &&
          (known->sets == 0xFF || (known->sets & rule.attributes) != 0)) {
        has_source |= write_attribute(*known, attribute.value) && known->name == "src";
      }
    }
    if (is_image) {
      if (!has_source) {
        has_source = write_lazy_source(token);
      }
      if (!has_source || is_pixel(token)) {
        out_.resize(start);
        return;
      }
    }
    out_ += '>';
    if (!rule.is_void) {
      open_.push_back(&rule);
    }
  }

  // True when something was written.
  bool write_attribute(const AttributeRule& rule, std::string_view raw) {
    std::string decoded;
    std::string_view value = raw;
    if (raw.find('&') != raw.npos) {
      decoded = decode_references(raw);
      value = decoded;
    }
    std::string url;
    if (rule.is_url) {
      url = safe_url(value, rule.name == "href");
      if (url.empty()) {
        return false;
      }
      value = url;
    }
    out_ += ' ';
    out_ += rule.name;
    out_ += "=\"";
    if (value.find_first_of("&<>\"") == value.npos) {
      out_ += value;
    } else {
      append_html_escaped(out_, value);
    }
    out_ += '"';
    return true;
  }

  std::string safe_url(std::string_view value, bool is_link) const {
    std::string url = resolve_url(base_, value);
    if (url.size() == value.size() + 1 && url.back() == '/' && url.starts_with(value)) {
      url.pop_back();  // "http://example.org" may stay as it is
    }
    if (url.empty() && is_link) {
      value = trim(value);
      if ((starts_with_ignoring_case(value, "mailto:") ||
           starts_with_ignoring_case(value, "tel:")) &&
          value.size() <= limits::kMaxUrlBytes) {
        return std::string(value);
      }
    }
    return is_link || !is_tracker(url) ? url : "";
  }

  // Scripts that load pictures late keep the address elsewhere.
  bool write_lazy_source(const HtmlToken& token) {
    for (const HtmlAttribute& attribute : token.attributes) {
      for (const std::string_view name :
           {"data-src", "data-lazy-src", "data-original", "data-orig-file"}) {
        if (equals_ignoring_case(attribute.name, name) &&
            write_attribute(*attribute_rule("src"), attribute.value)) {
          return true;
        }
      }
    }
    return false;
  }

  // One or no dot to see.
  static bool is_pixel(const HtmlToken& token) {
    int smallest = 1000;
    int largest = -1;
    for (const HtmlAttribute& attribute : token.attributes) {
      if (equals_ignoring_case(attribute.name, "width") ||
          equals_ignoring_case(attribute.name, "height")) {
        const int size = leading_number(attribute.value);
        if (size >= 0) {
          smallest = std::min(smallest, size);
          largest = std::max(largest, size);
        }
      } else if (equals_ignoring_case(attribute.name, "style")) {
        std::string style = to_ascii_lower(attribute.value);
        std::erase_if(style, is_ascii_space);
        if (style.find("display:none") != style.npos ||
            style.find("visibility:hidden") != style.npos) {
          return true;
        }
      }
    }
    return (largest >= 0 && largest <= 1) || smallest == 0;
  }

  std::string_view html_;
  std::string_view base_;
  std::string& out_;
  HtmlTokens tokens_;
  std::vector<const ElementRule*> open_;
  const ElementRule* dropping_ = nullptr;
  std::size_t drop_depth_ = 0;
  std::vector<const ElementRule*> never_closed_;
};

}  // namespace

void sanitize_html(std::string_view html, std::string_view base, std::string& out) {
  Sanitizer(html, base, out).run();
}

std::string sanitize_html(std::string_view html, std::string_view base) {
  std::string out;
  out.reserve(html.size());
  sanitize_html(html, base, out);
  return out;
}

}  // namespace siftd
