#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// Many patterns that are asked at once which of them match a whole line. Most hold
// words without which they cannot match; those are looked for first, and only patterns
// whose words stand in the line are run. Add them all, finish, then match: from then on
// immutable and safe on any thread. Linear in the line (RE2).
class LinePatterns {
 public:
  LinePatterns();
  ~LinePatterns();
  LinePatterns(const LinePatterns&) = delete;
  LinePatterns& operator=(const LinePatterns&) = delete;

  // Adds RE2's `pattern`, for lines of at most `longest` bytes; its number counts from
  // 0. Gives what is wrong with it, and then it has no number; empty: nothing.
  std::string add(const std::string& pattern, std::size_t longest);

  // False: those that must always be run are too large together.
  bool finish();

  // Puts the numbers of the patterns that match all of `folded` (as fold() leaves a
  // line) into `hits`, in no order.
  void match(std::string_view folded, std::vector<std::size_t>& hits) const;

 private:
  struct Pattern {
    std::size_t number = 0;
    std::size_t longest = 0;
    bool is_run = true;  // when the line holds its words
  };
  class Group;
  class Atoms;
  static constexpr std::size_t kGroups = 3;
  using Found = std::array<std::vector<int>, kGroups>;  // numbers of atoms, by group

  std::array<std::unique_ptr<Group>, kGroups> groups_;  // by the length of the lines
  std::unique_ptr<Atoms> atoms_;
  std::size_t count_ = 0;
};

}  // namespace siftd
