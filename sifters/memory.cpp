// The blob of a MemoryRow: a version, the verdict, the fingerprint; integers as
// LEB128, hashes raw, the rising ones as differences.
#include <cstring>

#include "sifters/recogniser.hpp"

namespace siftd {

namespace {

constexpr unsigned char kVersion = 1;
constexpr unsigned kMaxLevel = 24;
// In rows of all versions of the format.
constexpr std::size_t kMostShingles = 40;

class Writer {
 public:
  void byte(unsigned value) { out_.push_back(static_cast<char>(value)); }
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      byte(static_cast<unsigned>(value & 0x7F) | 0x80U);
    byte(static_cast<unsigned>(value));
  }
  void fixed64(std::uint64_t value) {
    for (int i = 0; i < 8; ++i)
      byte(static_cast<unsigned>(value >> (8 * i) & 0xFF));
  }
  template <class T>
  void rising(const std::vector<T>& values) {
    number(values.size());
    std::uint64_t last = 0;
    for (T value : values) {
      number(value - last);
      last = value;
    }
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads what Writer wrote; after a mistake it gives zeros and is not ok().
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  unsigned byte() {
    if (at_ == in_.size()) {
      ok_ = false;
      return 0;
    }
    return static_cast<unsigned char>(in_[at_++]);
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      unsigned next = byte();
      value |= std::uint64_t{next & 0x7F} << shift;
      if ((next & 0x80) == 0)
        return value;
    }
    ok_ = false;
    return 0;
  }
  std::uint64_t fixed64() {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i)
      value |= std::uint64_t{byte()} << (8 * i);
    return value;
  }
  std::size_t count(std::size_t most) {
    std::uint64_t value = number();
    if (value > most)
      ok_ = false;
    return ok_ ? value : 0;
  }
  template <class T>
  void rising(std::vector<T>& values, std::size_t most) {
    std::size_t size = count(most);
    std::uint64_t last = 0;
    for (std::size_t i = 0; i < size && ok_; ++i) {
      std::uint64_t step = number();
      if (step > static_cast<T>(-1) || last + step > static_cast<T>(-1))
        ok_ = false;
      last += step;
      values.push_back(static_cast<T>(last));
    }
  }
  bool ok() const { return ok_; }
  bool at_end() const { return at_ == in_.size(); }

 private:
  std::string_view in_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

void write_verdict(Writer& out, const Verdict& verdict) {
  out.byte(static_cast<unsigned>(verdict.kind) | (verdict.adds_news ? 8U : 0U) |
           (verdict.duplicate_of ? 16U : 0U));
  if (verdict.duplicate_of)
    out.fixed64(*verdict.duplicate_of);
  out.number(static_cast<std::uint64_t>(verdict.similarity * 10000 + 0.5));
  out.fixed64(verdict.story);
  out.fixed64(verdict.family);
}

bool read_verdict(Reader& in, Verdict& verdict) {
  unsigned flags = in.byte();
  if (flags > 31 || (flags & 7) > static_cast<unsigned>(CopyKind::contained))
    return false;
  verdict.kind = static_cast<CopyKind>(flags & 7);
  verdict.adds_news = (flags & 8) != 0;
  if ((flags & 16) != 0)
    verdict.duplicate_of = in.fixed64();
  std::uint64_t similarity = in.number();
  if (similarity > 10000)
    return false;
  verdict.similarity = static_cast<double>(similarity) / 10000;
  verdict.story = in.fixed64();
  verdict.family = in.fixed64();
  return in.ok();
}

bool read_slots(Reader& in, Fingerprint& print) {
  std::size_t count = in.count(Fingerprint::kMaxSlots);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    std::uint64_t both = in.number();
    if (both > 0xFFFFFFFF)
      return false;
    print.slots.push_back({static_cast<std::uint16_t>(both >> 16),
                           static_cast<std::uint16_t>(both & 0xFFFF)});
  }
  return in.ok();
}

bool read_terms(Reader& in, Fingerprint& print) {
  std::size_t count = in.count(Fingerprint::kMaxTerms);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    std::uint64_t hash = in.number();
    unsigned flags = in.byte();
    if (hash > 0xFFFFFFFF || (flags >> 6) > Fingerprint::Term::number)
      return false;
    Fingerprint::Term term;
    term.hash = static_cast<std::uint32_t>(hash);
    term.kind = static_cast<Fingerprint::Term::Kind>(flags >> 6);
    term.is_early = (flags & 32) != 0;
    term.in_title = (flags & 16) != 0;
    term.count = static_cast<std::uint8_t>(flags & 15);
    print.terms.push_back(term);
  }
  return in.ok();
}

// Samples were larger once: a coarser one of the same text is in them.
void coarsen(Fingerprint& print) {
  while (print.shingles.size() > Fingerprint::kMaxShingles && print.level < kMaxLevel) {
    const std::uint32_t mask = (1U << ++print.level) - 1;
    std::erase_if(print.shingles,
                  [mask](std::uint32_t shingle) { return (shingle & mask) != 0; });
  }
  if (print.shingles.size() > Fingerprint::kMaxShingles) {
    print.shingles.resize(Fingerprint::kMaxShingles);
  }
}

}  // namespace

std::string encode_memory(const Fingerprint& print, const Verdict& verdict) {
  Writer out;
  out.byte(kVersion);
  write_verdict(out, verdict);
  out.fixed64(print.words_hash);
  out.number(print.words);
  out.byte(print.level);
  out.rising(print.shingles);
  out.number(print.slots.size());
  for (Fingerprint::Slot slot : print.slots)
    out.number(std::uint64_t{slot.place} << 16 | slot.value);
  out.rising(print.facts);
  out.rising(print.negations);
  out.number(print.terms.size());
  for (const Fingerprint::Term& term : print.terms) {
    out.number(term.hash);
    out.byte(static_cast<unsigned>(term.kind) << 6 | (term.is_early ? 32U : 0U) |
             (term.in_title ? 16U : 0U) | (term.count & 15U));
  }
  return out.take();
}

std::optional<Memory> decode_memory(std::string_view blob) {
  Reader in(blob);
  Memory memory;
  if (in.byte() != kVersion || !read_verdict(in, memory.verdict))
    return std::nullopt;
  Fingerprint& print = memory.print;
  print.words_hash = in.fixed64();
  std::uint64_t words = in.number();
  unsigned level = in.byte();
  if (words > 0xFFFFFFFF || level > kMaxLevel)
    return std::nullopt;
  print.words = static_cast<std::uint32_t>(words);
  print.level = static_cast<std::uint8_t>(level);
  in.rising(print.shingles, kMostShingles);
  if (!read_slots(in, print))
    return std::nullopt;
  in.rising(print.facts, Fingerprint::kMaxFacts);
  in.rising(print.negations, Fingerprint::kMaxNegations);
  if (!read_terms(in, print) || !in.at_end())
    return std::nullopt;
  coarsen(print);
  return memory;
}

}  // namespace siftd
