#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sifters/boilerplate.hpp"
#include "sifters/topic_sketch.hpp"

namespace siftd {

// What one site says again and again: a table of lines and sentences by hash,
// each with the articles it was first and last seen in, and a ring of the
// latest articles with a sketch of their words. Bounded by
// limits::kMaxSiteLines and kMaxSiteArticles. Part of SiteMemory, which says
// what is promised.
class SiteLines {
 public:
  struct Entry {
    std::uint16_t first = 0;  // numbers of articles, modulo 65536
    std::uint16_t last = 0;
    std::uint8_t sightings = 0;
  };

  Cleaned apply(std::uint64_t article, Cleaned cleaned, const Rules& rules);

  // Little-endian, versioned; a blob that cannot be read is an empty memory.
  std::string encode() const;
  void decode(std::string_view blob);

  unsigned unsaved() const { return unsaved_; }  // articles since saved()
  unsigned saves() const { return saves_; }      // of this process
  bool is_urgent() const { return is_urgent_; }  // a line came nearer to being known
  void saved();
  std::size_t size() const { return entries_.size(); }

 private:
  struct Article {
    std::uint32_t id = 0;
    std::uint16_t number = 0;
    TopicSketch sketch;
  };
  friend class Sighting;

  const Article* find(std::uint16_t number) const;
  const Article* find_id(std::uint32_t id) const;
  void forget_some();

  std::unordered_map<std::uint32_t, Entry> entries_;
  std::vector<Article> ring_;  // oldest first
  std::uint16_t next_ = 1;     // the next article's number
  unsigned unsaved_ = 0;
  unsigned saves_ = 0;
  bool is_urgent_ = false;
};

}  // namespace siftd
