#include "sifters/boilerplate.hpp"

#include <algorithm>
#include <random>
#include <string>

#include "sifters/text.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

const std::string kFirst =
    "The council voted on Tuesday to reopen the old swimming bath by the canal, which "
    "has "
    "stood empty since the roof gave way nine years ago.";
const std::string kSecond =
    "Repairs will take two summers, the engineers said, because the boiler house has to "
    "be "
    "taken down brick by brick before the new pipes can be laid.";
const std::string kThird =
    "Swimmers who have used the lake in the meantime cheered from the gallery, and one "
    "of "
    "them unrolled a towel over the railing.";

Cleaned clean(std::string_view text, const CleanContext& context = {}) {
  return clean_text(text, context, Rules::built_in());
}

bool has(const Cleaned& cleaned, std::string_view rule, std::string_view text) {
  return std::any_of(cleaned.removed.begin(), cleaned.removed.end(),
                     [&](const Removed& r) { return r.rule == rule && r.text == text; });
}

// What a naive scraper makes of a page.
std::string page(const std::string& body) {
  std::string text =
      "Skip to content\n\nHome\n\nNews\n\nSport\n\nTown\n\nLeisure\n\nWeather\n\n";
  text +=
      "Log in\n\nSubscribe\n\nOld swimming bath by the canal to reopen\n\nMara Quill\n\n";
  text += "3 May 2023\n\n" + body;
  text +=
      "\n\nTown\n\nLeisure\n\nMost read\n\nThe bridge that nobody crosses\n\n2 hours "
      "ago\n\n";
  text +=
      "Bakers' strike enters a second week\n\n5 hours ago\n\nSeven ways to mend a "
      "kite\n\n";
  text += "Impressum\n\nPrivacy policy\n\n© 2023 The Canal Gazette. All rights reserved.";
  return text;
}

}  // namespace

TEST_CASE("clean: an article's own text stays as it is", "[clean]") {
  const std::string text = "Bath to reopen\n\n" + kFirst + "\n\nTwo summers\n\n" +
                           kSecond + "\n- a new boiler\n- a new roof\n\n" + kThird;
  const Cleaned cleaned = clean(text);
  CHECK(cleaned.text == text);
  CHECK(cleaned.removed.empty());
}

TEST_CASE("clean: short and empty texts stay", "[clean]") {
  CHECK(clean("").text.empty());
  CHECK(clean("One line").text == "One line");
  CHECK(clean("\n\n \n").text.empty());
}

TEST_CASE("clean: known lines go and are told", "[clean]") {
  const Cleaned cleaned = clean(kFirst + "\n\nAdvertisement\n\n" + kSecond +
                                "\n\nRead more: Kites\n\n" + kThird);
  CHECK(cleaned.text == kFirst + "\n\n" + kSecond + "\n\n" + kThird);
  CHECK(has(cleaned, "advertisement", "Advertisement"));
  CHECK(has(cleaned, "read-more", "Read more: Kites"));
}

TEST_CASE("clean: what a footer heads goes with it", "[clean]") {
  const Cleaned cleaned =
      clean(kFirst + "\n" + kSecond +
            "\nThis site can also be accessed at the following alternate "
            "addresses:\ncanal.example\nGazette on the radio");
  CHECK(cleaned.text == kFirst + "\n" + kSecond);
  CHECK(has(cleaned, "alternate-addresses", "Gazette on the radio"));
}

TEST_CASE("clean: crumbs, dates and bylines go from the start, not from the middle",
          "[clean]") {
  const Cleaned cleaned =
      clean("News   /   More\nBath by the canal to reopen\nBy Mara Quill\n" + kFirst +
            "\nNews / More\n" + kSecond);
  CHECK(cleaned.text ==
        "Bath by the canal to reopen\n" + kFirst + "\nNews / More\n" + kSecond);
}

TEST_CASE("clean: the body and the title of a whole page's text are found", "[clean]") {
  const Cleaned cleaned = clean(page(kFirst + "\n\n" + kSecond + "\n\n" + kThird));
  CHECK(cleaned.text == "Old swimming bath by the canal to reopen\n\n" + kFirst + "\n\n" +
                            kSecond + "\n\n" + kThird);
  CHECK(has(cleaned, "before-article", "Mara Quill"));
}

TEST_CASE("clean: related stories inside a body go, the body goes on", "[clean]") {
  const Cleaned cleaned =
      clean(page(kFirst + "\n\n" + kSecond +
                 "\n\nRelated stories\n\nThe lake is cold\n\nTowels: a history\n\n" +
                 kThird + "\n\n" + kSecond));
  CHECK(cleaned.text.find("Towels") == std::string::npos);
  CHECK(cleaned.text.find(kThird) != std::string::npos);
}

TEST_CASE("clean: comments longer than the article are not taken for it", "[clean]") {
  std::string comments = "\n\n4 Comments";
  for (int i = 0; i < 20; ++i) {
    comments +=
        "\n\nreader" + std::to_string(i) +
        "\n\nI have swum there since I was a child and I would not go back for any "
        "money, because the water was cold, green and full of leaves.\n\nReply";
  }
  const Cleaned cleaned =
      clean(page(kFirst + "\n\n" + kSecond + "\n\n" + kThird + comments));
  CHECK(cleaned.text.find("since I was a child") == std::string::npos);
  CHECK(cleaned.text.find(kThird) != std::string::npos);
}

TEST_CASE("clean: the title that is known is the line that stays", "[clean]") {
  const std::string text = page(kFirst + "\n\n" + kSecond + "\n\n" + kThird);
  const Cleaned cleaned = clean(text, {"", "Mara Quill", ""});
  CHECK(cleaned.text.starts_with("Mara Quill\n\n" + kFirst));
}

TEST_CASE("clean: an operator's block goes from its first to its last line", "[clean]") {
  const LoadedRules loaded =
      load_rules({{"a.toml",
                   "[[rule]]\nname='box'\nkind='block'\n"
                   "patterns=['fact box']\nuntil='end of box'\n"}});
  REQUIRE(loaded.errors.empty());
  const auto text = [&](std::string_view in) {
    return clean_text(in, {}, *loaded.rules).text;
  };
  CHECK(text("one\nFact box\ntwo\nthree\nEnd of box\nfour") == "one\nfour");
  CHECK(text("one\nFact box\ntwo\nthree") == "one\ntwo\nthree");  // it has no end
}

TEST_CASE("clean: what was invisible is told", "[clean]") {
  const Cleaned cleaned = clean("The ca\u00ADnal is \u202Eclosed\u202C.");
  CHECK(cleaned.text == "The canal is closed.");
  REQUIRE(cleaned.removed.size() == 1);
  CHECK(cleaned.removed[0].rule == "invisible");
  CHECK(cleaned.removed[0].text == "1 soft hyphen, 2 bidi controls");
}

TEST_CASE("clean: scripts of the world come through", "[clean]") {
  const std::string text = GENERATE(
      as<std::string>(),
      "市議会は火曜日、九年前から閉鎖されている運河沿いのプールを再開すると決めた。",
      "สภาเมืองลงมติเมื่อวันอังคารให้เปิดสระว่ายน้ำเก่าริมคลองอีกครั้ง",
      "صوت المجلس يوم الثلاثاء على إعادة فتح المسبح القديم بجانب القناة.",
      "מועצת העיר החליטה ביום שלישי לפתוח מחדש את בריכת השחייה.",
      "परिषद ने मंगलवार को नहर के किनारे पुराने तैराकी घर को फिर से खोलने का फैसला किया।");
  CHECK(clean(text).text == text);
}

TEST_CASE("clean: no line is joined, invented or moved, whatever the input", "[clean]") {
  std::mt19937 random(11);
  const std::vector<std::string> lines = {
      kFirst,       kSecond,           kThird,  "Comments", "Home",
      "News",       "Related stories", "Share", "",         " \xFF ",
      "3 May 2023", "Read more: x",    "Kites", "- item",   "#tag"};
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (unsigned i = 0; i < random() % 60; ++i) {
      text += lines[random() % lines.size()] + (random() % 2 != 0 ? "\n" : "\n\n");
    }
    const Cleaned cleaned = clean(text);
    std::size_t at = 0;
    const std::string whole = normalize_text(text);
    for (const std::string_view line : split_lines(cleaned.text)) {
      const std::size_t found = whole.find(line, at);
      REQUIRE(found != std::string::npos);
      at = found + line.size();
    }
  }
}

TEST_CASE("clean: what was removed keeps its place, also when a later step takes more") {
  std::vector<Removed> removed = {{"page", "a", 0, true},
                                  {"page", "b", 2, true},
                                  {"page", "c", 5, true},
                                  {"page", "d"}};
  // The text had six lines; its second and fourth went, and a part of its last.
  add_removed(removed,
              {{"rule", "2", 1, true}, {"rule", "4", 2, true}, {"rule", "6", 3}});
  std::vector<std::uint32_t> places;
  for (const Removed& passage : removed) {
    places.push_back(passage.after);
  }
  CHECK(places == std::vector<std::uint32_t>{0, 1, 3, Removed::kAtEnd, 1, 2, 3});
}
