#include "sifters/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/limits.hpp"
#include "sifters/words.hpp"

// How it works: the text becomes folded words; each run of four words is a
// shingle, a hash. Of the shingles those are kept whose hash ends in `level`
// zero bits, with the smallest level that leaves few enough (Broder's mod-2^k
// sampling). Samples nest: two texts compare at the coarser of their levels, so
// that what a cut copy shares with the whole can be counted.
namespace siftd {

namespace {

constexpr std::uint64_t kNumberHash = 0xA0761D6478BD642FULL;
// No text is so long that it needs a coarser sample.
constexpr std::uint8_t kMaxLevel = 24;
// Below this many words a text alone says too little: its title counts as text.
constexpr std::size_t kShortText = 8;
// Terms in the first so many words of the text count as early.
constexpr std::size_t kEarlyWords = 60;
// The score of a term that is kept whatever else the text has.
constexpr float kSureOfPlace = 100;

std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93ULL;
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93ULL;
  return x ^ x >> 32;
}

// One round is enough for hashes of hashes.
std::uint64_t finish(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93ULL;
  return x ^ x >> 32;
}

std::uint64_t join(std::uint64_t a, std::uint64_t b) {
  return mix(std::rotl(a, 23) * 0x9E3779B97F4A7C15ULL + b);
}

// Words in a shingle. Scripts without spaces have several characters to a word.
constexpr std::size_t width_of(Word::Script script) {
  switch (script) {
    case Word::han:
      return 6;
    case Word::thai:
      return 12;
    default:
      return 4;
  }
}

// Room that each thread keeps from one text to the next.
struct Room {
  std::vector<Word> title;
  std::vector<Word> words;
  std::vector<std::uint32_t> shingles;
  std::vector<std::uint16_t> sample;
  std::vector<Fingerprint::Slot> slots;
  std::vector<std::uint32_t> table;  // of terms: index + 1, by hash
  std::vector<Fingerprint::Term> terms;
  std::vector<float> scores;
  struct Rank {
    std::uint64_t key;  // the score, then the hash the other way round
    std::uint32_t index;
  };
  std::vector<Rank> order;
};

std::uint32_t shingle_of(const Word* words, std::size_t width) {
  std::uint64_t hash = 0;
  for (std::size_t k = 0; k < width; ++k) {
    hash = std::rotl(hash, 17) * 0x9FB21C651E98DF25ULL + words[k].hash;
  }
  return static_cast<std::uint32_t>(finish(hash) >> 32);
}

void take_shingles(const std::vector<Word>& words, Room& room, Fingerprint& print) {
  std::vector<std::uint32_t>& all = room.shingles;
  all.resize(words.size());
  // How many hashes end in so many zero bits: the level is known before they are
  // sorted. Repeats count, so a text that repeats itself gets a coarser sample.
  std::array<std::uint32_t, kMaxLevel + 1> zeros{};
  std::uint32_t* next = all.data();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t width = width_of(words[i].script);
    if (i + width > words.size()) {
      break;
    }
    constexpr std::size_t kUsual = width_of(Word::spaced);  // known to the compiler
    const std::uint32_t shingle =
        width == kUsual ? shingle_of(&words[i], kUsual) : shingle_of(&words[i], width);
    // That bit keeps the count in bounds.
    ++zeros[static_cast<std::size_t>(std::countr_zero(shingle | 1U << kMaxLevel))];
    *next++ = shingle;
  }
  all.resize(static_cast<std::size_t>(next - all.data()));
  if (all.empty() && !words.empty()) {
    // Too short for one shingle: the whole is one.
    all.push_back(static_cast<std::uint32_t>(mix(print.words_hash)));
  }
  std::size_t kept = all.size();
  while (kept > Fingerprint::kMaxShingles && print.level < kMaxLevel) {
    kept -= zeros[print.level++];
  }
  std::uint32_t mask = (1U << print.level) - 1;
  std::erase_if(all, [mask](std::uint32_t shingle) { return (shingle & mask) != 0; });
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  if (all.size() > Fingerprint::kMaxShingles) {
    all.resize(Fingerprint::kMaxShingles);
  }
  print.shingles.assign(all.begin(), all.end());
}

bool is_slot(const Word& word) {
  return word.is_number && word.length >= 1;
}

std::uint64_t place_word(const std::vector<Word>& words, std::size_t i) {
  if (i >= words.size())
    return 0;
  return words[i].is_number ? kNumberHash : words[i].hash;
}

void take_slots(const std::vector<Word>& words, Room& room, Fingerprint& print) {
  room.slots.clear();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_slot(words[i]))
      continue;
    std::uint64_t before = place_word(words, i - 1);  // wraps to "none" at the start
    std::uint64_t after = place_word(words, i + 1);
    if (before == kNumberHash && after == kNumberHash)
      continue;  // a table
    std::uint64_t place = join(join(place_word(words, i - 2), before), after);
    room.slots.push_back({static_cast<std::uint16_t>(place >> 48),
                          static_cast<std::uint16_t>(words[i].hash >> 48)});
  }
  std::sort(room.slots.begin(), room.slots.end());
  room.slots.erase(std::unique(room.slots.begin(), room.slots.end()), room.slots.end());
  if (room.slots.size() > Fingerprint::kMaxSlots)
    room.slots.resize(Fingerprint::kMaxSlots);
  print.slots.assign(room.slots.begin(), room.slots.end());
}

void assign_sample(std::vector<std::uint16_t>& from, std::size_t most,
                   std::vector<std::uint16_t>& to) {
  std::sort(from.begin(), from.end());
  from.erase(std::unique(from.begin(), from.end()), from.end());
  if (from.size() > most)
    from.resize(most);
  to.assign(from.begin(), from.end());
}

void take_facts(const std::vector<Word>& words, Room& room, Fingerprint& print) {
  room.sample.clear();
  for (const Word& word : words) {
    bool is_name = word.is_capital && !word.is_common && word.length > 1;
    bool is_number = word.is_number && word.length > 1;
    if (is_name || is_number)
      room.sample.push_back(static_cast<std::uint16_t>(word.hash >> 48));
  }
  assign_sample(room.sample, Fingerprint::kMaxFacts, print.facts);
  room.sample.clear();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].is_negation)
      continue;
    // What is negated: the next word that says something.
    std::size_t next = i + 1;
    while (next < words.size() && next < i + 3 && words[next].is_common)
      ++next;
    if (next < words.size())
      room.sample.push_back(static_cast<std::uint16_t>(join(words[next].stem, 1) >> 48));
  }
  assign_sample(room.sample, Fingerprint::kMaxNegations, print.negations);
}

// Gathers the terms of a text: each once, with its count and where it stands.
class TermTable {
 public:
  explicit TermTable(Room& room, std::size_t words) : room_(room) {
    std::size_t size = std::bit_ceil(std::max<std::size_t>(64, words * 2));
    room_.table.assign(size, 0);
    room_.terms.clear();
    room_.scores.clear();
    mask_ = size - 1;
  }

  void add(std::uint64_t hash64, Fingerprint::Term::Kind kind, float score, bool in_title,
           bool is_early) {
    auto hash = static_cast<std::uint32_t>(hash64 >> 32);
    std::size_t i = hash & mask_;
    while (room_.table[i] != 0 && room_.terms[room_.table[i] - 1].hash != hash)
      i = (i + 1) & mask_;
    if (room_.table[i] == 0) {
      room_.terms.push_back({.hash = hash, .kind = kind});
      room_.scores.push_back(score);
      room_.table[i] = static_cast<std::uint32_t>(room_.terms.size());
    }
    Fingerprint::Term& term = room_.terms[room_.table[i] - 1];
    if (term.count < 15)
      ++term.count;
    if (term.kind == Fingerprint::Term::word)
      term.kind = kind;
    term.in_title |= in_title;
    term.is_early |= is_early;
  }

  void take_best(Fingerprint& print) {
    std::vector<Fingerprint::Term>& terms = room_.terms;
    room_.order.clear();
    for (std::uint32_t i = 0; i < terms.size(); ++i) {
      // The bits of floats that are not negative are in the floats' order.
      const auto score = std::bit_cast<std::uint32_t>(room_.scores[i] * worth(terms[i]));
      room_.order.push_back({std::uint64_t{score} << 32 | ~terms[i].hash, i});
    }
    auto better = [](const Room::Rank& a, const Room::Rank& b) {
      return a.key > b.key;
    };
    auto end = room_.order.end();
    if (room_.order.size() > Fingerprint::kMaxTerms) {
      end = room_.order.begin() + Fingerprint::kMaxTerms;
      std::nth_element(room_.order.begin(), end, room_.order.end(), better);
    }
    std::sort(room_.order.begin(), end, better);
    print.terms.reserve(Fingerprint::kMaxTerms);
    for (auto rank = room_.order.begin(); rank != end; ++rank) {
      print.terms.push_back(terms[rank->index]);
    }
  }

 private:
  static float worth(const Fingerprint::Term& term) {
    static constexpr float kCount[16] = {0,    1,    1.7F, 2.1F, 2.4F, 2.6F, 2.8F, 2.9F,
                                         3.1F, 3.2F, 3.3F, 3.4F, 3.5F, 3.6F, 3.6F, 3.7F};
    float worth = kCount[term.count];
    if (term.kind == Fingerprint::Term::name)
      worth *= 1.8F;
    if (term.in_title)
      worth *= 1.8F;
    if (term.is_early)
      worth *= 1.3F;
    return worth;
  }

  Room& room_;
  std::size_t mask_ = 0;
};

// Headlines In Title Case Say Nothing About Names.
bool has_headline_case(const std::vector<Word>& title) {
  std::size_t words = 0;
  std::size_t capitals = 0;
  for (const Word& word : title) {
    if (word.is_common || word.is_number || word.is_starting)
      continue;
    ++words;
    if (word.is_capital)
      ++capitals;
  }
  return words < 3 ? capitals == words : capitals * 10 > words * 6;
}

void add_terms(TermTable& table, const std::vector<Word>& words, bool in_title) {
  bool ignores_case = in_title && has_headline_case(words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Word& word = words[i];
    bool is_early = in_title || i < kEarlyWords;
    if (word.script != Word::spaced) {
      // Pairs of characters stand for words.
      if (i + 1 < words.size() && words[i + 1].script == word.script)
        table.add(join(word.hash, words[i + 1].hash), Fingerprint::Term::word, 1,
                  in_title, is_early);
      continue;
    }
    if (word.is_common || word.is_negation)
      continue;
    if (word.is_number) {
      if (word.length >= 2)
        table.add(word.hash, Fingerprint::Term::number, 0.8F, in_title, is_early);
      else if (in_title)
        table.add(word.hash, Fingerprint::Term::number, kSureOfPlace, true, false);
      continue;
    }
    if (word.length < 2)
      continue;
    bool is_name = word.is_capital && !ignores_case;
    float length = word.length <= 3 ? 0.7F : word.length <= 5 ? 0.9F : 1.0F;
    table.add(word.stem, is_name ? Fingerprint::Term::name : Fingerprint::Term::word,
              length, in_title, is_early);
  }
}

}  // namespace

Fingerprint fingerprint(std::string_view title, std::string_view text) {
  thread_local Room room;
  room.title.clear();
  room.words.clear();
  read_words(title.substr(0, limits::kMaxFingerprintBytes), room.title);
  read_words(text.substr(0, limits::kMaxFingerprintBytes), room.words);
  Fingerprint print;
  TermTable table(room, room.title.size() + room.words.size());
  add_terms(table, room.title, true);
  add_terms(table, room.words, false);
  table.take_best(print);
  if (room.words.size() < kShortText)
    room.words.insert(room.words.begin(), room.title.begin(), room.title.end());
  std::uint64_t hash = 0;
  for (const Word& word : room.words)
    hash = std::rotl(hash, 11) * 0x9E3779B97F4A7C15ULL + word.hash;
  print.words = static_cast<std::uint32_t>(room.words.size());
  print.words_hash = print.words == 0 ? 0 : mix(hash + print.words);
  take_shingles(room.words, room, print);
  take_slots(room.words, room, print);
  take_facts(room.words, room, print);
  return print;
}

}  // namespace siftd
