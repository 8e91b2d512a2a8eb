#include "daemon/text.hpp"

#include "tests/catch.hpp"

using namespace siftd;

TEST_CASE("text: what could steer a terminal or break a line is made visible", "[text]") {
  CHECK(printable("plain, Grüße, 日本, 👋") == "plain, Grüße, 日本, 👋");
  CHECK(printable("a\nb\r\tc") == "a\\nb\\r\\tc");
  CHECK(printable("\x1b[2J\x07\x7f") == "\\x1b[2J\\x07\\x7f");
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\x9b2J");                    // C1 CSI
  CHECK(printable("\u202egnp.exe") == "\\u202egnp.exe");  // right-to-left override
  CHECK(printable("a\u2028b") == "a\\u2028b");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("text: invalid UTF-8 is shown byte by byte", "[text]") {
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("\xc3") == "\\xc3");                    // cut
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");           // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  CHECK(printable("\xe2\x82"
                  "A") ==
        "\\xe2\\x82"
        "A");
}

TEST_CASE("text: columns count wide characters twice and marks not at all", "[text]") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\u0301") == 1);
}

TEST_CASE("text: fit cuts or fills to the width", "[text]") {
  CHECK(fit("abc", 5) == "abc  ");
  CHECK(fit("abcdef", 4) == "abc…");
  CHECK(fit("日本語", 4) == "日… ");
  CHECK(fit("abc", 0) == "");
}

TEST_CASE("text: wrap breaks at spaces and within words that are too long", "[text]") {
  CHECK(wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("abcdefgh", 3) == std::vector<std::string>{"abc", "def", "gh"});
  CHECK(wrap("", 10).empty());
  CHECK(wrap("日本", 1) == std::vector<std::string>{"日", "本"});
}
