#include "sifters/story_table.hpp"

#include <map>
#include <random>
#include <vector>

#include "tests/catch.hpp"

using namespace siftd;

namespace {

std::vector<StoryTerm> terms_of(std::uint32_t seed, std::size_t count) {
  std::vector<StoryTerm> terms;
  for (std::size_t i = 0; i < count; ++i) {
    const auto hash = static_cast<std::uint32_t>(seed + i);
    terms.push_back({hash << 8 | 1, static_cast<float>(i)});
  }
  return terms;
}

}  // namespace

TEST_CASE("story table: whatever is added and erased, what is there is found",
          "[stories]") {
  StoryTable table;
  std::map<std::uint32_t, std::size_t> there;  // and how many terms
  std::mt19937 random(11);
  for (int round = 0; round < 60000; ++round) {
    const auto number = static_cast<std::uint32_t>(random() % 20000 + 1);
    Story* found = table.find(number);
    REQUIRE((found != nullptr) == there.contains(number));
    if (found != nullptr && random() % 2 == 0) {
      table.erase(number);
      there.erase(number);
      REQUIRE(table.find(number) == nullptr);
      continue;
    }
    Story& story = found != nullptr ? *found : table.add(number);
    const std::size_t count = random() % 5;
    table.set_terms(story, terms_of(number, count));
    story.name = number;
    there[number] = count;
  }
  CHECK(table.size() == there.size());
  for (const auto& [number, count] : there) {
    const Story* story = table.find(number);
    REQUIRE(story != nullptr);
    REQUIRE(story->name == number);
    REQUIRE(story->terms().size() == count);
    REQUIRE((count == 0 || story->terms().back().hash() == number + count - 1));
  }
}

TEST_CASE("story table: stories stay where they are, and places are used again",
          "[stories]") {
  StoryTable table;
  const Story* first = &table.add(1);
  for (std::uint32_t number = 2; number <= 20000; ++number) {
    table.add(number);
  }
  CHECK(table.find(1) == first);
  const std::size_t bytes = table.bytes();
  for (int round = 0; round < 5; ++round) {
    for (std::uint32_t number = 2; number <= 20000; ++number) {
      table.erase(number);
    }
    CHECK(table.size() == 1);
    for (std::uint32_t number = 2; number <= 20000; ++number) {
      REQUIRE(table.add(number).term_count == 0);
    }
  }
  CHECK(table.find(1) == first);
  CHECK(table.bytes() < bytes * 3 / 2);
}
