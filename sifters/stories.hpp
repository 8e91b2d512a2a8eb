#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sifters/posting_table.hpp"
#include "sifters/remembered.hpp"
#include "sifters/story_table.hpp"

namespace siftd {

// Which articles tell of the same event. One pass, verdicts never revised: an
// article joins the story that it is most like, or begins its own. Reads the
// terms in the records of Remembered, which outlives it. A story is called by a
// number, the ordinal of its first article.
class Stories {
 public:
  explicit Stories(Remembered& remembered);

  // What speaks for an article being of a story.
  struct Likeness {
    std::uint32_t story = 0;
    float member = 0;    // cosine to the story's most like article
    float centroid = 0;  // to what all its articles have in common
    float distinct = 0;  // how rare, 0..1, are the terms that both have
    float names = 0;     // share of the names' and numbers' weight that stands there
    float title = 0;     // share of the title's weight here that stands there
    float days = 0;      // since the story's latest article
    float size = 1;      // articles of the story
    float terms = 0;     // of the shorter of the two
    float typical = 0;   // share of the weight here, by how usual its terms are there
  };
  // The most promising stories, compared.
  std::span<const Likeness> compare(const Fingerprint& print, std::uint32_t now);

  // How well an article goes with a story; above 0 it is of the story.
  static float score(const Likeness& likeness);

  // Of the stories that an article goes with it joins rather a larger one, or two that
  // began from the same event at once would go on side by side: what the size adds to
  // the score when they are compared. Whether it goes with one the size does not say.
  static float appeal_of_size(float articles);

  // The story for an article that is not remembered yet; 0: none so far. `copied`
  // is the earlier article that it copies; 0: none.
  std::uint32_t find(const Fingerprint& print, std::uint32_t now, std::uint32_t copied);

  // The terms worth remembering of an article, the heaviest first.
  std::span<const Remembered::PackedTerm> choose_terms(const Fingerprint& print);
  // The same of the article that compare() was just asked about, and faster.
  std::span<const Remembered::PackedTerm> terms_compared() const { return query_.packed; }

  // Adds an article that is remembered, with the terms that choose_terms() gave; to
  // the story that has this number, or to a new one (0) of this name.
  void add(std::uint32_t ordinal, std::uint32_t story, std::uint64_t name);
  // Makes an article findable by its terms: what add() does unless it is a copy, and
  // what a copy needs when its original has left.
  void post(std::uint32_t ordinal);
  // Before the article is dropped or forgotten.
  void remove(std::uint32_t ordinal);

  // A story's name is its first article's id, which may be dropped already.
  std::uint64_t name(std::uint32_t story) const;

  // Whether it has an article in memory.
  bool is_alive(std::uint32_t story) const {
    return stories_.find(story) != nullptr || remembered_.is_alive(story);
  }

  std::size_t size() const { return singles_ + stories_.size(); }
  std::size_t bytes() const;

 private:
  // The latest so many articles speak for all that have a term.
  static constexpr std::size_t kMaxPostings = 8;
  static constexpr std::size_t kProbes = 10;
  static constexpr std::size_t kMaxHits = 12;
  static constexpr std::size_t kStoryTerms = 40;
  static constexpr std::size_t kCounts = std::size_t{1} << 21;

  struct Weight {
    std::uint32_t hash;  // 24 bits
    float weight;
  };
  struct Hit {
    std::uint32_t ordinal;  // 0: a free slot
    float weight;
  };
  // How the query and an article go together.
  struct Match {
    std::uint32_t ordinal = 0;
    float dot = 0;
    float cosine = 0;
    float shared = 0;    // weight here of the terms in both
    float distinct = 0;  // their mean idf
    float title = 0;     // of those in the title here
    float names = 0;     // of names and numbers
  };

  std::uint32_t* counts() const { return static_cast<std::uint32_t*>(counts_.get()); }
  float idf(std::uint32_t hash24) const;
  float weigh(Remembered::PackedTerm term) const;
  void count_usual_words();
  void load_query(const Fingerprint& print);
  int find_term(std::uint32_t hash24) const;
  void gather_hits();
  Match match(std::uint32_t ordinal) const;
  void add_norms(Match& match) const;
  void compare_with(const Story& story, Likeness& likeness) const;
  void absorb(Story& story, const Remembered::Record& record);
  void rebuild();

  Remembered& remembered_;
  PostingTable table_;
  StoryTable stories_;
  std::size_t singles_ = 0;
  std::size_t articles_ = 0;
  BigMemory counts_;  // of articles, by term; of imagined ones too
  bool has_usual_words_ = false;
  float per_log_articles_ = 1;  // what a term's idf loses by each unit of its log
  // The article being judged.
  struct Query {
    std::vector<Weight> terms;  // the heaviest first
    std::vector<Remembered::PackedTerm> packed;
    float norm = 0;
    float names = 0;                        // norm over names and numbers
    float title = 0;                        // weight of the title's terms
    float sum = 0;                          // of all weights
    std::array<std::uint8_t, 128> slots{};  // index + 1, by hash
  };
  Query query_;
  std::array<Hit, 256> slots_{};  // hits by article, an open table
  std::vector<Hit> hits_;
  std::vector<Match> matches_;
  std::vector<StoryTerm> merged_;  // room
  std::vector<Likeness> likenesses_;
};

}  // namespace siftd
