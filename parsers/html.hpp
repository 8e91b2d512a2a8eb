#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// The elements that siftd tells apart; `other` is inline, as browsers show
// unknown elements.
enum class Tag : std::uint8_t {
  other,
  text,  // not an element: a run of text
  a,
  abbr,
  address,
  article,
  aside,
  audio,
  b,
  base,
  blockquote,
  body,
  br,
  button,
  canvas,
  caption,
  center,
  cite,
  code,
  dd,
  del,
  details,
  dialog,
  div,
  dl,
  dt,
  em,
  embed,
  fieldset,
  figcaption,
  figure,
  font,
  footer,
  form,
  h1,
  h2,
  h3,
  h4,
  h5,
  h6,
  head,
  header,
  hr,
  html,
  i,
  iframe,
  img,
  input,
  ins,
  label,
  legend,
  li,
  link,
  main,
  map,
  mark,
  math,
  menu,
  meta,
  nav,
  noscript,
  object,
  ol,
  option,
  p,
  pre,
  q,
  rp,
  rt,
  ruby,
  s,
  samp,
  script,
  section,
  select,
  small,
  source,
  span,
  strong,
  style,
  sub,
  summary,
  sup,
  svg,
  table,
  tbody,
  td,
  template_,
  textarea,
  tfoot,
  th,
  thead,
  time,
  title,
  tr,
  u,
  ul,
  var,
  video,
  wbr,
};

// The attributes that the tree keeps.
enum class Attr : std::uint8_t {
  id,
  class_,
  href,
  src,
  rel,
  role,
  type,
  name,
  property,
  content,
  itemprop,
  datetime,
  style,
  hidden,
  aria_hidden,
  lang,
  test_id,
  component,
};

// An HTML document as a value: its nodes in document order (so a subtree is a
// range of indices), none deeper than limits::kMaxHtmlDepth. Owns its text.
class HtmlTree {
 public:
  using Index = std::uint32_t;
  static constexpr Index kNone = 0xffffffff;

  struct Node {
    Tag tag = Tag::other;
    std::uint16_t depth = 0;
    std::uint16_t attributes = 0;       // how many
    std::uint32_t first_attribute = 0;  // in the tree's list
    Index parent = kNone;
    Index end = 0;           // one past its last descendant
    std::uint32_t text = 0;  // of Tag::text, script and style: offset and size in bytes
    std::uint32_t text_size = 0;
    std::uint32_t classes = 0;  // the number of its class attribute's value; 0: none
  };

  // All nodes in document order; 0 is the document itself (Tag::other).
  const std::vector<Node>& nodes() const { return nodes_; }
  const Node& operator[](Index i) const { return nodes_[i]; }
  Index size() const { return static_cast<Index>(nodes_.size()); }

  // The text of a node of Tag::text, or the source of a script. UTF-8.
  std::string_view text(Index i) const {
    return std::string_view(text_).substr(nodes_[i].text, nodes_[i].text_size);
  }

  // The attribute's value with character references resolved; empty: none or empty.
  std::string_view attribute(Index i, Attr attr) const;
  bool has_attribute(Index i, Attr attr) const;

  // Calls use(Attr, std::string_view) for each attribute of a node, in their order.
  template <class Use>
  void each_attribute(Index i, const Use& use) const {
    const Node& node = nodes_[i];
    for (std::uint32_t k = 0; k < node.attributes; ++k) {
      const Value& value = values_[node.first_attribute + k];
      use(value.attr, std::string_view(text_).substr(value.offset, value.size));
    }
  }

  // How many values of class attributes there are, from 1: a page has hundreds of
  // elements of each, so that what was made of one is best kept by its number.
  std::uint32_t class_values() const { return class_values_; }

  // All text below a node; outside of <pre> runs of white space have become one.
  std::string text_below(Index i) const;

  // Why the rest of the document is missing from the tree; empty: it is not.
  const std::string& cut_why() const { return cut_why_; }

 private:
  friend class HtmlTreeBuilder;
  friend HtmlTree parse_html(std::string_view utf8);

  struct Value {
    Attr attr;
    std::uint32_t offset;
    std::uint32_t size;
  };

  std::vector<Node> nodes_;
  std::vector<Value> values_;
  std::string text_;
  std::uint32_t class_values_ = 0;
  std::string cut_why_;
};

// Parses UTF-8 as browsers do (the HTML standard's tree construction, scripting
// off). Never fails: bytes beyond limits::kMaxPageBytes, elements nested deeper
// than limits::kMaxOpenElements and tokens beyond limits::kMaxHtmlTokens end the
// tree early, and cut_why() says so. Any thread; keeps a parser for each.
HtmlTree parse_html(std::string_view utf8);

// Whether an element starts a line of its own.
bool is_block(Tag tag);
// h1 to h6: 1 to 6; else 0.
int heading_level(Tag tag);

}  // namespace siftd
