#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sifters/posting_table.hpp"

namespace siftd {

// A term of a story: its raw weights summed up, and how many articles have it.
struct StoryTerm {
  std::uint32_t packed;  // 24 bits of hash, 8 of count (255 at most)
  float weight;

  std::uint32_t hash() const { return packed >> 8; }
  std::uint32_t count() const { return packed & 255; }
};

// A story of two or more; of a single one, the article's record is enough.
struct Story {
  std::uint64_t name = 0;
  std::unique_ptr<StoryTerm[]> first_term;  // by hash
  std::uint32_t number = 0;                 // 0: this place is free
  std::uint32_t count = 0;                  // articles in memory
  std::uint32_t latest = 0;                 // Unix seconds
  std::uint8_t term_count = 0;              // none: all are copies of one text
  std::uint8_t texts = 0;  // that are no copies, since it began; 255 at most

  std::span<const StoryTerm> terms() const { return {first_term.get(), term_count}; }
};

// Stories by their numbers. A look-up is two cache misses, of which the first can be
// fetched ahead. Stories stay where they are until they are erased.
class StoryTable {
 public:
  void prefetch(std::uint32_t number) const { index_.prefetch(number); }

  Story* find(std::uint32_t number);
  const Story* find(std::uint32_t number) const;
  // There must be none of this number, which is not 0.
  Story& add(std::uint32_t number);
  void erase(std::uint32_t number);
  void set_terms(Story& story, std::span<const StoryTerm> terms);

  std::size_t size() const { return places_ - free_.size(); }
  std::size_t bytes() const;

 private:
  static constexpr std::size_t kChunk = 4096;  // stories

  Story& at(std::uint32_t place) const { return chunks_[place / kChunk][place % kChunk]; }
  std::uint32_t place_of(std::uint32_t number) const;  // 0: none
  void rebuild();

  PostingTable index_;  // places, by number
  std::vector<std::unique_ptr<Story[]>> chunks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t places_ = 0;  // used once; they count from 1
  std::size_t terms_ = 0;
};

}  // namespace siftd
