#include "sifters/story_table.hpp"

#include <algorithm>
#include <array>

namespace siftd {

namespace {

constexpr std::uint32_t kFirstPlace = 1;  // the index takes 0 for dead

}  // namespace

std::uint32_t StoryTable::place_of(std::uint32_t number) const {
  std::array<std::uint32_t, 64> found;
  const std::size_t count = index_.find(number, kFirstPlace, found);
  for (std::size_t i = 0; i < count; ++i) {
    if (at(found[i]).number == number) {
      return found[i];
    }
  }
  return 0;
}

Story* StoryTable::find(std::uint32_t number) {
  const std::uint32_t place = place_of(number);
  return place == 0 ? nullptr : &at(place);
}

const Story* StoryTable::find(std::uint32_t number) const {
  const std::uint32_t place = place_of(number);
  return place == 0 ? nullptr : &at(place);
}

Story& StoryTable::add(std::uint32_t number) {
  std::uint32_t place = 0;
  if (free_.empty()) {
    place = ++places_;
    if (place / kChunk == chunks_.size()) {
      chunks_.push_back(std::make_unique<Story[]>(kChunk));
    }
  } else {
    place = free_.back();
    free_.pop_back();
  }
  Story& story = at(place);
  story.number = number;
  index_.insert(number, place, kFirstPlace);
  if (index_.is_full()) {  // also when it had no room for this one
    rebuild();
  }
  return story;
}

void StoryTable::erase(std::uint32_t number) {
  const std::uint32_t place = place_of(number);
  if (place == 0) {
    return;
  }
  index_.erase(number, place);
  set_terms(at(place), {});
  at(place) = {};
  free_.push_back(place);
}

void StoryTable::set_terms(Story& story, std::span<const StoryTerm> terms) {
  if (terms.size() != story.term_count) {
    terms_ += terms.size() - story.term_count;  // wraps around when fewer
    story.first_term =
        terms.empty() ? nullptr : std::make_unique<StoryTerm[]>(terms.size());
    story.term_count = static_cast<std::uint8_t>(terms.size());
  }
  std::copy(terms.begin(), terms.end(), story.first_term.get());
}

void StoryTable::rebuild() {
  index_.clear(size() * 2);
  for (std::uint32_t place = kFirstPlace; place <= places_; ++place) {
    if (at(place).number != 0) {
      index_.insert(at(place).number, place, kFirstPlace);
    }
  }
}

std::size_t StoryTable::bytes() const {
  constexpr std::size_t kMalloc = 16;  // what it adds to a story's terms
  return index_.bytes() + chunks_.size() * kChunk * sizeof(Story) + size() * kMalloc +
         free_.capacity() * sizeof(std::uint32_t) + terms_ * sizeof(StoryTerm);
}

}  // namespace siftd
