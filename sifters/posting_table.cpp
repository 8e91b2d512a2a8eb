#include "sifters/posting_table.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>

namespace siftd {

namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kFirstBuckets = 64;

// Which of eight bytes are zero, a bit each (exact: no carry crosses a byte).
std::uint32_t zero_bytes(std::uint64_t bytes) {
  constexpr std::uint64_t kLow = 0x7F7F7F7F7F7F7F7FULL;
  std::uint64_t zero = ~(((bytes & kLow) + kLow) | bytes | kLow);  // 0x80 where zero
  return static_cast<std::uint32_t>(((zero >> 7) * 0x0102040810204080ULL) >> 56);
}

// Which of a bucket's twelve tags are the wanted one, a bit each.
std::uint32_t matches(const std::uint8_t* tags, std::uint8_t wanted) {
  std::uint64_t first;
  std::uint32_t last;
  std::memcpy(&first, tags, sizeof first);
  std::memcpy(&last, tags + sizeof first, sizeof last);
  std::uint64_t pattern = 0x0101010101010101ULL * wanted;
  return zero_bytes(first ^ pattern) |
         (zero_bytes((last ^ pattern) | 0xFFFFFFFF00000000ULL) & 0xF) << 8;
}

}  // namespace

void FreeMemory::operator()(void* memory) const {
  if (bytes == 0) {
    std::free(memory);
  } else {
    munmap(memory, bytes);
  }
}

BigMemory allocate_big(std::size_t bytes) {
  if (bytes < kHugePage) {
    constexpr std::size_t kLine = 64;
    bytes = (bytes + kLine - 1) / kLine * kLine;
    BigMemory memory(std::aligned_alloc(kLine, bytes));
    if (!memory) {
      throw std::bad_alloc();
    }
    std::memset(memory.get(), 0, bytes);
    return memory;
  }
  // Mapped memory is zero already. What is mapped beyond both ends goes back.
  bytes = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* const mapped = mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) {
    throw std::bad_alloc();
  }
  auto* const start = static_cast<std::byte*>(mapped);
  const std::size_t before =
      (kHugePage - reinterpret_cast<std::uintptr_t>(mapped) % kHugePage) % kHugePage;
  if (before > 0) {
    munmap(start, before);
  }
  if (before < kHugePage) {
    munmap(start + before + bytes, kHugePage - before);
  }
  // Advice only: without huge pages all is the same, but slower.
  (void)madvise(start + before, bytes, MADV_HUGEPAGE);
  return BigMemory(start + before, FreeMemory{bytes});
}

PostingTable::PostingTable() {
  clear(0);
}

void PostingTable::clear(std::size_t postings) {
  std::size_t buckets = std::max(kFirstBuckets, postings * 7 / 5 / kSlots);
  memory_.reset();  // before the new one is taken: both at once may be too much
  memory_ = allocate_big((buckets + kSpare) * sizeof(Bucket));
  buckets_ = buckets;
  used_ = 0;
}

PostingTable::Bucket* PostingTable::bucket(std::uint32_t hash) const {
  std::uint64_t mixed = std::uint64_t{hash} * 0x9E3779B1U;
  auto high = static_cast<std::uint32_t>(mixed) ^ static_cast<std::uint32_t>(mixed >> 32);
  std::size_t index = (std::uint64_t{high} * buckets_) >> 32;
  return static_cast<Bucket*>(memory_.get()) + index;
}

std::uint8_t PostingTable::tag(std::uint32_t hash) {
  return static_cast<std::uint8_t>((hash * 0x85EBCA6BU) >> 24);
}

std::size_t PostingTable::find(std::uint32_t hash, std::uint32_t first_alive,
                               std::span<std::uint32_t> out) const {
  std::uint8_t wanted = tag(hash);
  std::size_t count = 0;
  for (const Bucket* at = bucket(hash);; ++at) {
    for (std::uint32_t hits = matches(at->tags, wanted); hits != 0; hits &= hits - 1) {
      auto i = static_cast<std::size_t>(std::countr_zero(hits));
      if (i >= at->used || at->ordinals[i] < first_alive) {
        continue;
      }
      if (count == out.size()) {
        return count;
      }
      out[count++] = at->ordinals[i];
    }
    if (at->overflows == 0) {
      return count;
    }
  }
}

void PostingTable::insert(std::uint32_t hash, std::uint32_t ordinal,
                          std::uint32_t first_alive) {
  const Bucket* last = static_cast<Bucket*>(memory_.get()) + buckets_ + kSpare - 1;
  for (Bucket* at = bucket(hash);; ++at) {
    for (std::size_t i = 0; i < at->used; ++i) {
      if (at->ordinals[i] >= first_alive)
        continue;
      at->ordinals[i] = ordinal;
      at->tags[i] = tag(hash);
      return;
    }
    if (at->used < kSlots) {
      at->ordinals[at->used] = ordinal;
      at->tags[at->used] = tag(hash);
      ++at->used;
      ++used_;
      return;
    }
    if (at == last) {
      // No room behind the last bucket: only a table far over its load comes
      // here. Not posted, an article is found by its other hashes.
      used_ = buckets_ * kSlots;
      return;
    }
    at->overflows = 1;
  }
}

void PostingTable::insert_recent(std::uint32_t hash, std::uint32_t ordinal,
                                 std::uint32_t first_alive, std::size_t most) {
  std::uint8_t wanted = tag(hash);
  std::uint32_t* oldest = nullptr;
  std::size_t count = 0;
  for (Bucket* at = bucket(hash);; ++at) {
    for (std::size_t i = 0; i < at->used; ++i) {
      if (at->tags[i] != wanted || at->ordinals[i] < first_alive)
        continue;
      ++count;
      if (oldest == nullptr || at->ordinals[i] < *oldest)
        oldest = &at->ordinals[i];
    }
    if (at->overflows == 0)
      break;
  }
  if (count >= most) {
    *oldest = ordinal;
  } else {
    insert(hash, ordinal, first_alive);
  }
}

void PostingTable::erase(std::uint32_t hash, std::uint32_t ordinal) {
  std::uint8_t wanted = tag(hash);
  for (Bucket* at = bucket(hash);; ++at) {
    for (std::size_t i = 0; i < at->used; ++i) {
      if (at->tags[i] == wanted && at->ordinals[i] == ordinal) {
        at->ordinals[i] = 0;  // dead: ordinals count from 1
        return;
      }
    }
    if (at->overflows == 0)
      return;
  }
}

}  // namespace siftd
