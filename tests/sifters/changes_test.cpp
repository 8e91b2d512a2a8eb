#include "sifters/changes.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace siftd;

namespace {

const std::string kFirst =
    "The harbour authority of Merrow said on Tuesday that 13 ships were waiting outside "
    "the "
    "port because of the storm.";
const std::string kSecond =
    "Pilots refused to work in winds above 40 knots, a spokeswoman for their union said.";
const std::string kThird =
    "The ferry to the islands will run again from Thursday, its operator announced.";
const std::string kText = kFirst + "\n\n" + kSecond + "\n\n" + kThird;

Revision texts(const std::string& before, const std::string& after) {
  return compare("Ships wait", before, "Ships wait", after);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  text.replace(text.find(what), what.size(), by);
  return text;
}

}  // namespace

TEST_CASE("changes: the same text is no revision", "[changes]") {
  Revision revision = texts(kText, kText);
  CHECK(!revision.is_material);
  CHECK(revision.changes == Changes{});
}

TEST_CASE("changes: white space, typography and line ends are no revision", "[changes]") {
  CHECK(!texts(kText, kFirst + "\n" + kSecond + "\n" + kThird).is_material);
  CHECK(!texts(kText, replaced(kText, "storm.", "storm\u2026")).is_material);
  CHECK(
      !texts("It's \"fine\" - they said.", "It\u2019s \u201cfine\u201d \u2013 they said.")
           .is_material);
  CHECK(!texts(kText, replaced(kText, "ships were", "ships  were")).is_material);
}

TEST_CASE("changes: counters and clocks are no revision", "[changes]") {
  const char* pairs[][2] = {
      {"Updated 3 hours ago", "Updated 5 hours ago"},
      {"Comments (46)", "Comments (51)"},
      {"Published: Saturday, March 14, 2026", "Published: Sunday, March 15, 2026"},
      {"Reading time: 4 min", "Reading time: 5 min"},
      {"1,204 views", "1,377 views"},
  };
  for (const auto& pair : pairs) {
    INFO(pair[0]);
    CHECK(!texts(pair[0] + ("\n\n" + kText), pair[1] + ("\n\n" + kText)).is_material);
    CHECK(!texts(kText, kText + "\n\n" + pair[1]).is_material);
    CHECK(!texts(kText + "\n\n" + pair[0], kText).is_material);
  }
  CHECK(!texts(kText + " It began 2 hours ago.", kText + " It began 3 hours ago.")
             .is_material);
}

TEST_CASE("changes: boilerplate is no revision", "[changes]") {
  CHECK(
      !texts(kText, kText + "\n\nSubscribe to our newsletter and follow us on Facebook.")
           .is_material);
  CHECK(!texts(kText + "\n\nCopyright 2026. All rights reserved.", kText).is_material);
}

TEST_CASE("changes: one number is material", "[changes]") {
  Revision revision = texts(kText, replaced(kText, "13 ships", "14 ships"));
  CHECK(revision.is_material);
  REQUIRE(revision.changes.changed.size() == 1);
  CHECK(revision.changes.changed[0].first == kFirst);
  CHECK(revision.changes.changed[0].second == replaced(kFirst, "13", "14"));
  CHECK(revision.changes.added.empty());
  CHECK(revision.changes.removed.empty());
}

TEST_CASE("changes: a negation and a weekday are material", "[changes]") {
  CHECK(texts(kText, replaced(kText, "will run", "will not run")).is_material);
  CHECK(texts(kText, replaced(kText, "Thursday", "Friday")).is_material);
}

TEST_CASE("changes: paragraphs come and go", "[changes]") {
  const std::string fresh = "One of the ships lost an anchor, the coast guard added.";
  Revision added = texts(kText, kText + "\n\n" + fresh);
  CHECK(added.is_material);
  CHECK(added.changes.added == std::vector<std::string>{fresh});
  CHECK(added.changes.changed.empty());
  Revision removed = texts(kText + "\n\n" + fresh, kText);
  CHECK(removed.is_material);
  CHECK(removed.changes.removed == std::vector<std::string>{fresh});
}

TEST_CASE("changes: a paragraph that moved is no revision", "[changes]") {
  CHECK(!texts(kText, kFirst + "\n\n" + kThird + "\n\n" + kSecond).is_material);
}

TEST_CASE("changes: another headline is material, a label or a site's name is not",
          "[changes]") {
  Revision revision = compare("Ships wait", kText, "Storm closes port", kText);
  CHECK(revision.is_material);
  CHECK(revision.changes.title_before == "Ships wait");
  CHECK(revision.changes.title_after == "Storm closes port");
  CHECK(!compare("Ships wait at port", kText, "UPDATED: Ships wait at port", kText)
             .is_material);
  CHECK(!compare("Ships wait at port", kText, "Ships wait at port | Merrow Post", kText)
             .is_material);
  CHECK(compare("13 ships wait", kText, "14 ships wait", kText).is_material);
}

TEST_CASE("changes: texts without spaces are compared too", "[changes]") {
  const std::string before = "港口周二宣布十三艘船因风暴在港外等候。\n\n渡轮周四恢复。";
  CHECK(!texts(before, before).is_material);
  CHECK(texts(before, replaced(before, "周四", "周五")).is_material);
}

TEST_CASE("changes: any input ends, whatever its size", "[changes]") {
  std::string many;
  std::string others;
  for (int i = 0; i < 5000; ++i) {
    many += "line " + std::to_string(i) + "\n\n";
    others += "row " + std::to_string(i) + "\n\n";
  }
  Revision revision = texts(many, others);
  CHECK(revision.is_material);
  CHECK(revision.changes.added.size() <= 2000);
  CHECK(texts("", kText).is_material);
  CHECK(texts(kText, "").is_material);
  CHECK(!texts("", "").is_material);
  CHECK(!texts("\xff\xfe\n\n", "\x80").is_material);
}

TEST_CASE("changes: a headline that flips back is not told again", "[changes]") {
  using namespace std::chrono_literals;
  TitleHistory titles;
  std::chrono::sys_seconds now(1000h);
  CHECK(titles.admits("Ships wait", now));
  CHECK(titles.admits("Storm closes port", now + 1h));
  CHECK(!titles.admits("Ships wait", now + 2h));
  CHECK(!titles.admits("STORM closes port", now + 3h));
  CHECK(titles.admits("Ships wait", now + 48h));
  TitleHistory again = TitleHistory::decode(titles.encode());
  CHECK(!again.admits("Ships wait", now + 49h));
  CHECK(TitleHistory::decode("damaged").admits("Ships wait", now));
}
