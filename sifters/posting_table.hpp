#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace siftd {

// Memory for big tables: aligned for huge pages, which halve the cost of random
// look-ups above some 100 MB; zeroed.
struct FreeMemory {
  std::size_t bytes = 0;  // mapped; 0: from the heap
  void operator()(void* memory) const;
};
using BigMemory = std::unique_ptr<void, FreeMemory>;
BigMemory allocate_big(std::size_t bytes);

// An inverted index: which articles have a hash? Buckets are cache lines of
// twelve {article's ordinal, 8 bits of the hash}, so that a look-up is one cache
// miss and a posting about seven bytes; in exchange 1 of 256 foreign postings is
// taken for a hit, which the caller finds out from the article's record.
// Ordinals grow with time: those below first_alive are dead, and their room is
// taken by others. The owner rebuilds the table when it wants to grow.
class PostingTable {
 public:
  PostingTable();

  void prefetch(std::uint32_t hash) const { __builtin_prefetch(bucket(hash)); }

  // Up to out.size() living ordinals posted under the hash, in no order.
  std::size_t find(std::uint32_t hash, std::uint32_t first_alive,
                   std::span<std::uint32_t> out) const;

  void insert(std::uint32_t hash, std::uint32_t ordinal, std::uint32_t first_alive);

  // At most so many postings under one hash: the oldest gives way.
  void insert_recent(std::uint32_t hash, std::uint32_t ordinal, std::uint32_t first_alive,
                     std::size_t most);
  void erase(std::uint32_t hash, std::uint32_t ordinal);

  // To be emptied with clear(), and filled again, before more is inserted.
  bool is_full() const { return used_ > slots() / 12 * 11; }
  void clear(std::size_t postings);  // with 1.4 slots for each

  // Postings, of the dead too; and of how many slots.
  std::size_t used() const { return used_; }
  std::size_t slots() const { return buckets_ * kSlots; }

  std::size_t bytes() const { return (buckets_ + kSpare) * sizeof(Bucket); }

 private:
  static constexpr std::size_t kSlots = 12;
  static constexpr std::size_t kSpare = 64;  // after the last, for what flows over
  struct alignas(64) Bucket {
    std::uint32_t ordinals[kSlots];
    std::uint8_t tags[kSlots];
    std::uint8_t used;       // slots ever filled
    std::uint8_t overflows;  // the next bucket holds some of this one's
  };

  Bucket* bucket(std::uint32_t hash) const;
  static std::uint8_t tag(std::uint32_t hash);

  BigMemory memory_;
  std::size_t buckets_ = 0;
  std::size_t used_ = 0;
};

}  // namespace siftd
