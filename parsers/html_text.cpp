#include "parsers/html_text.hpp"

#include "parsers/chars.hpp"
#include "parsers/entities.hpp"
#include "parsers/html_tokens.hpp"
#include "parsers/sanitize_tables.hpp"

namespace siftd {
namespace {

// "vector<int>" in a title is text; "<o:p>" and "<my-tag a=b>" are markup that HTML
// does not know.
bool is_literal_tag(const HtmlToken& token) {
  return token.attributes.empty() && token.name.find_first_of(":-") == token.name.npos;
}

// Skips what is dropped with its content, when it has an end.
bool skip_dropped(HtmlTokens& tokens, const ElementRule* rule) {
  const std::size_t before = tokens.position();
  HtmlToken token;
  while (tokens.next(token)) {
    if (token.kind == HtmlToken::Kind::end && element_rule(token.name) == rule) {
      return true;
    }
  }
  tokens.rewind(before);
  return false;
}

}  // namespace

std::string text_of_html(std::string_view html) {
  if (html.find_first_of("<&") == html.npos) {
    return collapse_spaces(html);
  }
  std::string text;
  text.reserve(html.size());
  HtmlTokens tokens(html);
  HtmlToken token;
  bool may_drop = true;
  std::size_t start = 0;
  for (; tokens.next(token); start = tokens.position()) {
    if (token.kind == HtmlToken::Kind::text) {
      if (token.text.find('&') == token.text.npos) {
        text += token.text;
      } else {
        text += decode_references(token.text);
      }
      continue;
    }
    const ElementRule* rule = element_rule(token.name);
    if (rule == nullptr && is_literal_tag(token)) {
      text += html.substr(start, tokens.position() - start);
    } else if (rule != nullptr && rule->treatment == Treatment::drop && !rule->is_void &&
               token.kind == HtmlToken::Kind::start && may_drop) {
      may_drop = skip_dropped(tokens, rule);
    } else if (rule != nullptr && rule->parts_words) {
      text += ' ';
    }
  }
  return collapse_spaces(text);
}

bool looks_like_html(std::string_view text) {
  std::string scratch;
  for (std::size_t at = text.find_first_of("<&"); at != text.npos;
       at = text.find_first_of("<&", at + 1)) {
    if (text[at] == '&') {
      if (decode_reference(text, at, scratch) > 0) {
        return true;
      }
      continue;
    }
    std::size_t name = at + 1;
    name += name < text.size() && text[name] == '/' ? 1u : 0u;
    std::size_t end = name;
    while (end < text.size() && is_ascii_alnum(text[end])) {
      ++end;
    }
    const bool delimited = end < text.size() && (is_ascii_space(text[end]) ||
                                                 text[end] == '>' || text[end] == '/');
    if (end > name && delimited &&
        element_rule(text.substr(name, end - name)) != nullptr) {
      return true;
    }
  }
  return false;
}

}  // namespace siftd
