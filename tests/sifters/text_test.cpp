#include "sifters/text.hpp"

#include <random>
#include <string>

#include "tests/catch.hpp"

using namespace siftd;

TEST_CASE("text: what nobody sees goes, and is counted", "[text]") {
  Invisible taken;
  CHECK(normalize_text("co\u00ADoperate\u200B and\uFEFF \u202Eevil\u202C\x07", &taken) ==
        "cooperate and evil");
  CHECK(taken.soft_hyphens == 1);
  CHECK(taken.zero_width == 2);
  CHECK(taken.bidi == 2);
  CHECK(taken.controls == 1);
  CHECK(taken.to_string() ==
        "1 soft hyphen, 2 zero-width characters, 2 bidi controls, 1 control character");
  CHECK(Invisible().to_string().empty());
}

TEST_CASE("text: joiners and separators stay where a script needs them", "[text]") {
  const std::string text =
      GENERATE(as<std::string>(),
               "می\u200Cخواهم",           // Persian, ZWNJ
               "क्\u200Dष",                // Devanagari, ZWJ
               "👩\u200D👩\u200D👧",         // a family
               "ภาษา\u200Bไทย",           // Thai word break
               "\u200Fשלום (abc)\u200F",  // marks in Hebrew
               "ភាសា\u200Bខ្មែរ",          // Khmer word break
               "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074"
               "\U000E007F");  // the flag of Scotland
  CHECK(normalize_text(text) == text);
}

TEST_CASE("text: joiners between Latin letters and marks in Latin text go", "[text]") {
  CHECK(normalize_text("pay\u200Dpal\u200C.com\u200E") == "paypal.com");
  CHECK(normalize_text("a\U000E0041\U000E0042b") == "ab");
}

TEST_CASE("text: is brought to NFC", "[text]") {
  CHECK(normalize_text("Cafe\u0301 A\u030A") == "Caf\u00E9 \u00C5");
  CHECK(normalize_text("\u1112\u1161\u11AB") == "\uD55C");
  CHECK(normalize_text("ไม่ได้ นะคะ") == "ไม่ได้ นะคะ");
}

TEST_CASE("text: every kind of line break becomes one", "[text]") {
  CHECK(normalize_text("a\r\nb\rc\u2028d\u2029e\u0085f\x0Bg") == "a\nb\nc\nd\ne\nf\ng");
}

TEST_CASE("text: malformed bytes become U+FFFD and lose nothing else", "[text]") {
  Invisible taken;
  CHECK(normalize_text("a\xFFz \xE2\x82 \xC0\xAF \xED\xA0\x80", &taken) ==
        "a\uFFFDz \uFFFD\uFFFD \uFFFD\uFFFD \uFFFD\uFFFD\uFFFD");
  CHECK(taken.malformed == 8);
}

TEST_CASE("text: normalising twice changes nothing more, whatever the bytes", "[text]") {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 60, ' ');
    for (char& c : bytes) {
      static const std::string kLikely = "a .\n\xC2\xAD\xE2\x80\x8B\x8D\xAE\xCC\x81\xFF";
      c = random() % 3 == 0 ? static_cast<char>(random())
                            : kLikely[random() % kLikely.size()];
    }
    Invisible again;
    const std::string once = normalize_text(bytes);
    CHECK(normalize_text(once, &again) == once);
    CHECK(again.total() == 0);
  }
}

TEST_CASE("text: what is left alone at a glance is what the long way leaves alone",
          "[text]") {
  const std::string pieces[] = {"a",
                                "Z",
                                " ",
                                "~",
                                "\n",
                                "\t",
                                "plain ascii text",
                                "\x7F",
                                "\x01",
                                "\r",
                                "\u00A0",
                                "\u00AD",
                                "\u0085",
                                "\u00E9",
                                "\u02FF",
                                "\u0300",
                                "\u0301",
                                "\u037E",
                                "\u0430",
                                "\u047F",
                                "\u0483",
                                "\u05D0",
                                "\u0E01",
                                "\u200B",
                                "\u200E",
                                "\u2010",
                                "\u201F",
                                "\u2026",
                                "\u2028",
                                "\u202E",
                                "\u304B",
                                "\u3099",
                                "\u30FF",
                                "\u4E00",
                                "\u9FFF",
                                "\uF900",
                                "\uFEFF",
                                "e\u0301",
                                "\xC3",
                                "\xE2\x80",
                                "\x80",
                                "\xE4\xB8",
                                "\xED\xA0\x80"};
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t n = random() % 6 + 1; n > 0; --n) {
      // Every other text is made of the first few: most of it is plain.
      text += pieces[random() % (round % 2 == 0 ? std::size(pieces) : 11)];
    }
    Invisible one, other;
    // The soft hyphen goes, and takes the long way.
    REQUIRE(normalize_text(text, &one) == normalize_text("\u00AD" + text, &other));
    REQUIRE(other.soft_hyphens == one.soft_hyphens + 1);
    REQUIRE(other.total() == one.total() + 1);
  }
}

TEST_CASE("text: lines are trimmed of white space of any width", "[text]") {
  const auto lines = split_lines(" a \n\u00A0b\u3000\n\n c");
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "a");
  CHECK(lines[1] == "b");
  CHECK(lines[2].empty());
  CHECK(lines[3] == "c");
  CHECK(trim_blanks("\u00A0\u2003").empty());
}

TEST_CASE("text: sentences end at full stops of any script, not at abbreviations",
          "[text]") {
  const auto count = [](std::string_view text) {
    return split_sentences(text).size();
  };
  CHECK(count("One thing. Another thing! And a third? Yes.") == 4);
  CHECK(count("Mr. Smith of the U.S. Senate met Dr. Jones on Jan. 5 in St. Louis.") == 1);
  CHECK(count("It cost 3.5 million. He paid.") == 2);
  CHECK(count("He said: “Stop.” Then he left.") == 2);
  CHECK(count("これは文です。これも文です。") == 2);
  CHECK(count("यह एक वाक्य है। यह दूसरा है।") == 2);
  CHECK(count("هل هذا سؤال؟ نعم.") == 2);
  CHECK(count("www.example.org is a site. see it") == 1);
  CHECK(count("") == 0);
}

TEST_CASE("text: sentences are cut from the paragraph, nothing is lost", "[text]") {
  const std::string text = "First one. Second “one.” 第三。Fourth...  Fifth";
  std::string joined;
  for (const std::string_view sentence : split_sentences(text)) {
    joined += sentence;
  }
  const auto without_spaces = [](std::string s) {
    std::erase(s, ' ');
    return s;
  };
  CHECK(without_spaces(joined) == without_spaces(text));
}

TEST_CASE("text: folding makes quotes, dashes, case and spaces alike", "[text]") {
  CHECK(fold("  “Über”  –\u00A0DON’T… ") == "\"über\" - don't...");
  CHECK(fold("ЧИТАЙТЕ ТАКЖЕ") == "читайте также");
}

TEST_CASE("text: measure counts words in spaced and in dense scripts", "[text]") {
  const Measure english = measure("Don't panic, New York: 42 towels.");
  CHECK(english.words == 6);
  CHECK(english.capitals == 3);
  CHECK(english.digits == 2);
  CHECK(english.commas == 1);
  CHECK(!english.is_dense);
  const Measure japanese = measure("停戦交渉を仲介している。");
  CHECK(japanese.is_dense);
  CHECK(japanese.words == 6);
  CHECK(measure("…—!").letters == 0);
}

TEST_CASE("text: a sentence's end is seen behind quotes and brackets", "[text]") {
  CHECK(ends_sentence("He left."));
  CHECK(ends_sentence("“He left.”"));
  CHECK(ends_sentence("（終わり。）"));
  CHECK(ends_sentence("Really?!"));
  CHECK(!ends_sentence("Politics"));
  CHECK(!ends_sentence("Read more:"));
  CHECK(!ends_sentence(""));
}
