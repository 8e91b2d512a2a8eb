// MyHTML behind HtmlTree. Its parser is fed in pieces, so that a page that
// explodes (nesting, formatting elements that multiply) is stopped between two of
// them; its tree is copied into HtmlTree without recursion and then let go.
#include "parsers/html.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <myhtml/myhtml.h>
#include <myhtml/tree.h>
#include <new>
#include <optional>
#include <utility>
#include <xxhash.h>

#include "base/limits.hpp"
#include "parsers/html_names.hpp"
#include "parsers/html_needed.hpp"
#include "parsers/html_tags.hpp"

namespace siftd {

namespace {

// One thread's parser. What a large page made it allocate is given back after it.
class Parser {
 public:
  Parser() : html_(myhtml_create()), tree_(myhtml_tree_create()) {
    if (html_ == nullptr || tree_ == nullptr ||
        myhtml_init(html_, MyHTML_OPTIONS_PARSE_MODE_SINGLE, 1, 4096) !=
            MyHTML_STATUS_OK ||
        myhtml_tree_init(tree_, html_) != MyHTML_STATUS_OK) {
      release();
      throw std::bad_alloc();
    }
  }
  ~Parser() { release(); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  // The whole of the page, or as much as the limits allow; why it was cut.
  std::string parse(std::string_view page) {
    tokens_ = 0;
    nodes_ = 0;
    myhtml_tree_clean(tree_);
    myhtml_encoding_set(tree_, MyENCODING_UTF_8);
    myhtml_callback_before_token_done_set(tree_, &Parser::count_token, this);
    myhtml_callback_tree_node_insert_set(tree_, &Parser::count_node, this);
    std::string cut = feed(page);
    myhtml_parse_chunk_end(tree_);
    return cut;
  }

  // Of the page that was parsed; those that were taken out of the tree again too.
  std::size_t nodes() const { return nodes_; }
  myhtml_tree_node_t* document() const { return myhtml_tree_get_document(tree_); }

  std::string storage;  // of the page that it reads, used again for the next

 private:
  // Small pieces cost time (MyHTML looks for a text's piece one by one), large ones
  // give formatting elements room to multiply before they are counted.
  static constexpr std::size_t kPiece = 8192;
  static constexpr std::size_t kSmallPiece = 1024;
  static constexpr std::size_t kManyFormatting = 32;

  static void* count_token(myhtml_tree_t*, myhtml_token_node_t*, void* self) {
    ++static_cast<Parser*>(self)->tokens_;
    return self;  // MyHTML takes it as the context of the next call
  }
  static void count_node(myhtml_tree_t*, myhtml_tree_node_t*, void* self) {
    ++static_cast<Parser*>(self)->nodes_;
  }

  // How much of a piece to feed. MyHTML does not know again what begins in one and ends
  // in the next: a character reference, and the end tag of an element that holds raw text
  // ("</title>"; it takes the rest of the page for that text).
  static std::size_t whole_marks(std::string_view piece) {
    const std::size_t near = piece.size() - limits::kMaxEntityName;
    const std::string_view end = piece.substr(near);
    const std::size_t tag = end.rfind('<');
    if (tag != end.npos && end.find('>', tag) == end.npos) {
      return near + tag;
    }
    const std::size_t reference = end.rfind('&');
    return reference == end.npos || end.find(';', reference) != end.npos
               ? piece.size()
               : near + reference;
  }

  std::string feed(std::string_view page) {
    std::size_t size = kPiece;
    for (std::size_t at = 0; at < page.size(); at += size) {
      size = tree_->active_formatting->length > kManyFormatting ? kSmallPiece : kPiece;
      const std::string_view piece = page.substr(at, size);
      size = piece.size() < page.size() - at ? whole_marks(piece) : piece.size();
      if (myhtml_parse_chunk_single(tree_, piece.data(), size) != MyHTML_STATUS_OK) {
        throw std::bad_alloc();  // its only failure
      }
      if (tree_->open_elements->length > limits::kMaxOpenElements) {
        return "elements are nested deeper than " +
               std::to_string(limits::kMaxOpenElements);
      }
      if (tokens_ > limits::kMaxHtmlTokens || nodes_ > limits::kMaxHtmlTokens) {
        return "more than " + std::to_string(limits::kMaxHtmlTokens) + " tags";
      }
    }
    return {};
  }

  void release() {
    if (tree_ != nullptr) {
      tree_ = myhtml_tree_destroy(tree_);
    }
    if (html_ != nullptr) {
      html_ = myhtml_destroy(html_);
    }
  }

  myhtml_t* html_;
  myhtml_tree_t* tree_;
  std::size_t tokens_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace

// Copies MyHTML's tree, in document order, with a cursor instead of recursion.
class HtmlTreeBuilder {
 public:
  explicit HtmlTreeBuilder(HtmlTree& tree) : tree_(tree) {}

  // `nodes`: how many there are, about.
  void copy(myhtml_tree_node_t* document, std::size_t nodes) {
    tree_.nodes_.reserve(nodes + 1);
    tree_.nodes_.push_back({});
    open_.push_back(0);
    myhtml_tree_node_t* at = myhtml_node_child(document);
    while (at != nullptr) {
      const bool goes_down = add(at) && myhtml_node_child(at) != nullptr;
      if (goes_down) {
        at = myhtml_node_child(at);
        continue;
      }
      close();
      while (at != nullptr && myhtml_node_next(at) == nullptr) {
        at = myhtml_node_parent(at);
        if (at == document || at == nullptr) {
          at = nullptr;
          break;
        }
        close();
      }
      at = at == nullptr ? nullptr : myhtml_node_next(at);
    }
    while (!open_.empty()) {
      close();
    }
  }

 private:
  // Adds the node and makes it the open one; false: its children are not wanted.
  bool add(myhtml_tree_node_t* from) {
    HtmlTree::Node node;
    const std::size_t id = myhtml_node_tag_id(from);
    node.tag = tag_of(id);
    node.parent = open_.back();
    node.depth = static_cast<std::uint16_t>(std::min<std::size_t>(open_.size(), 0xffff));
    if (node.tag == Tag::text) {
      add_text(from, node);
    } else if (id != MyHTML_TAG__COMMENT && id != MyHTML_TAG__DOCTYPE) {
      add_attributes(from, node);
    }
    const bool is_opaque = node.tag == Tag::svg || node.tag == Tag::style ||
                           id == MyHTML_TAG__COMMENT || id == MyHTML_TAG__DOCTYPE;
    open_.push_back(tree_.size());
    tree_.nodes_.push_back(node);
    return !is_opaque;
  }

  void close() {
    tree_.nodes_[open_.back()].end = tree_.size();
    open_.pop_back();
  }

  void add_text(myhtml_tree_node_t* from, HtmlTree::Node& node) {
    std::size_t size = 0;
    const char* text = myhtml_node_text(from, &size);
    const Tag parent = tree_.nodes_[node.parent].tag;
    if (text == nullptr || (parent == Tag::script && !is_data_script(node.parent))) {
      return;
    }
    node.text = static_cast<std::uint32_t>(tree_.text_.size());
    node.text_size = static_cast<std::uint32_t>(size);
    tree_.text_.append(text, size);
  }

  bool is_data_script(HtmlTree::Index script) const {
    return tree_.attribute(script, Attr::type).find("json") != std::string_view::npos;
  }

  void add_attributes(myhtml_tree_node_t* from, HtmlTree::Node& node) {
    node.first_attribute = static_cast<std::uint32_t>(tree_.values_.size());
    for (myhtml_tree_attr_t* attr = myhtml_node_attribute_first(from); attr != nullptr;
         attr = myhtml_attribute_next(attr)) {
      std::size_t size = 0;
      const char* key = myhtml_attribute_key(attr, &size);
      const std::optional<Attr> ours =
          key == nullptr ? std::nullopt : attribute_of({key, size});
      if (!ours || node.attributes == limits::kMaxAttributes) {
        continue;
      }
      const char* text = myhtml_attribute_value(attr, &size);
      const std::string_view value(text, text == nullptr ? 0 : size);
      if (*ours == Attr::class_ && !value.empty()) {
        add_classes(value, node);
      } else {
        tree_.values_.push_back(add_value(*ours, value));
      }
      ++node.attributes;
    }
  }

  HtmlTree::Value add_value(Attr attr, std::string_view value) {
    const auto offset = static_cast<std::uint32_t>(tree_.text_.size());
    tree_.text_.append(value);
    return {attr, offset, static_cast<std::uint32_t>(value.size())};
  }

  // Equal ones are there once.
  void add_classes(std::string_view value, HtmlTree::Node& node) {
    const auto [known, is_new] = classes_.try_emplace(value);
    if (is_new) {
      known->second = {++tree_.class_values_, add_value(Attr::class_, value)};
    }
    node.classes = known->second.number;
    tree_.values_.push_back(known->second.value);
  }

  struct Classes {
    std::uint32_t number = 0;
    HtmlTree::Value value{};
  };
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(std::string_view text) const {
      return XXH3_64bits(text.data(), text.size());
    }
  };

  HtmlTree& tree_;
  std::vector<HtmlTree::Index> open_;
  boost::unordered_flat_map<std::string_view, Classes, Hash> classes_;  // MyHTML's bytes
};

std::string_view HtmlTree::attribute(Index i, Attr attr) const {
  const Node& node = nodes_[i];
  for (std::uint32_t k = 0; k < node.attributes; ++k) {
    const Value& value = values_[node.first_attribute + k];
    if (value.attr == attr) {
      return std::string_view(text_).substr(value.offset, value.size);
    }
  }
  return {};
}

bool HtmlTree::has_attribute(Index i, Attr attr) const {
  const Node& node = nodes_[i];
  for (std::uint32_t k = 0; k < node.attributes; ++k) {
    if (values_[node.first_attribute + k].attr == attr) {
      return true;
    }
  }
  return false;
}

std::string HtmlTree::text_below(Index i) const {
  std::string all;
  for (Index k = i; k < nodes_[i].end; ++k) {
    if (nodes_[k].tag == Tag::text) {
      all += text(k);
    }
  }
  return all;
}

HtmlTree parse_html(std::string_view utf8) {
  thread_local std::unique_ptr<Parser> parser;
  if (!parser) {
    parser = std::make_unique<Parser>();
  }
  HtmlTree tree;
  const std::string_view page = utf8.substr(0, limits::kMaxPageBytes);
  const std::string_view needed = leave_out_unneeded(page, parser->storage);
  // MyHTML wants something to begin with.
  std::string cut = parser->parse(needed.empty() ? " " : needed);
  tree.text_.reserve(needed.size());
  HtmlTreeBuilder(tree).copy(parser->document(), parser->nodes());
  if (cut.empty() && page.size() < utf8.size()) {
    cut = "larger than " + std::to_string(limits::kMaxPageBytes) + " bytes";
  }
  tree.cut_why_ = std::move(cut);
  if (page.size() > limits::kKeptParserPage) {
    parser.reset();
  }
  return tree;
}

}  // namespace siftd
