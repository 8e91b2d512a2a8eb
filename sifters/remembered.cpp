#include "sifters/remembered.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

namespace siftd {

namespace {

// The arrays lie behind the record, the widest first, so that each is aligned.
template <class T>
const T* behind(const Remembered::Record* record, std::size_t bytes) {
  const auto* base = static_cast<const std::byte*>(static_cast<const void*>(record + 1));
  return static_cast<const T*>(static_cast<const void*>(base + bytes));
}

std::size_t shingle_bytes(const Remembered::Record& record) {
  return record.shingle_count * sizeof(std::uint32_t);
}
std::size_t term_bytes(const Remembered::Record& record) {
  return record.term_count * sizeof(Remembered::PackedTerm);
}
std::size_t slot_bytes(const Remembered::Record& record) {
  return record.slot_count * sizeof(Fingerprint::Slot);
}

std::uint32_t article_hash(std::uint64_t article) {
  return static_cast<std::uint32_t>((article * 0x9E3779B97F4A7C15ULL) >> 32);
}

}  // namespace

std::span<const std::uint32_t> Remembered::Record::shingles() const {
  return {behind<std::uint32_t>(this, 0), shingle_count};
}
std::span<const Remembered::PackedTerm> Remembered::Record::terms() const {
  return {behind<PackedTerm>(this, shingle_bytes(*this)), term_count};
}
std::span<const Fingerprint::Slot> Remembered::Record::slots() const {
  return {behind<Fingerprint::Slot>(this, shingle_bytes(*this) + term_bytes(*this)),
          slot_count};
}
std::span<const std::uint16_t> Remembered::Record::facts() const {
  return {behind<std::uint16_t>(
              this, shingle_bytes(*this) + term_bytes(*this) + slot_bytes(*this)),
          fact_count};
}
std::span<const std::uint16_t> Remembered::Record::negations() const {
  return {behind<std::uint16_t>(this, shingle_bytes(*this) + term_bytes(*this) +
                                          slot_bytes(*this) +
                                          fact_count * sizeof(std::uint16_t)),
          negation_count};
}

std::byte* Remembered::place(std::size_t bytes) {
  if (chunk_used_ + bytes > kChunkBytes) {
    chunks_.push_back({allocate_big(kChunkBytes), end_});
    chunk_used_ = 0;
  }
  std::byte* at = static_cast<std::byte*>(chunks_.back().memory.get()) + chunk_used_;
  chunk_used_ += bytes;
  chunks_.back().last = end_;
  return at;
}

std::uint32_t Remembered::add(std::uint64_t article, std::uint32_t time,
                              const Fingerprint& print,
                              std::span<const PackedTerm> terms) {
  if (end_ == kForgotten)
    throw std::length_error("too many articles for one process");
  auto count = [](std::size_t n, std::size_t most) {
    return static_cast<std::uint8_t>(std::min(n, most));
  };
  Record head{};
  head.article = article;
  head.words_hash = print.words_hash;
  head.time = time;
  head.words = static_cast<std::uint16_t>(std::min<std::uint32_t>(print.words, 0xFFFF));
  head.level = print.level & 0x7F;
  head.shingle_count = count(print.shingles.size(), Fingerprint::kMaxShingles);
  head.slot_count = count(print.slots.size(), Fingerprint::kMaxSlots);
  head.fact_count = count(print.facts.size(), Fingerprint::kMaxFacts);
  head.negation_count = count(print.negations.size(), Fingerprint::kMaxNegations);
  head.term_count = count(terms.size(), Fingerprint::kMaxTerms);
  std::size_t bytes = sizeof head + shingle_bytes(head) + term_bytes(head) +
                      slot_bytes(head) + 2U * (head.fact_count + head.negation_count);
  bytes = (bytes + 7) / 8 * 8;
  std::byte* at = place(bytes);
  std::size_t offset = chunk_used_ - bytes;
  auto put = [&at](const void* from, std::size_t size) {
    if (size != 0)
      std::memcpy(at, from, size);
    at += size;
  };
  put(&head, sizeof head);
  put(print.shingles.data(), shingle_bytes(head));
  put(terms.data(), term_bytes(head));
  put(print.slots.data(), slot_bytes(head));
  put(print.facts.data(), 2U * head.fact_count);
  put(print.negations.data(), 2U * head.negation_count);
  std::uint32_t ordinal = end_++;
  if (entries_.empty())
    entries_from_ = ordinal;
  if (ordinal - entries_from_ == entries_.size() * kEntries)
    entries_.push_back(allocate_big(kEntries * sizeof(Entry)));
  auto number = static_cast<std::uint32_t>(chunks_from_ + chunks_.size() - 1);
  entry(ordinal) = {static_cast<std::uint32_t>(number * (kChunkBytes / 8) + offset / 8),
                    ordinal};
  ++size_;
  insert_article(ordinal);
  return ordinal;
}

const Remembered::Record& Remembered::operator[](std::uint32_t ordinal) const {
  std::uint32_t where = entry(ordinal).where;
  // Numbers of chunks wrap around with `where`; their difference does not.
  constexpr std::uint32_t kPerChunk = kChunkBytes / 8;
  std::uint32_t chunk =
      (where / kPerChunk - chunks_from_) % (0xFFFFFFFFU / kPerChunk + 1);
  const auto* base = static_cast<const std::byte*>(chunks_[chunk].memory.get());
  return *static_cast<const Record*>(
      static_cast<const void*>(base + std::size_t{where % kPerChunk} * 8));
}
Remembered::Record& Remembered::operator[](std::uint32_t ordinal) {
  return const_cast<Record&>(std::as_const(*this)[ordinal]);
}

void Remembered::prefetch(std::uint32_t ordinal) const {
  const Record* record = &(*this)[ordinal];
  __builtin_prefetch(record);
  __builtin_prefetch(record + 1);
  __builtin_prefetch(record + 3);
}

void Remembered::prefetch_terms(std::uint32_t ordinal) const {
  // Behind some thirty shingles stand at most as many terms as fill four lines.
  constexpr std::size_t kLine = 64;
  const auto* record = reinterpret_cast<const std::byte*>(&(*this)[ordinal]);
  __builtin_prefetch(record);
  for (std::size_t line = 2; line < 7; ++line) {
    __builtin_prefetch(record + line * kLine);
  }
}

void Remembered::set_family(std::uint32_t ordinal, std::uint32_t family) {
  entry(ordinal).family = family;
}

std::uint32_t Remembered::find(std::uint64_t article) const {
  std::uint32_t found[64];
  std::size_t count = articles_.find(article_hash(article), first_, found);
  for (std::size_t i = 0; i < count; ++i) {
    if (is_alive(found[i]) && (*this)[found[i]].article == article)
      return found[i];
  }
  return 0;
}

void Remembered::insert_article(std::uint32_t ordinal) {
  if (articles_.is_full()) {
    articles_.clear(size_);
    for (std::uint32_t i = first_; i < ordinal; ++i) {
      if (is_alive(i))
        articles_.insert(article_hash((*this)[i].article), i, first_);
    }
  }
  articles_.insert(article_hash((*this)[ordinal].article), ordinal, first_);
}

void Remembered::forget(std::uint32_t ordinal) {
  if (!is_alive(ordinal))
    return;
  entry(ordinal).family |= kForgotten;
  --size_;
}

void Remembered::drop_first() {
  if ((entry(first_).family & kForgotten) == 0)
    --size_;
  ++first_;
  while (!chunks_.empty() && chunks_.front().last < first_ && chunks_.size() > 1) {
    chunks_.pop_front();
    ++chunks_from_;
  }
  while (!entries_.empty() && first_ - entries_from_ >= kEntries) {
    entries_.pop_front();
    entries_from_ += kEntries;
  }
}

std::size_t Remembered::bytes() const {
  return chunks_.size() * kChunkBytes + entries_.size() * kEntries * sizeof(Entry) +
         articles_.bytes();
}

}  // namespace siftd
