#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sifters/page_blocks.hpp"

namespace siftd {

// Words of a text, hashed: a cheap way to ask how much of one text is in another.
class WordBag {
 public:
  WordBag() = default;
  explicit WordBag(std::string_view text);

  bool is_empty() const { return hashes_.empty(); }
  std::size_t size() const { return hashes_.size(); }
  // The share of the text's runs of three words that are in this bag, 0 to 1.
  double share_of(std::string_view text) const;

 private:
  std::vector<std::uint64_t> hashes_;  // sorted
};

// A container that was considered for the article.
struct Candidate {
  HtmlTree::Index node = 0;
  double likely_weight = 0;  // of its blocks: weight times likelihood
  double weight = 0;         // of all its blocks that are not out already
  double score = 0;          // expected F1 of taking it as the article, times its bonus
  double bonus = 1;
};

// What the page and the feed say of the text: evidence beside the tree.
struct Evidence {
  WordBag text;     // the feed's text or the page's JSON-LD articleBody
  WordBag summary;  // the feed's summary, the page's description
};

// Takes out what the elements' names and tags call something else than the article
// (sets Block::rule), unless that would take most of the page's text: names lie.
void take_out_marked(PageBlocks& page);

// Sets Block::likely of every block from its length, links, punctuation and place.
void judge_blocks(PageBlocks& page, const Evidence& evidence);

// The containers by score, best first, at most `limit`; empty: the page has no text.
std::vector<Candidate> choose_container(const PageBlocks& page, std::size_t limit);

}  // namespace siftd
