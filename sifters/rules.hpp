#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// A mistake in a file of rules: where, what, and what to do about it.
struct RuleError {
  std::string file;
  int line = 0;
  std::string what;
  std::string to_string() const;  // "file:line: what"
};

// A file of rules, already read; `name` is for messages.
struct RuleFile {
  std::string name;
  std::string text;  // TOML, see docs/cleaning.md
};

// What a rule does with the lines that it knows.
enum class RuleKind : std::uint8_t {
  line,   // the line goes
  tail,   // a heading of what stands beside or after an article: it and what it heads go
  end,    // the article is over: it and all that follows go
  block,  // from this line to the one that `until` knows, both included
  keep,   // never taken, neither by rules nor by learning
};

// Where in an article a rule holds.
enum class RulePlace : std::uint8_t { anywhere, start, end };

// Lines that are known not to be the article: built in, and the operator's.
// Immutable once made; safe on any thread. Matching is linear in the line (RE2).
class Rules {
 public:
  // The rules of sifters/rules.toml, compiled in.
  static const Rules& built_in();

  ~Rules();
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  struct Rule {
    std::string name;
    RuleKind kind = RuleKind::line;
    RulePlace where = RulePlace::anywhere;
    std::string site;              // host name, its subdomains too; empty: every site
    std::string languages;         // " en de ", lower case; empty: every language
    std::size_t max_length = 160;  // of the line, in bytes
    int until = -1;                // of a block: the pattern that ends it
    std::size_t max_lines = 0;     // of a block
  };

  // The rule that knows this line, or null. `folded` is fold(line); `language` is
  // BCP 47, and empty when it is not known.
  const Rule* match(std::string_view folded, std::string_view site,
                    std::string_view language) const;
  // True when `rule`'s block ends with this line.
  bool ends_block(const Rule& rule, std::string_view folded) const;
  std::size_t size() const;  // rules

 private:
  Rules();
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
  friend struct RuleReader;
};

// The built-in rules with the operator's after them, which win. All mistakes of
// all files at once; the rules are complete only when there are none.
struct LoadedRules {
  std::shared_ptr<const Rules> rules;  // never null
  std::vector<RuleError> errors;
};
LoadedRules load_rules(const std::vector<RuleFile>& files);

}  // namespace siftd
