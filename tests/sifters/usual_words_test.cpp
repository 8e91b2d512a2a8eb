#include "sifters/usual_words.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "sifters/words.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

float share_of(std::string_view text) {
  std::vector<Word> words;
  read_words(text, words);
  REQUIRE(words.size() == 1);
  const auto hash = static_cast<std::uint32_t>(words[0].stem >> 32);
  const auto list = usual_words();
  const auto found =
      std::find_if(list.begin(), list.end(),
                   [hash](const UsualWord& word) { return word.hash == hash; });
  return found == list.end() ? 0 : found->share;
}

}  // namespace

TEST_CASE("usual words: the list is read whole, each stem once") {
  std::vector<std::uint32_t> hashes;
  for (const UsualWord& word : usual_words()) {
    CHECK(word.share > 0);
    CHECK(word.share < .5F);
    hashes.push_back(word.hash);
  }
  CHECK(hashes.size() > 2000);
  std::sort(hashes.begin(), hashes.end());
  CHECK(std::adjacent_find(hashes.begin(), hashes.end()) == hashes.end());
}

TEST_CASE("usual words: forms of a word count together, and rarer words count less") {
  CHECK(share_of("government") > .08F);
  CHECK(share_of("government") > share_of("hospital"));
  CHECK(share_of("hospital") > share_of("lightning"));
  CHECK(share_of("Markets") == share_of("market"));
  CHECK(share_of("market") > .0878F);  // more than the singular alone
  CHECK(share_of("zeppelin") == 0);
}

TEST_CASE("usual words: neither names nor words of the stop list are on it") {
  for (const std::string_view other :
       {"Washington", "Trump", "Obama", "Reuters", "the", "said", "monday"}) {
    CAPTURE(other);
    CHECK(share_of(other) == 0);
  }
}
