// RE2's FilteredRE2 tells for each pattern which strings ("atoms") a text must hold to
// match it. A table by the first three bytes of the atoms finds those of a line in one
// pass. Patterns without any go into a set.
#include "sifters/line_patterns.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <limits>
#include <re2/filtered_re2.h>
#include <re2/set.h>

#include "base/limits.hpp"
#include "sifters/text.hpp"

namespace siftd {

namespace {

constexpr std::size_t kShortestAtom = 3;
constexpr std::size_t kSlots = 16384;
constexpr std::size_t kAnyLength = std::numeric_limits<std::size_t>::max();

RE2::Options options_of(std::int64_t memory) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(memory);
  return options;
}

// The three bytes that end with `next`, when `before` are those before it.
std::uint32_t slide(std::uint32_t before, char next) {
  return (before << 8 | static_cast<unsigned char>(next)) & 0xFFFFFF;
}

std::size_t slot_of(std::uint32_t three) {
  return three * 2654435761u >> 18;
}

// RE2 writes atoms in lower case. That is how a folded line has them, but for letters
// that fold to something else.
bool stays_when_folded(const std::string& atom) {
  const std::string framed = "x" + atom + "x";
  return fold(framed) == framed;
}

}  // namespace

// Which atoms stand in a line, for all groups in one pass.
class LinePatterns::Atoms {
 public:
  void add(const std::string& text, std::size_t group, int number) {
    std::uint32_t three = 0;
    for (std::size_t i = 0; i < kShortestAtom; ++i) {
      three = slide(three, text[i]);
    }
    const std::size_t slot = slot_of(three);
    if (!is_used_[slot]) {
      is_used_.set(slot);
      places_[slot] = static_cast<std::uint16_t>(lists_.size());
      lists_.emplace_back();
    }
    List& list = lists_[places_[slot]];
    list.atoms.push_back({text, group, number});
    list.fourths |= text.size() > kShortestAtom ? bit_of(text[kShortestAtom]) : kAnyByte;
  }

  // Adds to `found` the numbers of the atoms of each group; one may come twice.
  void find(std::string_view line, Found& found) const {
    std::uint32_t three = 0;
    for (std::size_t end = 1; end <= line.size(); ++end) {
      three = slide(three, line[end - 1]);
      const std::size_t slot = slot_of(three);
      if (end < kShortestAtom || !is_used_[slot]) {
        continue;
      }
      const List& list = lists_[places_[slot]];
      if ((list.fourths & (end < line.size() ? bit_of(line[end]) : kAnyByte)) == 0) {
        continue;
      }
      for (const Atom& atom : list.atoms) {
        if (line.substr(end - kShortestAtom).starts_with(atom.text)) {
          found[atom.group].push_back(atom.number);
        }
      }
    }
  }

 private:
  struct Atom {
    std::string text;
    std::size_t group = 0;
    int number = 0;
  };
  // The atoms of a slot, and a bit for each byte that is the fourth of one.
  struct List {
    std::vector<Atom> atoms;
    std::uint32_t fourths = 0;
  };

  static constexpr std::uint32_t kAnyByte = ~std::uint32_t{0};
  static std::uint32_t bit_of(char byte) {
    return std::uint32_t{1} << (static_cast<unsigned char>(byte) & 31U);
  }

  std::bitset<kSlots> is_used_;
  std::array<std::uint16_t, kSlots> places_{};  // of used slots: where in lists_
  std::vector<List> lists_;
};
static_assert(kSlots - 1 <= std::numeric_limits<std::uint16_t>::max());

// The patterns for lines of at most `longest` bytes: most of a text is in long lines,
// which few patterns want to see.
class LinePatterns::Group {
 public:
  explicit Group(std::size_t longest) : longest_(longest) {}

  bool is_for(std::size_t bytes) const { return bytes <= longest_; }

  std::string add(const std::string& pattern, Pattern as) {
    int number = 0;
    const RE2::Options options = options_of(limits::kMaxOnePatternMemory);
    if (filtered_.Add(pattern, options, &number) != RE2::NoError) {
      return "is no pattern: " + RE2(pattern, options).error() + " (see RE2's syntax)";
    }
    const RE2& alone = filtered_.GetRE2(number);
    const bool takes_any =
        RE2::FullMatch("", alone) || RE2::FullMatch("\x01 no text has this \x02", alone);
    patterns_.push_back(as);
    patterns_.back().is_run = !takes_any;
    return takes_any ? "would take any line: say what begins it" : "";
  }

  // Adds the words to look for to `to`, as those of this group, the `own`-th.
  bool finish(std::size_t own, Atoms& to) {
    std::vector<std::string> atoms;
    filtered_.Compile(&atoms);
    for (std::size_t i = 0; i < atoms.size(); ++i) {
      if (stays_when_folded(atoms[i])) {
        to.add(atoms[i], own, static_cast<int>(i));
      } else {
        present_.push_back(static_cast<int>(i));
      }
    }
    std::vector<int> unfiltered;
    filtered_.AllPotentials(present_, &unfiltered);
    for (const int number : unfiltered) {
      Pattern& pattern = patterns_[static_cast<std::size_t>(number)];
      if (pattern.is_run) {
        pattern.is_run = false;  // but with the set
        if (always_.Add(filtered_.GetRE2(number).pattern(), nullptr) < 0) {
          return false;
        }
        always_patterns_.push_back(pattern);
      }
    }
    return always_.Compile();
  }

  // `atoms`: those that stand in the line.
  void match(std::string_view folded, std::vector<int>& atoms,
             std::vector<std::size_t>& hits) const {
    const re2::StringPiece line(folded.data(), folded.size());
    std::vector<int> numbers;
    if (!always_patterns_.empty() && always_.Match(line, &numbers)) {
      for (const int number : numbers) {
        take(always_patterns_[static_cast<std::size_t>(number)], folded, hits);
      }
    }
    atoms.insert(atoms.end(), present_.begin(), present_.end());
    if (atoms.empty()) {
      return;
    }
    std::sort(atoms.begin(), atoms.end());
    atoms.erase(std::unique(atoms.begin(), atoms.end()), atoms.end());
    filtered_.AllPotentials(atoms, &numbers);
    for (const int number : numbers) {
      const Pattern& pattern = patterns_[static_cast<std::size_t>(number)];
      if (pattern.is_run && RE2::FullMatch(line, filtered_.GetRE2(number))) {
        take(pattern, folded, hits);
      }
    }
  }

 private:
  static void take(const Pattern& pattern, std::string_view folded,
                   std::vector<std::size_t>& hits) {
    if (folded.size() <= pattern.longest) {
      hits.push_back(pattern.number);
    }
  }

  std::size_t longest_;
  std::vector<Pattern> patterns_;  // by FilteredRE2's number
  re2::FilteredRE2 filtered_{static_cast<int>(kShortestAtom)};
  RE2::Set always_{options_of(limits::kMaxPatternMemory), RE2::ANCHOR_BOTH};
  std::vector<Pattern> always_patterns_;
  std::vector<int> present_;  // atoms that are taken to be in every line
};

LinePatterns::LinePatterns() : atoms_(std::make_unique<Atoms>()) {
  constexpr std::array<std::size_t, kGroups> kLongest = {160, 400, kAnyLength};
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups_[i] = std::make_unique<Group>(kLongest[i]);
  }
}
LinePatterns::~LinePatterns() = default;

std::string LinePatterns::add(const std::string& pattern, std::size_t longest) {
  const auto group = std::find_if(groups_.begin(), groups_.end(), [&](const auto& some) {
    return some->is_for(longest);
  });
  std::string wrong = (*group)->add(pattern, {count_, longest, true});
  count_ += wrong.empty() ? 1U : 0U;
  return wrong;
}

bool LinePatterns::finish() {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (!groups_[i]->finish(i, *atoms_)) {
      return false;
    }
  }
  return true;
}

void LinePatterns::match(std::string_view folded, std::vector<std::size_t>& hits) const {
  hits.clear();
  Found found;
  atoms_->find(folded, found);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i]->is_for(folded.size())) {
      groups_[i]->match(folded, found[i], hits);
    }
  }
}

}  // namespace siftd
