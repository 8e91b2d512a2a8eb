#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "sifters/posting_table.hpp"
#include "sifters/remembered.hpp"

namespace siftd {

// Which articles tell of the same event. One pass, verdicts never revised: an
// article joins the story that it is most like, or begins its own. Reads the
// terms in the records of Remembered, which outlives it. A story is called by a
// number, the ordinal of its first article.
class Stories {
 public:
  explicit Stories(Remembered& remembered);

  // The story for an article that is not remembered yet; 0: none so far. `copied`
  // is the earlier article that it copies; 0: none.
  std::uint32_t find(const Fingerprint& print, std::uint32_t now, std::uint32_t copied);

  // The terms worth remembering of an article, the heaviest first.
  std::span<const Remembered::PackedTerm> choose_terms(const Fingerprint& print);

  // Adds an article that is remembered, with the terms that choose_terms() gave; to
  // the story that has this number, or to a new one (0) of this name.
  void add(std::uint32_t ordinal, std::uint32_t story, std::uint64_t name);
  // Before the article is dropped or forgotten.
  void remove(std::uint32_t ordinal);

  // A story's name is its first article's id, which may be dropped already.
  std::uint64_t name(std::uint32_t story) const;

  // Whether it has an article in memory.
  bool is_alive(std::uint32_t story) const {
    return stories_.count(story) != 0 || remembered_.is_alive(story);
  }

  std::size_t size() const { return singles_ + stories_.size(); }
  std::size_t bytes() const;

  struct Tuning {
    float join = 0.30F;   // to join a story
    float best = 0.5F;    // share of the best member, the rest is the centroid's
    float decay = 0.06F;  // per day
    float prior = 2000;   // articles that the idf imagines before the first
    float name = 1.5F;
    float number = 0.7F;
    float title = 1.5F;
    float early = 1.2F;
  };
  static Tuning tuning;

 private:
  static constexpr std::size_t kMaxPostings = 24;
  static constexpr std::size_t kProbes = 12;
  static constexpr std::size_t kCentroidTerms = 40;

  struct Weight {
    std::uint32_t hash;  // 24 bits
    float weight;
  };
  // A story of two or more; of a single one, the article's record is enough.
  struct Story {
    std::uint64_t name;
    std::uint32_t count = 0;  // in memory
    std::uint32_t latest = 0;
    std::vector<Weight> centroid;  // by hash
  };
  struct Hit {
    std::uint32_t story;
    std::uint32_t ordinal;
    float weight;
  };

  std::uint32_t* counts() const { return static_cast<std::uint32_t*>(counts_.get()); }
  float idf(std::uint32_t hash24) const;
  void post(std::uint32_t ordinal);
  void rebuild();
  void merge_hits();
  float weigh(Remembered::PackedTerm term) const;
  void load_query(const Fingerprint& print);
  void gather_hits();
  float cosine(const Remembered::Record& record) const;
  float cosine(const Story& story) const;
  void absorb(Story& story, const Remembered::Record& record);

  Remembered& remembered_;
  PostingTable table_;
  std::unordered_map<std::uint32_t, Story> stories_;
  std::size_t singles_ = 0;
  std::size_t articles_ = 0;
  BigMemory counts_;  // of articles, by term
  float log_articles_ = 1;
  // The article being judged.
  struct Query {
    std::vector<Weight> terms;  // the heaviest first
    std::vector<Remembered::PackedTerm> packed;
    float norm = 0;
    std::array<std::uint8_t, 128> slots{};  // index + 1, by hash
  };
  Query query_;
  std::vector<Hit> hits_;
};

}  // namespace siftd
