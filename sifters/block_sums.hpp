#pragma once

#include <vector>

#include "sifters/page_blocks.hpp"

namespace siftd {

// The weights of a page's blocks summed up, for ranges in constant time. Blocks that
// are out already weigh nothing. A snapshot: later changes do not show.
class BlockSums {
 public:
  explicit BlockSums(const PageBlocks& page) {
    likely_.reserve(page.blocks.size() + 1);
    all_.reserve(page.blocks.size() + 1);
    likely_.push_back(0);
    all_.push_back(0);
    for (const Block& block : page.blocks) {
      const double weight = block.rule == nullptr ? block.weight : 0;
      likely_.push_back(likely_.back() + weight * static_cast<double>(block.likely));
      all_.push_back(all_.back() + weight);
    }
  }

  // Weight times likelihood of the blocks [first, last), and of all.
  double likely(std::size_t first, std::size_t last) const {
    return likely_[last] - likely_[first];
  }
  double likely() const { return likely_.back(); }
  // Weight of the blocks [first, last).
  double all(std::size_t first, std::size_t last) const {
    return all_[last] - all_[first];
  }

 private:
  std::vector<double> likely_;
  std::vector<double> all_;
};

}  // namespace siftd
