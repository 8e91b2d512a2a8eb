#include "sifters/fingerprint.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "sifters/recogniser.hpp"
#include "sifters/words.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

std::vector<Word> words(const std::string& text) {
  std::vector<Word> result;
  read_words(text, result);
  return result;
}

bool is_same_text(const std::string& a, const std::string& b) {
  std::vector<Word> left = words(a);
  std::vector<Word> right = words(b);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Word& x, const Word& y) { return x.hash == y.hash; });
}

std::string long_text(int count, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text;
  for (int i = 0; i < count; ++i)
    text += "word" + std::string(1, static_cast<char>('a' + random() % 26)) +
            static_cast<char>('a' + random() % 26) +
            static_cast<char>('a' + random() % 26) + ' ';
  return text;
}

}  // namespace

TEST_CASE("words: typography and encoding make no other word", "[words]") {
  CHECK(is_same_text("Don't caf\xC3\xA9", "dont cafe"));
  CHECK(is_same_text("cafe\xCC\x81", "caf\xC3\xA9"));            // NFD
  CHECK(is_same_text("\xEF\xAC\x81re \xEF\xBC\xA1", "fire A"));  // ligature, full width
  CHECK(is_same_text("sen-\nior vice", "senior vice"));          // line-end hyphen
  CHECK(is_same_text("co\xC2\xADoperate", "cooperate"));         // soft hyphen
  CHECK(is_same_text("\xE2\x80\x9CYes\xE2\x80\x9D \xE2\x80\x93 no", "\"Yes\" - no"));
  CHECK(is_same_text("1,200,000 of 5 pct", "1200000 of 5%"));
  CHECK(is_same_text("twelve ships", "12 ships"));
  CHECK(is_same_text("Putin\xE2\x80\x99s", "Putin"));
  CHECK(is_same_text("n0n-w0ven 0f", "non-woven of"));  // scanned
  CHECK(is_same_text("\xD0\x9F\xD0\xA3\xD0\xA2\xD0\x98\xD0\x9D",
                     "\xD0\xBF\xD1\x83\xD1\x82\xD0\xB8\xD0\xBD"));  // Cyrillic capitals
  CHECK(!is_same_text("1.5", "15"));
  CHECK(!is_same_text("does die", "does not die"));
}

TEST_CASE("words: names are capitals within a sentence, numbers are digits", "[words]") {
  std::vector<Word> w = words("The mayor met Anna Kovar. She paid 1,250.50 in June.");
  REQUIRE(w.size() == 10);
  CHECK(!w[0].is_capital);
  CHECK(w[3].is_capital);
  CHECK(w[4].is_capital);
  CHECK(w[5].is_starting);
  CHECK(w[7].is_number);
  CHECK(w[9].is_common);
  CHECK(words("does not die")[1].is_negation);
}

TEST_CASE("words: scripts without spaces are read by the character", "[words]") {
  CHECK(words("\xE6\xB8\xAF\xE5\x8F\xA3\xE5\x91\xA8").size() == 3);
  CHECK(words("\xE0\xB8\x81\xE0\xB8\xB2\xE0\xB8\xA3")[0].script == Word::thai);
  CHECK(words("\xED\x95\xAD\xEA\xB5\xAC \xEA\xB4\x80").size() == 2);  // Hangul has spaces
}

TEST_CASE("fingerprint: samples of one text nest in those of a part of it",
          "[fingerprint]") {
  std::string whole = long_text(2000);
  std::string half = whole.substr(0, whole.size() / 2);
  Fingerprint a = fingerprint("", whole);
  Fingerprint b = fingerprint("", half);
  CHECK(a.level > b.level);
  CHECK(a.shingles.size() <= Fingerprint::kMaxShingles);
  CHECK(a.shingles.size() >= Fingerprint::kMaxShingles / 4);
  std::uint32_t mask = (1U << a.level) - 1;
  std::size_t shared = 0;
  std::size_t comparable = 0;
  for (std::uint32_t shingle : b.shingles) {
    if ((shingle & mask) != 0)
      continue;
    ++comparable;
    shared += std::binary_search(a.shingles.begin(), a.shingles.end(), shingle) ? 1U : 0U;
  }
  CHECK(comparable > 0);
  CHECK(shared + 1 >= comparable);  // the last may be cut
}

TEST_CASE("fingerprint: bounded and deterministic for any input", "[fingerprint]") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string text(random() % 3000, '\0');
    for (char& c : text)
      c = static_cast<char>(random());
    Fingerprint print = fingerprint(text.substr(0, 50), text);
    CHECK(print == fingerprint(text.substr(0, 50), text));
    CHECK(print.shingles.size() <= Fingerprint::kMaxShingles);
    CHECK(print.slots.size() <= Fingerprint::kMaxSlots);
    CHECK(print.facts.size() <= Fingerprint::kMaxFacts);
    CHECK(print.negations.size() <= Fingerprint::kMaxNegations);
    CHECK(print.terms.size() <= Fingerprint::kMaxTerms);
    CHECK(std::is_sorted(print.shingles.begin(), print.shingles.end()));
  }
  CHECK(fingerprint("", "").is_empty());
  CHECK(!fingerprint("Headline alone", "").is_empty());
  Fingerprint huge = fingerprint("", std::string(2 * limits::kMaxFingerprintBytes, 'x'));
  CHECK(huge.words == 1);
  CHECK(fingerprint("", std::string(100000, '7')).words == 1);
}

TEST_CASE("memory: a blob gives back what went in", "[memory]") {
  Fingerprint print = fingerprint(
      "Storm shuts Merrow port",
      "The port of Merrow did not open on 12 May, said Anna Kovar. " + long_text(300));
  Verdict verdict{.duplicate_of = 77,
                  .similarity = 0.9321,
                  .kind = CopyKind::contained,
                  .adds_news = true,
                  .story = 5,
                  .family = 6};
  std::string blob = encode_memory(print, verdict);
  CHECK(blob.size() < 450);
  auto memory = decode_memory(blob);
  REQUIRE(memory);
  CHECK(memory->print == print);
  CHECK(memory->verdict == verdict);
  CHECK(decode_memory(encode_memory({}, {}))->print == Fingerprint{});
}

TEST_CASE("memory: a damaged blob is nothing, wherever it is damaged", "[memory]") {
  Verdict verdict;
  verdict.story = 1;
  std::string blob = encode_memory(fingerprint("A title", long_text(200)), verdict);
  for (std::size_t cut = 0; cut < blob.size(); ++cut)
    CHECK(!decode_memory(std::string_view(blob).substr(0, cut)));
  CHECK(!decode_memory(blob + "x"));
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = blob;
    for (int i = 0; i < 3; ++i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (auto memory = decode_memory(damaged)) {
      CHECK(memory->print.shingles.size() <= Fingerprint::kMaxShingles);
      CHECK(memory->print.terms.size() <= Fingerprint::kMaxTerms);
    }
  }
}
