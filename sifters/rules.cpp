#include "sifters/rules.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <re2/re2.h>
#include <toml++/toml.h>
#include <unordered_map>

#include "base/limits.hpp"
#include "sifters/line_patterns.hpp"
#include "sifters/text.hpp"

namespace siftd {

extern const std::string_view kRulesToml;  // rules.toml, see cmake/embed_text.cmake

namespace {

RE2::Options pattern_options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(limits::kMaxPatternMemory);
  return options;
}

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0;
}

// Without the ornaments around a phrase: "- Advertisement -" and "Read more >>".
std::string_view without_ornaments(std::string_view folded) {
  while (!folded.empty() && !is_word_byte(folded.front())) {
    folded.remove_prefix(1);
  }
  while (!folded.empty() && !is_word_byte(folded.back())) {
    folded.remove_suffix(1);
  }
  return folded;
}

// A space at the end of `starts` says that a word ends there; fold() would trim it.
std::string fold_start(const std::string& start) {
  return fold(start) + (start.ends_with(' ') ? " " : "");
}

// English rules hold for all: English buttons stand on pages in any language.
bool is_of_language(const std::string& languages, std::string_view language) {
  const std::string_view primary = language.substr(0, language.find_first_of("-_"));
  return languages.empty() || primary.empty() ||
         languages.find(" en ") != std::string::npos ||
         languages.find(" " + fold(primary) + " ") != std::string::npos;
}

// A line of several sentences is an article's whatever it begins with.
bool has_many_sentences(std::string_view folded) {
  std::size_t ends = 0;
  for (std::size_t i = 0; i + 1 < folded.size(); ++i) {
    ends +=
        (folded[i] == '.' || folded[i] == '!' || folded[i] == '?') && folded[i + 1] == ' '
            ? 1u
            : 0u;
  }
  return ends > 3;
}

std::uint16_t first_two(std::string_view text) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(text[0]) << 8 |
                                    static_cast<unsigned char>(text[1]));
}

// True when `site` is `of` or a subdomain of it.
bool is_within(std::string_view site, std::string_view of) {
  return site == of || (site.size() > of.size() && site.ends_with(of) &&
                        site[site.size() - of.size() - 1] == '.');
}

// Looks a view up without a copy of it.
struct PhraseHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

}  // namespace

std::string RuleError::to_string() const {
  return file + ":" + std::to_string(line) + ": " + what;
}

struct Rules::Compiled {
  std::vector<Rule> rules;
  std::unordered_map<std::string, std::vector<std::size_t>, PhraseHash, std::equal_to<>>
      phrases;
  std::size_t longest_phrase = 0;  // bytes
  struct Start {
    std::string text;
    std::size_t rule = 0;
  };
  // By their first two bytes: a line is compared with a handful.
  std::unordered_map<std::uint16_t, std::vector<Start>> starts;
  LinePatterns patterns;
  std::vector<std::size_t> rules_of_patterns;  // the rule of each
  std::vector<std::unique_ptr<RE2>> untils;
};

// Reads files of rules into a Rules, collecting mistakes.
struct RuleReader {
  bool is_built_in = true;  // its patterns are in lower case, as the lines are

  explicit RuleReader(std::vector<RuleError>& to) : errors(to), rules(new Rules) {}

  void read(const RuleFile& rule_file) {
    file = &rule_file;
    toml::table table;
    try {
      table = toml::parse(rule_file.text);
    } catch (const toml::parse_error& error) {
      say(error.source(), std::string(error.description()));
      return;
    }
    for (const auto& [key, value] : table) {
      if (key.str() != "rule" || !value.is_array_of_tables()) {
        say(value.source(), "unknown key '" + std::string(key.str()) +
                                "': a file of rules holds [[rule]] tables only");
        continue;
      }
      for (const toml::node& node : *value.as_array()) {
        read_rule(*node.as_table());
      }
    }
  }

  // Call once, at the end.
  std::shared_ptr<const Rules> finish() {
    if (!rules->compiled_->patterns.finish()) {
      errors.push_back(
          {"", 0, "the patterns of all rules together are too large: use phrases"});
    }
    return std::shared_ptr<const Rules>(std::move(rules));
  }

 private:
  void say(const toml::source_region& where, std::string what) {
    errors.push_back({file->name, static_cast<int>(where.begin.line), std::move(what)});
  }

  void read_rule(const toml::table& table) {
    Rules::Rule rule;
    const auto before = errors.size();
    check_keys(table);
    rule.name = text_of(table, "name");
    rule.site = fold(text_of(table, "site"));
    if (rule.name.empty()) {
      say(table.source(), "a rule without a name: add name = \"what-it-is\"");
    }
    read_languages(table, rule);
    read_kind(table, rule);
    read_size(table, "max_length", limits::kMaxRuleLine, rule.max_length);
    const std::string where = text_of(table, "where");
    if (where == "start") {
      rule.where = RulePlace::start;
    } else if (where == "end") {
      rule.where = RulePlace::end;
    } else if (table.contains("where")) {
      say(table.get("where")->source(),
          "where is start or end: leave it out for anywhere");
    }
    if (errors.size() != before) {
      return;
    }
    const std::size_t index = rules->compiled_->rules.size();
    bool has_some = false;
    each_text(table, "phrases", [&](const std::string& phrase, const toml::node& node) {
      const std::string key(without_ornaments(fold(phrase)));
      if (key.empty()) {
        say(node.source(), "a phrase without a letter: it would take every such line");
        return;
      }
      rules->compiled_->phrases[key].push_back(index);
      rules->compiled_->longest_phrase =
          std::max(rules->compiled_->longest_phrase, key.size());
      has_some = true;
    });
    each_text(table, "starts", [&](const std::string& start, const toml::node& node) {
      const std::string text = fold_start(start);
      if (text.size() < 2) {
        say(node.source(), "a start of one letter: it would take too much");
        return;
      }
      rules->compiled_->starts[first_two(text)].push_back({text, index});
      has_some = true;
    });
    each_text(table, "patterns", [&](const std::string& pattern, const toml::node& node) {
      has_some |= add_pattern(pattern, index, rule.max_length, node);
    });
    if (!has_some && errors.size() == before) {
      say(table.source(),
          "rule '" + rule.name + "' knows no line: give it phrases, starts or patterns");
    }
    rules->compiled_->rules.push_back(std::move(rule));
  }

  void check_keys(const toml::table& table) {
    static constexpr std::array<std::string_view, 11> kKeys = {
        "name",   "kind",     "where", "site",      "language",  "phrases",
        "starts", "patterns", "until", "max_lines", "max_length"};
    for (const auto& [key, value] : table) {
      if (std::find(kKeys.begin(), kKeys.end(), key.str()) == kKeys.end()) {
        say(value.source(),
            "unknown key '" + std::string(key.str()) +
                "': a rule has name, kind, where, site, language, phrases, starts, "
                "patterns, max_length, until, max_lines");
      }
    }
  }

  // "de, fr" becomes " de fr ".
  void read_languages(const toml::table& table, Rules::Rule& rule) {
    std::string languages = fold(text_of(table, "language"));
    for (char& c : languages) {
      c = c == ',' ? ' ' : c;
    }
    rule.languages = languages.empty() ? "" : " " + languages + " ";
  }

  void read_kind(const toml::table& table, Rules::Rule& rule) {
    const std::string kind = table.contains("kind") ? text_of(table, "kind") : "line";
    if (kind == "line") {
      rule.kind = RuleKind::line;
    } else if (kind == "tail") {
      rule.kind = RuleKind::tail;
    } else if (kind == "end") {
      rule.kind = RuleKind::end;
    } else if (kind == "keep") {
      rule.kind = RuleKind::keep;
    } else if (kind == "block") {
      read_block(table, rule);
    } else {
      say(table.get("kind")->source(), "kind is line, tail, end, block or keep");
    }
    if (kind != "block" && (table.contains("until") || table.contains("max_lines"))) {
      say(table.source(), "until and max_lines are of kind = \"block\"");
    }
  }

  void read_size(const toml::table& table, std::string_view key, std::size_t most,
                 std::size_t& size) {
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      return;
    }
    const auto value = node->value<std::int64_t>();
    if (!value || *value < 1 || *value > static_cast<std::int64_t>(most)) {
      say(node->source(),
          std::string(key) + " is a number from 1 to " + std::to_string(most));
      return;
    }
    size = static_cast<std::size_t>(*value);
  }

  void read_block(const toml::table& table, Rules::Rule& rule) {
    rule.kind = RuleKind::block;
    rule.max_lines = limits::kMaxBlockLines;
    read_size(table, "max_lines", limits::kMaxBlockLines, rule.max_lines);
    const toml::node* until = table.get("until");
    if (until == nullptr) {
      say(table.source(), "a block needs until = '...', the pattern of its last line");
      return;
    }
    auto pattern = std::make_unique<RE2>(text_of(table, "until"), pattern_options());
    if (!pattern->ok()) {
      say(until->source(), "until: " + pattern->error());
      return;
    }
    rule.until = static_cast<int>(rules->compiled_->untils.size());
    rules->compiled_->untils.push_back(std::move(pattern));
  }

  // False, and an error, when it is no pattern or would take every line.
  bool add_pattern(const std::string& pattern, std::size_t rule, std::size_t max_length,
                   const toml::node& node) {
    if (pattern.size() > limits::kMaxPatternBytes) {
      say(node.source(), "a pattern above " + std::to_string(limits::kMaxPatternBytes) +
                             " bytes: split it");
      return false;
    }
    const std::string wrong = rules->compiled_->patterns.add(
        is_built_in ? pattern : "(?i)" + pattern, max_length);
    if (!wrong.empty()) {
      say(node.source(), "'" + pattern + "' " + wrong);
      return false;
    }
    rules->compiled_->rules_of_patterns.push_back(rule);
    return true;
  }

  std::string text_of(const toml::table& table, std::string_view key) {
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      return "";
    }
    const auto value = node->value<std::string>();
    if (!value || !node->is_string()) {
      say(node->source(), std::string(key) + " is a text: write it in quotes");
      return "";
    }
    return *value;
  }

  template <class Use>
  void each_text(const toml::table& table, std::string_view key, const Use& use) {
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      return;
    }
    if (node->is_string()) {
      use(*node->value<std::string>(), *node);
      return;
    }
    if (!node->is_array()) {
      say(node->source(), std::string(key) + " is a list of texts: [\"...\", \"...\"]");
      return;
    }
    for (const toml::node& element : *node->as_array()) {
      if (!element.is_string()) {
        say(element.source(),
            std::string(key) + " is a list of texts: write each in quotes");
        continue;
      }
      use(*element.value<std::string>(), element);
    }
  }

  const RuleFile* file = nullptr;
  std::vector<RuleError>& errors;
  std::shared_ptr<Rules> rules;
};

Rules::Rules() : compiled_(std::make_unique<Compiled>()) {}
Rules::~Rules() = default;

const Rules& Rules::built_in() {
  static const std::shared_ptr<const Rules> rules = load_rules({}).rules;
  return *rules;
}

const Rules::Rule* Rules::match(std::string_view folded, std::string_view site,
                                std::string_view language) const {
  const Compiled& all = *compiled_;
  const Rule* best = nullptr;
  if (folded.size() > limits::kMaxRuleLine || folded.size() < 2 ||
      has_many_sentences(folded)) {
    return best;
  }
  // The operator's rules come later and win; what is kept wins over all.
  const auto take = [&](std::size_t index) {
    const Rule& rule = all.rules[index];
    if (folded.size() > rule.max_length ||
        (!rule.site.empty() && !is_within(site, rule.site)) ||
        !is_of_language(rule.languages, language)) {
      return;
    }
    if (best == nullptr || rule.kind == RuleKind::keep ||
        (best->kind != RuleKind::keep && &rule > best)) {
      best = &rule;
    }
  };
  const std::string_view bare = without_ornaments(folded);
  if (bare.size() <= all.longest_phrase) {
    const auto phrase = all.phrases.find(bare);
    if (phrase != all.phrases.end()) {
      std::for_each(phrase->second.begin(), phrase->second.end(), take);
    }
  }
  const auto starts = all.starts.find(first_two(folded));
  if (starts != all.starts.end()) {
    for (const Compiled::Start& start : starts->second) {
      if (folded.starts_with(start.text)) {
        take(start.rule);
      }
    }
  }
  std::vector<std::size_t> hits;
  all.patterns.match(folded, hits);
  for (const std::size_t hit : hits) {
    take(all.rules_of_patterns[hit]);
  }
  return best;
}

bool Rules::ends_block(const Rule& rule, std::string_view folded) const {
  folded = folded.substr(0, limits::kMaxRuleLine);
  return rule.until >= 0 &&
         RE2::FullMatch(re2::StringPiece(folded.data(), folded.size()),
                        *compiled_->untils[static_cast<std::size_t>(rule.until)]);
}

std::size_t Rules::size() const {
  return compiled_->rules.size();
}

LoadedRules load_rules(const std::vector<RuleFile>& files) {
  LoadedRules loaded;
  RuleReader reader(loaded.errors);
  reader.read({"rules.toml", std::string(kRulesToml)});
  reader.is_built_in = false;
  for (const RuleFile& file : files) {
    reader.read(file);
  }
  loaded.rules = reader.finish();
  return loaded;
}

}  // namespace siftd
