#include "sifters/rules.hpp"

#include <string>

#include "sifters/text.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

std::string rule_of(const Rules& rules, std::string_view line, std::string_view site = "",
                    std::string_view language = "") {
  const Rules::Rule* rule = rules.match(fold(line), site, language);
  return rule == nullptr ? "" : rule->name;
}

LoadedRules load(const std::string& text) {
  return load_rules({{"rules.d/mine.toml", text}});
}

std::string errors_of(const std::string& text) {
  std::string all;
  for (const RuleError& error : load(text).errors) {
    all += error.to_string() + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("rules: those that ship are without a mistake", "[rules]") {
  CHECK(load_rules({}).errors.empty());
  CHECK(Rules::built_in().size() > 40);
}

TEST_CASE("rules: what ships knows boilerplate in many languages", "[rules]") {
  const Rules& rules = Rules::built_in();
  CHECK(rule_of(rules, "- Advertisement -") == "advertisement");
  CHECK(rule_of(rules, "The post Ten birds appeared first on Garden Weekly.") ==
        "feed-footer");
  CHECK(rule_of(rules,
                "Our site can also be reached at the following alternate addresses:") ==
        "alternate-addresses");
  CHECK(rule_of(rules, "Read more: Why rivers bend") == "read-more");
  CHECK(rule_of(rules, "LESEN SIE AUCH: Warum Flüsse sich biegen") == "read-more");
  CHECK(rule_of(rules, "Lire aussi : Pourquoi") == "read-more");
  CHECK(rule_of(rules, "Читайте также:") == "related-heading");
  CHECK(rule_of(rules, "関連記事") == "related-heading");
  CHECK(rule_of(rules, "12 Comments") == "comments-heading");
  CHECK(rule_of(rules, "Facebook Twitter WhatsApp Email") == "share-bar");
  CHECK(rule_of(rules, "© 2024 The Daily Pebble. All rights reserved.") == "copyright");
  CHECK(rule_of(rules, "You have read 3 of 5 free articles this month.") ==
        "paywall-nag");
  CHECK(rule_of(rules, "(Reporting by Ann Lee in Merrow and J. K. Oduya in Varn)") ==
        "author-note");
  CHECK(rule_of(rules,
                "Reporting by Ann Lee. Additional reporting by Raj Patel; editing by Eva "
                "Lind") == "author-note");
  CHECK(rule_of(rules, "Contact Ann Lee at ann@example.org") == "author-note");
}

TEST_CASE("rules: reporting is not boilerplate", "[rules]") {
  const Rules& rules = Rules::built_in();
  const std::string line = GENERATE(
      as<std::string>(),
      "The minister said that the newspaper had published the letter without asking him "
      "first.",
      "Advertising revenue fell by a fifth, the publisher said on Monday, and it will "
      "cut jobs.",
      "She told reporters that readers were right to complain, and that the paper would "
      "listen.",
      "The two presidents agreed to remain in \"constant\" contact and to convene a "
      "video call.",
      "Twitter said on Friday that it had removed the accounts.", "United Kingdom",
      "Reporting by the council on its own bridges has got better. It now counts each "
      "crack. Nobody did so before the flood.",
      "Contact with the crew at sea was lost on Monday, by night.",
      "Die Partei unterstützt den Antrag, wie ihr Sprecher am Montag in Berlin sagte.",
      "Kazakhstan arrests ex-security chief",
      "Copyright law has not kept up, the judges found.");
  CHECK(rule_of(rules, line).empty());
}

TEST_CASE("rules: formulas of reporting are kept", "[rules]") {
  const Rules::Rule* rule = Rules::built_in().match(
      fold("The company did not immediately respond to a request for comment."), "",
      "en");
  REQUIRE(rule != nullptr);
  CHECK(rule->kind == RuleKind::keep);
}

TEST_CASE("rules: a rule of one language leaves texts of another alone", "[rules]") {
  const LoadedRules loaded =
      load("[[rule]]\nname='es'\nlanguage='es, pt'\nphrases=['más cosas']\n");
  REQUIRE(loaded.errors.empty());
  CHECK(rule_of(*loaded.rules, "Más cosas", "", "es-AR") == "es");
  CHECK(rule_of(*loaded.rules, "Más cosas", "", "") == "es");
  CHECK(rule_of(*loaded.rules, "Más cosas", "", "en") == "");
}

TEST_CASE("rules: the operator's hold for their site and its subdomains", "[rules]") {
  const LoadedRules loaded = load(
      "[[rule]]\nname='tip'\nsite='Example.org'\npatterns=['tip of the day: .+']\n"
      "[[rule]]\nname='ours'\nphrases=['Advertisement']\n");
  REQUIRE(loaded.errors.empty());
  CHECK(rule_of(*loaded.rules, "Tip of the day: sleep", "example.org") == "tip");
  CHECK(rule_of(*loaded.rules, "Tip of the day: sleep", "www.example.org") == "tip");
  CHECK(rule_of(*loaded.rules, "Tip of the day: sleep", "notexample.org").empty());
  CHECK(rule_of(*loaded.rules, "Tip of the day: sleep").empty());
  CHECK(rule_of(*loaded.rules, "Advertisement") == "ours");  // the operator's win
}

TEST_CASE("rules: the operator may keep what a built-in rule takes", "[rules]") {
  const LoadedRules loaded = load(
      "[[rule]]\nname='mine'\nkind='keep'\nsite='example.org'\nphrases=['Read more']\n");
  REQUIRE(loaded.errors.empty());
  CHECK(loaded.rules->match("read more", "example.org", "")->kind == RuleKind::keep);
  CHECK(loaded.rules->match("read more", "example.com", "")->kind != RuleKind::keep);
}

TEST_CASE("rules: all mistakes come at once, each with its line and a remedy",
          "[rules]") {
  const std::string errors = errors_of(
      "[[rule]]\n"                                  // 1
      "phrases = ['x y']\n"                         // 2: no name
      "[[rule]]\n"                                  // 3
      "name = 'a'\n"                                // 4
      "patterns = ['(unclosed', 'fine.+', '.*']\n"  // 5: two of them wrong
      "[[rule]]\n"                                  // 6
      "name = 'b'\n"                                // 7
      "colour = 'red'\n"                            // 8: unknown
      "kind = 'lines'\n"                            // 9: no kind
      "[[rule]]\n"                                  // 10
      "name = 'c'\n"                                // 11: knows nothing
      "[[rule]]\n"                                  // 12
      "name = 'd'\n"                                // 13
      "kind = 'block'\n"                            // 14: no until
      "phrases = [7]\n");                           // 15: no text
  INFO(errors);
  CHECK(errors.find("rules.d/mine.toml:1: a rule without a name") != std::string::npos);
  CHECK(errors.find("rules.d/mine.toml:5: '(unclosed' is no pattern: ") !=
        std::string::npos);
  CHECK(errors.find("rules.d/mine.toml:5: '.*' would take any line") !=
        std::string::npos);
  CHECK(errors.find("rules.d/mine.toml:8: unknown key 'colour'") != std::string::npos);
  CHECK(errors.find("rules.d/mine.toml:9: kind is line") != std::string::npos);
  CHECK(errors.find("rules.d/mine.toml:10: rule 'c' knows no line") != std::string::npos);
  CHECK(errors.find("rules.d/mine.toml:12: a block needs until") != std::string::npos);
}

TEST_CASE("rules: a file that is no TOML, or no rules, is one error", "[rules]") {
  CHECK(errors_of("[[rule]\nname").find("rules.d/mine.toml:") == 0);
  CHECK(errors_of("[feed]\nurl='x'\n").find("rules.d/mine.toml:1: unknown key 'feed'") ==
        0);
  CHECK(errors_of("rule = 3\n").find("unknown key 'rule'") != std::string::npos);
}

TEST_CASE("rules: a pattern that would take long in a backtracking engine does not",
          "[rules]") {
  const LoadedRules loaded = load("[[rule]]\nname='evil'\npatterns=['(a+)+b']\n");
  REQUIRE(loaded.errors.empty());
  CHECK(rule_of(*loaded.rules, std::string(150, 'a')).empty());
  CHECK(rule_of(*loaded.rules, std::string(150, 'a') + "b") == "evil");
}

TEST_CASE("rules: a pattern matches whatever words it must hold", "[rules]") {
  const LoadedRules loaded = load(
      "[[rule]]\nname = 'words'\npatterns = ['.*\\b(pebble|gravel) (of the|by the) "
      "day.*']\n"
      "[[rule]]\nname = 'short'\npatterns = ['[ab]: ?\\d+']\n"
      "[[rule]]\nname = 'folds'\npatterns = ['STRAẞE .+', 'Ärger .+', 'Σας .+']\n"
      "[[rule]]\nname = 'long'\nmax_length = 500\npatterns = ['tail of .+ stones']\n");
  REQUIRE(loaded.errors.empty());
  const Rules& rules = *loaded.rules;
  CHECK(rule_of(rules, "Here is the Pebble of the day") == "words");
  CHECK(rule_of(rules, "Here is the pebble of a day").empty());
  CHECK(rule_of(rules, "B: 17") == "short");
  CHECK(rule_of(rules, "ärger im Garten") == "folds");
  CHECK(rule_of(rules, "ΣΑΣ ένα") == "folds");
  CHECK(rule_of(rules, "Tail of " + std::string(300, 'x') + " stones") == "long");
  CHECK(rule_of(rules, "Tail of " + std::string(500, 'x') + " stones").empty());
}
