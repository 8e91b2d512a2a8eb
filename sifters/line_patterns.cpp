// RE2's FilteredRE2 tells for each pattern which strings ("atoms") a text must hold to
// match it. A table by the first three bytes of the atoms finds those of a line in one
// pass. Patterns without any go into sets, by the length of the lines that they are for.
#include "sifters/line_patterns.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <re2/filtered_re2.h>
#include <re2/set.h>

#include "base/limits.hpp"
#include "sifters/text.hpp"

namespace siftd {

namespace {

constexpr int kShortestAtom = 3;
constexpr std::size_t kSlots = 4096;

RE2::Options options_of(std::int64_t memory) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(memory);
  return options;
}

std::size_t slot_of(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i]));
  };
  return (byte(0) | byte(1) << 8 | byte(2) << 16) * 2654435761u >> 20;
}

re2::StringPiece piece_of(std::string_view text) {
  return {text.data(), text.size()};
}

// RE2 writes atoms in lower case. That is how a folded line has them, but for letters
// that fold to something else.
bool stays_when_folded(const std::string& atom) {
  const std::string framed = "x" + atom + "x";
  return fold(framed) == framed;
}

}  // namespace

struct LinePatterns::Compiled {
  struct Pattern {
    std::string text;
    std::size_t longest = 0;
  };
  // Those that no atom lets through.
  struct Always {
    std::size_t longest = 0;
    RE2::Set set{options_of(limits::kMaxPatternMemory), RE2::ANCHOR_BOTH};
    std::vector<std::size_t> patterns;
  };
  struct Atom {
    std::string text;
    int number = 0;
  };

  std::vector<Pattern> patterns;
  std::vector<std::size_t> pattern_of;  // by FilteredRE2's number
  re2::FilteredRE2 filtered{kShortestAtom};
  std::vector<bool> is_always;  // by FilteredRE2's number
  std::array<Always, 3> always{Always{160}, Always{400}, Always{limits::kMaxRuleLine}};
  std::array<std::vector<Atom>, kSlots> atoms;
  std::vector<int> present;  // atoms that are taken to be in every line

  void find_atoms(std::string_view line, std::vector<int>& found) const {
    found = present;
    for (std::size_t at = 0; at + kShortestAtom <= line.size(); ++at) {
      for (const Atom& atom : atoms[slot_of(line, at)]) {
        if (line.substr(at).starts_with(atom.text)) {
          found.push_back(atom.number);
        }
      }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
  }
};

LinePatterns::LinePatterns() : compiled_(std::make_unique<Compiled>()) {}
LinePatterns::~LinePatterns() = default;

std::string LinePatterns::add(const std::string& pattern, std::size_t longest) {
  int number = 0;
  const RE2::Options options = options_of(limits::kMaxOnePatternMemory);
  if (compiled_->filtered.Add(pattern, options, &number) != RE2::NoError) {
    return "is no pattern: " + RE2(pattern, options).error() + " (see RE2's syntax)";
  }
  const std::size_t none = compiled_->patterns.size();
  const RE2& alone = compiled_->filtered.GetRE2(number);
  compiled_->pattern_of.push_back(none);
  if (RE2::FullMatch("", alone) || RE2::FullMatch("\x01 no text has this \x02", alone)) {
    compiled_->pattern_of.back() = std::string::npos;
    return "would take any line: say what begins it";
  }
  compiled_->patterns.push_back({pattern, longest});
  return {};
}

bool LinePatterns::finish() {
  Compiled& all = *compiled_;
  std::vector<std::string> atoms;
  all.filtered.Compile(&atoms);
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (stays_when_folded(atoms[i])) {
      all.atoms[slot_of(atoms[i], 0)].push_back({atoms[i], static_cast<int>(i)});
    } else {
      all.present.push_back(static_cast<int>(i));
    }
  }
  std::vector<int> unfiltered;
  all.filtered.AllPotentials(all.present, &unfiltered);
  all.is_always.resize(all.pattern_of.size());
  for (const int number : unfiltered) {
    const std::size_t pattern = all.pattern_of[static_cast<std::size_t>(number)];
    all.is_always[static_cast<std::size_t>(number)] = true;
    if (pattern == std::string::npos) {
      continue;
    }
    const auto always = std::find_if(
        all.always.begin(), all.always.end() - 1, [&](const Compiled::Always& some) {
          return all.patterns[pattern].longest <= some.longest;
        });
    if (always->set.Add(all.patterns[pattern].text, nullptr) < 0) {
      return false;
    }
    always->patterns.push_back(pattern);
  }
  return std::all_of(all.always.begin(), all.always.end(),
                     [](Compiled::Always& some) { return some.set.Compile(); });
}

void LinePatterns::match(std::string_view folded, std::vector<std::size_t>& hits) const {
  const Compiled& all = *compiled_;
  hits.clear();
  const re2::StringPiece line = piece_of(folded);
  std::vector<int> numbers;
  for (const Compiled::Always& some : all.always) {
    if (folded.size() <= some.longest && !some.patterns.empty() &&
        some.set.Match(line, &numbers)) {
      for (const int number : numbers) {
        hits.push_back(some.patterns[static_cast<std::size_t>(number)]);
      }
    }
  }
  std::vector<int> atoms;
  all.find_atoms(folded, atoms);
  if (atoms.empty()) {
    return;
  }
  all.filtered.AllPotentials(atoms, &numbers);
  for (const int number : numbers) {
    const std::size_t pattern = all.pattern_of[static_cast<std::size_t>(number)];
    if (!all.is_always[static_cast<std::size_t>(number)] &&
        pattern != std::string::npos && folded.size() <= all.patterns[pattern].longest &&
        RE2::FullMatch(line, all.filtered.GetRE2(number))) {
      hits.push_back(pattern);
    }
  }
}

}  // namespace siftd
