#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sifters/boilerplate.hpp"
#include "sifters/records.hpp"

namespace siftd {

// What each site repeats from article to article: footers, calls, author notes.
// A line or sentence that stood in two articles is taken out of the third and all
// later ones, inside paragraphs too. Used on one thread (the recorder's); knows no
// clock: equal input in equal order gives equal output.
//
// Safe against poisoning:
//  - a sighting counts once an article, and only if the article's other words differ
//    from those of the sightings before (a story told again teaches nothing);
//  - quoted speech and what `keep` rules know is never learned, nor are sentences
//    that vary by even a word;
//  - an article that has half of its text in common with an earlier one, as copies and
//    series have, teaches nothing against that one;
//  - an article loses at most limits::kMaxLearnedShare of its letters this way, and
//    limits::kMaxFirmShare to lines that were seen in kFirmSightings articles.
class SiteMemory {
 public:
  using Saved = SiteRow;
  // Gives a site's blob as last saved, if any.
  using Load = std::function<std::optional<std::string>(std::string_view site)>;

  explicit SiteMemory(Load load = {});
  ~SiteMemory();
  SiteMemory(const SiteMemory&) = delete;
  SiteMemory& operator=(const SiteMemory&) = delete;

  // Takes out what `site` is known to repeat, and learns from this text. `article`
  // says which article it is: seen again, it counts no second time. Without a site
  // nothing is learned.
  Cleaned apply(std::string_view site, std::uint64_t article, Cleaned cleaned,
                const Rules& rules = Rules::built_in());

  // The sites whose memory has changed since the last call in a way worth a write
  // (a line became known, or a few articles were read); with `all`, in any way: for
  // the end.
  std::vector<Saved> take_changed(bool all = false);

  // Sites in memory at the moment; bounded by limits::kMaxSitesInMemory.
  std::size_t size() const;

 private:
  struct Site;
  Site& find(std::string_view site);
  void make_room();

  Load load_;
  std::list<Site> sites_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Site>::iterator> index_;
  std::vector<std::string> due_;  // sites worth a write
  std::vector<Saved> evicted_;    // changed, and no longer in memory
};

}  // namespace siftd
