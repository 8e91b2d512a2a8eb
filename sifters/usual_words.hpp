#pragma once

#include <cstdint>
#include <span>

namespace siftd {

// A word that much of the news uses, whatever it is about.
struct UsualWord {
  std::uint32_t hash;  // as Fingerprint::Term::hash
  float share;         // of articles that use it
};

// Those of English, from usual_words.txt. Read once, at the first call; any thread.
std::span<const UsualWord> usual_words();

}  // namespace siftd
