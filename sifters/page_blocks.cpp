#include "sifters/page_blocks.hpp"

#include <algorithm>
#include <bit>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "sifters/vocabulary.hpp"

namespace siftd {

namespace {

using Index = HtmlTree::Index;

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// No-break, ideographic and zero-width spaces, at the beginning of `text`.
bool is_wide_space(std::string_view text) {
  return text.starts_with("\u00A0") || text.starts_with("\u3000") ||
         text.starts_with("\u200B") || text.starts_with("\uFEFF") ||
         text.starts_with("\u200C") || text.starts_with("\u200D");
}

// Where the run of bytes that are no white space ends.
std::size_t end_of_word(std::string_view text, std::size_t at) {
  while (at < text.size() && !is_space(text[at])) {
    ++at;
  }
  return at;
}

// Elements whose text is never part of the page as read.
bool is_unread(Tag tag) {
  switch (tag) {
    case Tag::script:
    case Tag::style:
    case Tag::template_:
    case Tag::noscript:
    case Tag::iframe:
    case Tag::object:
    case Tag::canvas:
    case Tag::svg:
    case Tag::audio:
    case Tag::video:
    case Tag::map:
    case Tag::head:
    case Tag::select:
    case Tag::option:
    case Tag::textarea:
    case Tag::button:
    case Tag::rp:
    case Tag::rt:
      return true;
    default:
      return false;
  }
}

// Whether a table holds data, so that its rows are lines: cells are short and hold
// no blocks of weight. Others lay out the page.
bool is_data_table(const HtmlTree& tree, Index table) {
  std::size_t rows = 0;
  std::size_t cells = 0;
  for (Index i = table + 1; i < tree[table].end; ++i) {
    const Tag tag = tree[i].tag;
    rows += tag == Tag::tr ? 1 : 0;
    if (tag == Tag::table || heading_level(tag) == 1) {
      return false;
    }
    if (tag != Tag::td && tag != Tag::th) {
      continue;
    }
    ++cells;
    std::size_t size = 0;
    for (Index k = i + 1; k < tree[i].end; ++k) {
      size += tree[k].tag == Tag::text ? tree[k].text_size : 0;
      if (size > limits::kMaxCellBytes || tree[k].tag == Tag::table) {
        return false;
      }
    }
  }
  return rows >= 2 && cells >= 2 * rows - 1;
}

class Cutter {
 public:
  explicit Cutter(const HtmlTree& tree) : tree_(tree) {
    page_.tree = &tree;
    page_.marks.resize(tree.size());
    page_.first_block.resize(tree.size() + 1);
  }

  PageBlocks cut() {
    Index i = 0;
    while (i < tree_.size()) {
      leave_until(i);
      page_.first_block[i] = static_cast<std::uint32_t>(page_.blocks.size());
      i = enter(i);
    }
    leave_until(tree_.size());
    flush();
    page_.first_block[tree_.size()] = static_cast<std::uint32_t>(page_.blocks.size());
    return std::move(page_);
  }

 private:
  struct Open {
    Index node;
    Index end;
  };

  // Closes the block elements that end before node `i`.
  void leave_until(Index i) {
    while (!open_.empty() && open_.back().end <= i) {
      flush();
      open_.pop_back();
    }
    if (i >= data_table_end_) {
      data_table_end_ = 0;
    }
  }

  // Handles a node; gives the next one to handle.
  Index enter(Index i) {
    const HtmlTree::Node& node = tree_[i];
    if (node.tag == Tag::text) {
      add_text(i);
      return i + 1;
    }
    page_.marks[i] = marks_of(tree_, i, known_);
    if (is_unread(node.tag)) {
      skip(i);
      return node.end;
    }
    const bool in_table = data_table_end_ != 0;
    if (node.tag == Tag::table && !in_table && is_data_table(tree_, i)) {
      open_block(i);
      data_table_end_ = node.end;
    } else if (in_table ? node.tag == Tag::tr : is_own_line(node.tag)) {
      open_block(i);
    } else if (in_table && (node.tag == Tag::td || node.tag == Tag::th)) {
      add_cell();
    } else if (node.tag == Tag::br || (in_table && is_block(node.tag))) {
      add_break(in_table);
    } else {
      add_inline(i);
    }
    return i + 1;
  }

  static bool is_own_line(Tag tag) {
    return is_block(tag) || tag == Tag::td || tag == Tag::th || tag == Tag::figure;
  }

  // A skipped subtree still needs its nodes' places in the list of blocks.
  void skip(Index i) {
    for (Index k = i; k < tree_[i].end; ++k) {
      page_.first_block[k] = static_cast<std::uint32_t>(page_.blocks.size());
    }
  }

  void open_block(Index i) {
    flush();
    page_.first_block[i] = static_cast<std::uint32_t>(page_.blocks.size());
    open_.push_back({i, tree_[i].end});
  }

  void add_inline(Index i) {
    const HtmlTree::Node& node = tree_[i];
    if (node.tag == Tag::a && node.end > link_end_) {
      link_end_ = node.end;
      ++pending_links_;
    } else if (node.tag == Tag::b || node.tag == Tag::strong) {
      strong_end_ = std::max(strong_end_, node.end);
    } else if (node.tag == Tag::pre) {
      pre_end_ = std::max(pre_end_, node.end);
    }
    inline_marks_ |= page_.marks[i];
  }

  void add_cell() {
    if (!block_.text.empty()) {
      trim_end();
      block_.text.push_back('\t');
      space_ = false;
    }
  }

  // Two breaks in a row end a paragraph; one ends a line.
  void add_break(bool in_table) {
    if (in_table) {
      space_ = true;
      return;
    }
    if (block_.text.empty()) {
      return;
    }
    trim_end();
    if (block_.text.back() == '\n') {
      flush();
    } else {
      block_.text.push_back('\n');
      space_ = false;
    }
  }

  void trim_end() {
    while (!block_.text.empty() && block_.text.back() == ' ') {
      block_.text.pop_back();
    }
  }

  void add_text(Index i) {
    const std::string_view text = tree_.text(i);
    const bool keeps_lines = !open_.empty() && tree_[open_.back().node].tag == Tag::pre;
    const std::size_t before = block_.text.size();
    bool any = false;
    for (std::size_t k = 0; k < text.size();) {
      if (is_space(text[k])) {
        if (keeps_lines && text[k] == '\n' && !block_.text.empty()) {
          trim_end();
          block_.text.push_back('\n');
          space_ = false;
        } else {
          space_ = true;
        }
        ++k;
        continue;
      }
      if (space_ && !block_.text.empty() && block_.text.back() != '\n' &&
          block_.text.back() != '\t') {
        block_.text.push_back(' ');
      }
      space_ = false;
      any = true;
      const std::size_t end = end_of_word(text, k);
      block_.text.append(text, k, end - k);
      k = end;
    }
    if (!any) {
      return;
    }
    if (block_.weight == 0) {
      block_.begin = i;
    }
    block_.end = i + 1;
    const std::uint32_t weight = weight_of(
        std::string_view(block_.text).substr(std::min(before, block_.text.size())));
    block_.weight += weight;
    block_.link_weight += i < link_end_ ? weight : 0;
    block_.strong_weight += i < strong_end_ ? weight : 0;
  }

  void flush() {
    while (!block_.text.empty() && (is_space(block_.text.back()))) {
      block_.text.pop_back();
    }
    if (block_.weight != 0) {
      place();
      page_.blocks.push_back(std::move(block_));
    }
    block_ = Block{};
    space_ = false;
    inline_marks_ = 0;
    pending_links_ = 0;
  }

  // Says where the finished block stands.
  void place() {
    block_.owner = open_.empty() ? 0 : open_.back().node;
    block_.tag = tree_[block_.owner].tag;
    block_.marks = inline_marks_ | page_.marks[block_.owner];
    block_.links = pending_links_;
    block_.heading = heading_level(block_.tag);
    for (Index at = block_.owner; at != HtmlTree::kNone && at != 0;
         at = tree_[at].parent) {
      const Tag tag = tree_[at].tag;
      if (tag == Tag::li || tag == Tag::tr || tag == Tag::dd || tag == Tag::dt ||
          tag == Tag::pre) {
        block_.tag = tag;
        break;
      }
      if (heading_level(tag) != 0) {
        block_.heading = heading_level(tag);
        break;
      }
      if (is_container(tag)) {
        break;
      }
    }
  }

  static bool is_container(Tag tag) {
    return tag == Tag::div || tag == Tag::section || tag == Tag::article ||
           tag == Tag::table || tag == Tag::td || tag == Tag::main || tag == Tag::body ||
           tag == Tag::ul || tag == Tag::ol;
  }

  const HtmlTree& tree_;
  PageBlocks page_;
  KnownMarks known_;
  std::vector<Open> open_;
  Block block_;
  bool space_ = false;
  std::uint32_t inline_marks_ = 0;
  std::uint32_t pending_links_ = 0;
  Index link_end_ = 0;
  Index strong_end_ = 0;
  Index pre_end_ = 0;
  Index data_table_end_ = 0;
};

}  // namespace

std::uint32_t weight_of(std::string_view text) {
  std::uint32_t weight = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Eight bytes of ASCII at once, as long as their only white space is blanks.
    for (; i + 8 <= text.size(); i += 8) {
      const std::uint64_t word = swar::load(text.data() + i);
      if ((word & swar::kHighs) != 0 || swar::control(word) != 0) {
        break;
      }
      weight += 8U - static_cast<std::uint32_t>(std::popcount(swar::equal(word, ' ')));
    }
    if (i == text.size()) {
      break;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      weight += is_space(text[i]) ? 0U : 1U;
    } else if (is_wide_space(text.substr(i, 3))) {
      continue;
    } else if (c >= 0xC0) {
      weight += c >= 0xE3 && c <= 0xED ? 2U : 1U;  // Kana, Han, Hangul
    }
  }
  return weight;
}

PageBlocks cut_into_blocks(const HtmlTree& tree) {
  return Cutter(tree).cut();
}

}  // namespace siftd
