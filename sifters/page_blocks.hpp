#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/html.hpp"

namespace siftd {

// A line of a page as a reader sees it: a paragraph, heading, list item or table
// row, with what surrounds it.
struct Block {
  HtmlTree::Index begin = 0;  // its nodes in the tree
  HtmlTree::Index end = 0;
  HtmlTree::Index owner = 0;  // the innermost block element that holds it
  Tag tag = Tag::div;  // the owner's, or what makes it special (li, tr, blockquote)
  int heading = 0;     // 1 to 6
  std::string text;    // white space collapsed but for line breaks and tabs of cells
  std::uint32_t weight = 0;         // characters; a wide (CJK) one counts twice
  std::uint32_t link_weight = 0;    // of them inside links
  std::uint32_t strong_weight = 0;  // of them in bold
  std::uint32_t links = 0;
  std::uint32_t marks = 0;  // of the elements inside the block, its owner's included
  float likely = 0;   // how likely it is article text, 0 to 1, from itself and its place
  float company = 0;  // weight of the paragraphs around it, 0 to 1 of the largest such
  bool is_teaser = false;      // in a list of links to other articles
  const char* rule = nullptr;  // why it is out; nullptr: it is not
};

// A page as blocks in document order, and the marks of its elements.
struct PageBlocks {
  const HtmlTree* tree = nullptr;
  std::vector<std::uint32_t> marks;        // of each node, its own only
  std::vector<std::uint32_t> first_block;  // of each node: the first block not before it
  std::vector<Block> blocks;

  // Blocks of a subtree: [first, last).
  std::size_t first_of(HtmlTree::Index node) const { return first_block[node]; }
  std::size_t last_of(HtmlTree::Index node) const {
    return first_block[(*tree)[node].end];
  }
};

// Cuts the page into blocks. Whatever browsers do not show (scripts, styles,
// templates, fallbacks) makes none.
PageBlocks cut_into_blocks(const HtmlTree& tree);

// Characters of UTF-8 text that are no white space, wide ones twice.
std::uint32_t weight_of(std::string_view text);

}  // namespace siftd
