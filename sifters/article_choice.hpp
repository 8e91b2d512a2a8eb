#pragma once

#include <optional>
#include <vector>

#include "sifters/page_blocks.hpp"
#include "sifters/text_evidence.hpp"

namespace siftd {

// A container that was considered for the article.
struct Container {
  HtmlTree::Index node = 0;
  double likely_weight = 0;  // of its blocks: weight times likelihood
  double weight = 0;         // of all its blocks that are not out already
  double score = 0;          // expected F1 of taking it as the article, times its bonus
  double bonus = 1;
};

// What the page and the feed say of the text: evidence beside the tree.
struct PageEvidence {
  TextEvidence body;  // the page's JSON-LD articleBody
  TextEvidence feed;  // the feed's text and summary
};

// The block that shows the article's title; nothing: none does.
std::optional<std::size_t> find_headline(const PageBlocks& page, std::string_view title);

// Sets Block::likely of every block from its own shape alone: length, links,
// punctuation.
void judge_shapes(PageBlocks& page);

// Takes out what the elements' names and tags call something else than the article
// (sets Block::rule), unless that would take most of the page's text or its headline:
// names lie.
void take_out_marked(PageBlocks& page, std::optional<std::size_t> headline);

// Corrects Block::likely by the company that the block stands in and the evidence.
void judge_blocks(PageBlocks& page, std::optional<std::size_t> headline,
                  const PageEvidence& evidence);

// The containers by score, best first, at most `limit`; empty: the page has no text.
std::vector<Container> choose_container(const PageBlocks& page, std::size_t limit);

}  // namespace siftd
