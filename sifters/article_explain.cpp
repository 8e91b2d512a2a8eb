#include "sifters/article_explain.hpp"

#include <cstdio>

#include "parsers/chars.hpp"
#include "sifters/text.hpp"

namespace siftd {

namespace {

using Index = HtmlTree::Index;

const char* name_of(Tag tag) {
  static constexpr const char* kNames[] = {
      "other",    "text",       "a",      "abbr",       "address",  "article", "aside",
      "audio",    "b",          "base",   "blockquote", "body",     "br",      "button",
      "canvas",   "caption",    "center", "cite",       "code",     "dd",      "del",
      "details",  "dialog",     "div",    "dl",         "dt",       "em",      "embed",
      "fieldset", "figcaption", "figure", "font",       "footer",   "form",    "h1",
      "h2",       "h3",         "h4",     "h5",         "h6",       "head",    "header",
      "hr",       "html",       "i",      "iframe",     "img",      "input",   "ins",
      "label",    "legend",     "li",     "link",       "main",     "map",     "mark",
      "math",     "menu",       "meta",   "nav",        "noscript", "object",  "ol",
      "option",   "p",          "pre",    "q",          "rp",       "rt",      "ruby",
      "s",        "samp",       "script", "section",    "select",   "small",   "source",
      "span",     "strong",     "style",  "sub",        "summary",  "sup",     "svg",
      "table",    "tbody",      "td",     "template",   "textarea", "tfoot",   "th",
      "thead",    "time",       "title",  "tr",         "u",        "ul",      "var",
      "video",    "wbr"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(Tag::wbr) + 1);
  return kNames[static_cast<std::size_t>(tag)];
}

// "div#main.post-body": as a selector, long names cut.
std::string element(const HtmlTree& tree, Index i) {
  std::string text = name_of(tree[i].tag);
  const std::string_view id = tree.attribute(i, Attr::id);
  const std::string_view classes = tree.attribute(i, Attr::class_);
  if (!id.empty()) {
    text.append("#").append(id.substr(0, 30));
  }
  if (!classes.empty()) {
    text.append(".").append(classes.substr(0, 40));
  }
  return collapse_spaces(normalize_text(text));
}

std::string path(const HtmlTree& tree, Index i, std::size_t levels) {
  std::string text;
  for (Index at = i; at != HtmlTree::kNone && at != 0 && levels-- != 0;
       at = tree[at].parent) {
    std::string outer = element(tree, at);
    if (!text.empty()) {
      outer.append(" > ").append(text);
    }
    text = std::move(outer);
  }
  return text;
}

std::string one_line(std::string_view text, std::size_t bytes) {
  std::string line = normalize_text(text.substr(0, bytes));
  for (char& c : line) {
    c = c == '\n' || c == '\t' ? ' ' : c;
  }
  return line;
}

template <class... Values>
std::string print(const char* format, Values... values) {
  char text[200];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

}  // namespace

std::string explain_choice(const PageBlocks& page,
                           const std::vector<Container>& containers,
                           const Article& article) {
  const HtmlTree& tree = *page.tree;
  std::string report =
      article.found ? "article: found\n" : "article: none: " + article.reason + "\n";
  report += "title: " + article.title + "\n";
  if (!tree.cut_why().empty()) {
    report += "page: read in part only: " + tree.cut_why() + "\n";
  }
  report +=
      "\ncandidates: score = expected F1 x bonus; likely and all are weights of text\n";
  for (const Container& container : containers) {
    report += print("  %.3f  likely %6.0f  all %6.0f  bonus %.2f  ", container.score,
                    container.likely_weight, container.weight, container.bonus) +
              path(tree, container.node, 3) + "\n";
  }
  const std::size_t first = containers.empty() ? 0 : page.first_of(containers[0].node);
  const std::size_t last = containers.empty() ? 0 : page.last_of(containers[0].node);
  report += "\nblocks: likelihood, weight, of it links; + is the article's\n";
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    const Block& block = page.blocks[i];
    const bool is_inside = i >= first && i < last;
    report += print("%c %4.2f %5u %5u %-14s ", is_inside ? '|' : ' ',
                    static_cast<double>(block.likely), block.weight, block.link_weight,
                    block.rule != nullptr ? block.rule
                    : is_inside           ? "+"
                                          : "outside");
    report += one_line(block.text, 80) + "   [" + path(tree, block.owner, 3) + "]\n";
  }
  return report;
}

}  // namespace siftd
