#include "sifters/text_evidence.hpp"

#include <algorithm>
#include <bit>

#include "parsers/chars.hpp"

namespace siftd {

namespace {

constexpr std::size_t kRun = 20;   // bytes hashed together
constexpr std::size_t kStep = 10;  // between the runs that are asked for
constexpr std::uint64_t kPrime = 1099511628211ull;

std::uint64_t mix(std::uint64_t hash) {
  hash ^= hash >> 31;
  hash *= 0x9E3779B97F4A7C15ull;
  return hash ^ (hash >> 29);
}

std::uint64_t hash_of(std::string_view run) {
  std::uint64_t hash = 0;
  for (const char c : run) {
    hash = hash * kPrime + static_cast<unsigned char>(c);
  }
  return hash;
}

}  // namespace

std::string squeeze_text(std::string_view text) {
  std::string out(text.size(), '\0');
  char* end = out.data();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_ascii_alnum(c)) {
      *end++ = ascii_lower(c);
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      // Quotes, dashes and odd spaces (U+2000 to U+206F, U+00A0) vary between copies.
      if (text.substr(i, 2) == "\xE2\x80" || text.substr(i, 2) == "\xE2\x81") {
        i += 2;
      } else if (text.substr(i, 2) == "\xC2\xA0") {
        i += 1;
      } else {
        *end++ = c;
      }
    }
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
  return out;
}

TextEvidence::TextEvidence(std::string_view text) : squeezed_(squeeze_text(text)) {
  if (squeezed_.size() < kRun) {
    return;
  }
  bits_.resize(std::bit_ceil(squeezed_.size() / 4 + 64));
  std::uint64_t high = 1;
  for (std::size_t i = 1; i < kRun; ++i) {
    high *= kPrime;
  }
  std::uint64_t hash = hash_of(std::string_view(squeezed_).substr(0, kRun));
  for (std::size_t i = 0;; ++i) {
    const std::uint64_t bit = mix(hash);
    bits_[(bit >> 6) & (bits_.size() - 1)] |= std::uint64_t{1} << (bit & 63);
    if (i + kRun >= squeezed_.size()) {
      break;
    }
    hash -= high * static_cast<unsigned char>(squeezed_[i]);
    hash = hash * kPrime + static_cast<unsigned char>(squeezed_[i + kRun]);
  }
}

double TextEvidence::share_of(std::string_view text) const {
  const std::string asked = squeeze_text(text);
  if (asked.empty() || squeezed_.empty()) {
    return 0;
  }
  if (asked.size() < kRun || bits_.empty()) {
    return squeezed_.find(asked) != std::string::npos ? 1 : 0;
  }
  std::size_t runs = 0;
  std::size_t hits = 0;
  for (std::size_t i = 0; i + kRun <= asked.size(); i += kStep) {
    const std::uint64_t bit = mix(hash_of(std::string_view(asked).substr(i, kRun)));
    hits += (bits_[(bit >> 6) & (bits_.size() - 1)] >> (bit & 63)) & 1;
    ++runs;
  }
  return static_cast<double>(hits) / static_cast<double>(runs);
}

}  // namespace siftd
