#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "sifters/fingerprint.hpp"
#include "sifters/posting_table.hpp"

namespace siftd {

// The articles in memory: one record each, packed, in the order of arrival.
// An article is known here by its ordinal, counted from 1; the oldest are
// dropped from the front. Records stay where they are until then.
class Remembered {
 public:
  // A term in a record: 24 bits of its hash, and its Fingerprint::Term flags.
  using PackedTerm = std::uint32_t;

  struct Record {
    std::uint64_t article;
    std::uint64_t words_hash;
    std::uint32_t time;      // Unix seconds
    std::uint32_t next;      // the next younger of the same family; 0: none
    std::uint32_t original;  // what it copies, as the world was told; itself: nothing
    std::uint32_t story;     // the owner's number of its story; 0: none
    std::uint16_t words;     // 65535 at most
    std::uint8_t level : 7;
    std::uint8_t has_company : 1;  // others were of its story when it was or since
    std::uint8_t shingle_count;
    std::uint8_t slot_count;
    std::uint8_t fact_count;
    std::uint8_t negation_count;
    std::uint8_t term_count;

    std::span<const std::uint32_t> shingles() const;
    std::span<const PackedTerm> terms() const;
    std::span<const Fingerprint::Slot> slots() const;
    std::span<const std::uint16_t> facts() const;
    std::span<const std::uint16_t> negations() const;
  };

  // Remembers an article as the youngest, of a family of its own. Without terms
  // when stories are off.
  std::uint32_t add(std::uint64_t article, std::uint32_t time, const Fingerprint& print,
                    std::span<const PackedTerm> terms);

  std::uint32_t first() const { return first_; }
  std::uint32_t end() const { return end_; }
  bool is_alive(std::uint32_t ordinal) const {
    return ordinal >= first_ && ordinal < end_ &&
           (entry(ordinal).family & kForgotten) == 0;
  }
  // Alive, or forgotten and not dropped: it has a record.
  bool is_in_memory(std::uint32_t ordinal) const {
    return ordinal >= first_ && ordinal < end_;
  }
  Record& operator[](std::uint32_t ordinal);
  const Record& operator[](std::uint32_t ordinal) const;
  // What will be asked of an article soon: whether it is alive; what copies compare;
  // what stories do. The latter two need the first.
  void prefetch_entry(std::uint32_t ordinal) const {
    if (is_in_memory(ordinal)) {
      __builtin_prefetch(&entry(ordinal));
    }
  }
  void prefetch(std::uint32_t ordinal) const;
  void prefetch_terms(std::uint32_t ordinal) const;

  // All copies of one text have one family: the ordinal of its first article,
  // which may be dropped already.
  std::uint32_t family(std::uint32_t ordinal) const {
    return entry(ordinal).family & ~kForgotten;
  }
  void set_family(std::uint32_t ordinal, std::uint32_t family);

  // An article's ordinal; 0: not remembered.
  std::uint32_t find(std::uint64_t article) const;

  // It is no longer alive; its record stays until the oldest has reached it.
  void forget(std::uint32_t ordinal);
  void drop_first();

  std::size_t size() const { return size_; }
  std::size_t bytes() const;

 private:
  struct Entry {
    std::uint32_t where;   // chunk and place, in units of 8 bytes
    std::uint32_t family;  // and kForgotten
  };
  static constexpr std::uint32_t kForgotten = 0x80000000;
  static constexpr std::size_t kChunkBytes = std::size_t{2} << 20;
  static constexpr std::size_t kEntries = std::size_t{1} << 16;

  struct Chunk {
    BigMemory memory;
    std::uint32_t last = 0;  // the youngest ordinal in it
  };

  const Entry& entry(std::uint32_t ordinal) const {
    std::size_t i = ordinal - entries_from_;
    return static_cast<const Entry*>(entries_[i / kEntries].get())[i % kEntries];
  }
  Entry& entry(std::uint32_t ordinal) {
    std::size_t i = ordinal - entries_from_;
    return static_cast<Entry*>(entries_[i / kEntries].get())[i % kEntries];
  }
  std::byte* place(std::size_t bytes);
  void insert_article(std::uint32_t ordinal);

  std::deque<Chunk> chunks_;
  std::uint32_t chunks_from_ = 0;  // the number of the first
  std::size_t chunk_used_ = kChunkBytes;
  std::deque<BigMemory> entries_;
  std::uint32_t entries_from_ = 0;  // the ordinal of the first entry
  std::uint32_t first_ = 1;
  std::uint32_t end_ = 1;
  std::size_t size_ = 0;
  PostingTable articles_;
};

// Packing of terms.
constexpr std::uint32_t term_hash(Remembered::PackedTerm term) {
  return term >> 8;
}
constexpr std::uint32_t term_count(Remembered::PackedTerm term) {
  return term & 15;
}
constexpr bool term_in_title(Remembered::PackedTerm term) {
  return (term & 16) != 0;
}
constexpr bool term_is_early(Remembered::PackedTerm term) {
  return (term & 32) != 0;
}
constexpr Fingerprint::Term::Kind term_kind(Remembered::PackedTerm term) {
  return static_cast<Fingerprint::Term::Kind>((term >> 6) & 3);
}
// A digit of a title: it parts copies and is of no story.
constexpr bool term_is_part(Remembered::PackedTerm term) {
  return term_in_title(term) && !term_is_early(term) &&
         term_kind(term) == Fingerprint::Term::number;
}
constexpr Remembered::PackedTerm pack_term(const Fingerprint::Term& term) {
  return (term.hash >> 8) << 8 | static_cast<std::uint32_t>(term.kind) << 6 |
         (term.is_early ? 32U : 0U) | (term.in_title ? 16U : 0U) | (term.count & 15U);
}

}  // namespace siftd
