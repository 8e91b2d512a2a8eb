#include "sifters/site_memory.hpp"

#include <map>
#include <string>

#include "base/limits.hpp"
#include "sifters/text.hpp"
#include "tests/catch.hpp"

using namespace siftd;

namespace {

// Articles about different things: no two share more than a word or two.
const std::vector<std::string> kArticles = {
    "Engineers lowered the restored bronze bell into the cathedral tower on "
    "Sunday "
    "morning.\n"
    "Hundreds watched from scaffolding while sculptors checked every bracket "
    "and hinge.",
    "Farmers across the northern valley reported early blossoms after an "
    "unusually mild "
    "winter.\n"
    "Beekeepers worry that frost could still destroy apricot harvests before "
    "April.",
    "Striking ferry crews returned to harbour after negotiators agreed on "
    "overtime "
    "payments.\n"
    "Passengers stranded between islands received vouchers, blankets and warm "
    "soup.",
    "Astronomers photographed a comet whose greenish tail stretches across "
    "three "
    "constellations.\n"
    "Amateur observers need binoculars, patience and darkness far from "
    "streetlights.",
    "Librarians discovered medieval recipes hidden inside the binding of a tax "
    "register.\n"
    "Chefs intend to reproduce pigeon pastry, saffron broth and quince "
    "marmalade.",
    "Cyclists protested against cobblestones which replaced smooth asphalt "
    "along "
    "embankments.\n"
    "Municipal planners promised gentler surfaces once archaeologists finish "
    "excavating.",
    "Violinists auctioned forgotten instruments to finance rehearsal rooms for "
    "refugees.\n"
    "Collectors telephoned bids from Lisbon, Montreal, Nairobi and Yokohama.",
    "Geologists drilled beneath glaciers hoping to date volcanic sediment "
    "layers "
    "precisely.\n"
    "Temperatures inside borehole cabins rarely climbed above freezing "
    "throughout "
    "August.",
    "Goalkeepers trained blindfolded because coaches believe hearing sharpens "
    "reflexes.\n"
    "Supporters mocked that experiment until penalties decided Wednesday's "
    "semifinal.",
    "Tailors stitched parachute silk into wedding gowns during postwar "
    "shortages.\n"
    "Museum curators borrowed seventeen garments for an exhibition opening in "
    "autumn."};

const std::string kFooter =
    "Follow the Gazette on the radio and write to our editors at any hour.";

std::string apply(SiteMemory& memory, std::uint64_t article, const std::string& text,
                  const std::string& site = "gazette.example") {
  return memory.apply(site, article, {text, {}}).text;
}

}  // namespace

TEST_CASE("site memory: a line goes from its third article on", "[memory]") {
  SiteMemory memory;
  for (std::size_t i = 0; i < kArticles.size(); ++i) {
    const Cleaned cleaned =
        memory.apply("gazette.example", i + 1, {kArticles[i] + "\n\n" + kFooter, {}});
    CHECK(cleaned.text == (i < 2 ? kArticles[i] + "\n\n" + kFooter : kArticles[i]));
    if (i >= 2) {
      REQUIRE(cleaned.removed.size() == 1);
      CHECK(cleaned.removed[0] == Removed{"site-memory", kFooter});
    }
  }
}

TEST_CASE("site memory: sentences go from inside paragraphs", "[memory]") {
  SiteMemory memory;
  const auto text = [&](std::size_t i) {
    const std::size_t end = kArticles[i].find('\n');
    return kArticles[i].substr(0, end) + " " + kFooter + " " +
           kArticles[i].substr(end + 1);
  };
  apply(memory, 1, text(0));
  apply(memory, 2, text(1));
  std::string expected = kArticles[2];
  expected[expected.find('\n')] = ' ';
  CHECK(apply(memory, 3, text(2)) == expected);
}

TEST_CASE("site memory: an article seen again counts no second time", "[memory]") {
  SiteMemory memory;
  const std::string text = kArticles[0] + "\n" + kFooter;
  for (int poll = 0; poll < 5; ++poll) {
    CHECK(apply(memory, 1, text) == text);
  }
  for (int poll = 0; poll < 5; ++poll) {
    CHECK(apply(memory, 2, kArticles[1] + "\n" + kFooter) ==
          kArticles[1] + "\n" + kFooter);
  }
  CHECK(apply(memory, 3, kArticles[2] + "\n" + kFooter) == kArticles[2]);
  CHECK(apply(memory, 1, text) == kArticles[0]);  // now it is known
}

TEST_CASE("site memory: the same story told again and again teaches nothing",
          "[memory]") {
  SiteMemory memory;
  for (std::uint64_t i = 0; i < 6; ++i) {
    const std::string text = "Update " + std::to_string(i) + "\n" + kArticles[0] + "\n" +
                             kArticles[0].substr(0, 60) + " again.";
    CHECK(apply(memory, i + 1, text) == text);
  }
}

TEST_CASE("site memory: background that articles of one story share stays", "[memory]") {
  SiteMemory memory;
  const std::string background =
      "Protests began in the western province of "
      "Karsk in January, after the government "
      "lifted price controls on heating oil.";
  const std::vector<std::string> story = {
      "President Orlen declared an emergency in Karsk on Wednesday while "
      "protests "
      "spread.\n"
      "Heating oil prices doubled after the government lifted controls, "
      "ministers "
      "admitted.",
      "Police in Karsk arrested protesters overnight as President Orlen "
      "promised heating "
      "oil "
      "subsidies.\nThe government said price controls would return to the "
      "province in "
      "January.",
      "Neighbouring states urged restraint over protests in Karsk province on "
      "Thursday.\n"
      "President Orlen blamed the government for lifting heating oil price "
      "controls.",
      "Western diplomats left Karsk after protests against heating oil prices "
      "continued.\n"
      "The government of President Orlen extended the emergency in the "
      "province."};
  for (std::size_t i = 0; i < story.size(); ++i) {
    const std::string text = story[i] + "\n" + background;
    CHECK(apply(memory, i + 1, text) == text);
  }
}

TEST_CASE("site memory: a series that shares most of its paragraphs teaches nothing",
          "[memory]") {
  SiteMemory memory;
  const std::string shared = kArticles[7] + "\n" + kArticles[8];
  for (std::size_t i = 0; i < 6; ++i) {
    const std::string text = kArticles[i] + "\n" + shared;
    CHECK(apply(memory, i + 1, text) == text);
  }
}

TEST_CASE("site memory: a statement in quotation marks stays", "[memory]") {
  SiteMemory memory;
  const std::string quote =
      "“We will rebuild every house in this street,” the mayor said.";
  for (std::size_t i = 0; i < kArticles.size(); ++i) {
    CHECK(apply(memory, i + 1, kArticles[i] + "\n" + quote) ==
          kArticles[i] + "\n" + quote);
  }
}

TEST_CASE("site memory: formulas of reporting stay", "[memory]") {
  SiteMemory memory;
  const std::string formula = "The company did not respond to a request for comment.";
  for (std::size_t i = 0; i < kArticles.size(); ++i) {
    CHECK(apply(memory, i + 1, kArticles[i] + "\n" + formula) ==
          kArticles[i] + "\n" + formula);
  }
}

TEST_CASE("site memory: sentences that vary stay", "[memory]") {
  SiteMemory memory;
  for (std::size_t i = 0; i < kArticles.size(); ++i) {
    const std::string text = kArticles[i] + "\nThe index closed at " +
                             std::to_string(4100 + i) +
                             " points after a quiet day of trading.";
    CHECK(apply(memory, i + 1, text) == text);
  }
}

TEST_CASE("site memory: a subheading that comes back stays between paragraphs",
          "[memory]") {
  SiteMemory memory;
  for (std::size_t i = 0; i < kArticles.size(); ++i) {
    std::string text = kArticles[i];
    text.replace(text.find('\n'), 1, "\nThe background\n");
    CHECK(apply(memory, i + 1, text) == text);
  }
}

TEST_CASE("site memory: never takes more than its share of an article", "[memory]") {
  SiteMemory memory;
  // Somebody repeats the sentences of an article that is to come in two others.
  const std::string& victim = kArticles[9];
  const std::string more = "\nThe catalogue describes linings, ribbons and buttonholes.";
  apply(memory, 1, kArticles[0] + "\n" + kArticles[1] + "\n" + victim + more);
  apply(memory, 2, kArticles[2] + "\n" + kArticles[3] + "\n" + victim + more);
  apply(memory, 3, kArticles[4] + "\n" + kArticles[5] + "\n" + victim + more);
  const std::string text = victim + more + "\n" + kArticles[6].substr(0, 80) + ".";
  const std::string left = apply(memory, 4, text);
  CHECK(static_cast<double>(measure(left).letters) >=
        static_cast<double>(measure(text).letters) * (1 - limits::kMaxFirmShare));
}

TEST_CASE("site memory: sites do not teach one another, nor does a nameless one",
          "[memory]") {
  SiteMemory memory;
  for (std::size_t i = 0; i < 6; ++i) {
    const std::string text = kArticles[i] + "\n" + kFooter;
    CHECK(apply(memory, i + 1, text, "site" + std::to_string(i) + ".example") == text);
    CHECK(apply(memory, i + 1, text, "") == text);
  }
}

TEST_CASE("site memory: goes on after a restart", "[memory]") {
  std::map<std::string, std::string, std::less<>> saved;
  const auto load = [&](std::string_view site) -> std::optional<std::string> {
    const auto row = saved.find(site);
    return row == saved.end() ? std::nullopt : std::optional(row->second);
  };
  for (std::size_t i = 0; i < 4; ++i) {  // a restart after each article
    SiteMemory memory(load);
    const std::string text = kArticles[i] + "\n" + kFooter;
    CHECK(apply(memory, i + 1, text) == (i < 2 ? text : kArticles[i]));
    for (const SiteRow& row : memory.take_changed(true)) {
      saved[row.site] = row.blob;
    }
    CHECK(memory.take_changed(true).empty());
  }
}

TEST_CASE(
    "site memory: a site is written at first, when a line becomes known, "
    "and now and then",
    "[memory]") {
  SiteMemory memory;
  apply(memory, 1, kArticles[0] + "\n" + kFooter);
  CHECK(memory.take_changed().size() == 1);
  apply(memory, 2, kArticles[1]);
  CHECK(memory.take_changed().empty());
  apply(memory, 3, kArticles[2] + "\n" + kFooter);  // met again
  CHECK(memory.take_changed().size() == 1);
  CHECK(memory.take_changed().empty());
  apply(memory, 4, kArticles[3]);
  CHECK(memory.take_changed().empty());
  CHECK(memory.take_changed(true).size() == 1);
}

TEST_CASE("site memory: a blob that is broken is an empty memory", "[memory]") {
  SiteMemory first;
  apply(first, 1, kArticles[0] + "\n" + kFooter);
  const std::string good = first.take_changed(true).at(0).blob;
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    SiteMemory memory([&](std::string_view) { return good.substr(0, cut); });
    CHECK(apply(memory, 2, kArticles[1]) == kArticles[1]);
  }
}

TEST_CASE(
    "site memory: is bounded in sites and in lines, and gives back what "
    "it evicts",
    "[memory]") {
  std::map<std::string, std::string, std::less<>> saved;
  SiteMemory memory([&](std::string_view site) -> std::optional<std::string> {
    const auto row = saved.find(site);
    return row == saved.end() ? std::nullopt : std::optional(row->second);
  });
  const std::size_t sites = limits::kMaxSitesInMemory + 20;
  for (std::size_t round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < sites; ++i) {
      const std::string site = "s" + std::to_string(i) + ".example";
      const std::string text = kArticles[round] + "\n" + kFooter;
      CHECK(apply(memory, round + 1, text, site) == (round < 2 ? text : kArticles[2]));
      CHECK(memory.size() <= limits::kMaxSitesInMemory);
      if (i % 7 == 0) {
        for (const SiteRow& row : memory.take_changed()) {
          saved[row.site] = row.blob;
        }
      }
    }
  }
}

TEST_CASE("site memory: many lines push out what was seen once, not what is known",
          "[memory]") {
  SiteMemory memory;
  for (std::size_t i = 0; i < 3; ++i) {
    apply(memory, i + 1, kArticles[i] + "\n" + kFooter);
  }
  for (std::size_t i = 0; i < 60; ++i) {
    std::string text;
    for (std::size_t line = 0; line < 200; ++line) {
      text += "Entry " + std::to_string(i * 1000 + line) +
              " of a list that never repeats itself.\n";
    }
    apply(memory, 100 + i, text);
  }
  CHECK(apply(memory, 1000, kArticles[4] + "\n" + kFooter) == kArticles[4]);
  const std::string blob = memory.take_changed(true).at(0).blob;
  CHECK(blob.size() <= 7 + limits::kMaxSiteArticles * 74 + limits::kMaxSiteLines * 9);
}
