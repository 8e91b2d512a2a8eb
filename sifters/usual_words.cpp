#include "sifters/usual_words.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sifters/words.hpp"

namespace siftd {

extern const std::string_view kUsualWords;  // usual_words.txt, see cmake/embed_text.cmake

namespace {

// The forms of a word have a stem in common: each counts as if the others were chance.
std::vector<UsualWord> read_list() {
  std::unordered_map<std::uint32_t, float> shares;
  std::vector<Word> words;
  float share = 0;
  for (std::string_view rest = kUsualWords; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.starts_with('#')) {
      continue;
    }
    // A line that begins with a number begins a share; indented ones go on.
    const char* const begin = line.data();
    const char* const after = std::from_chars(begin, begin + line.size(), share).ptr;
    words.clear();
    read_words(line.substr(static_cast<std::size_t>(after - begin)), words);
    for (const Word& word : words) {
      float& known = shares[static_cast<std::uint32_t>(word.stem >> 32)];
      known = 1 - (1 - known) * (1 - share);
    }
  }
  std::vector<UsualWord> list;
  list.reserve(shares.size());
  for (const auto& [hash, known] : shares) {
    list.push_back({hash, known});
  }
  return list;
}

}  // namespace

std::span<const UsualWord> usual_words() {
  static const std::vector<UsualWord> list = read_list();
  return list;
}

}  // namespace siftd
