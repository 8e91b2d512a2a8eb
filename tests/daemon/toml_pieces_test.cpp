#include "daemon/toml_pieces.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "daemon/config_node.hpp"
#include "tests/catch.hpp"

namespace {

using namespace siftd;

std::vector<std::string> texts(const TomlPieces& pieces) {
  std::vector<std::string> result;
  for (const TomlPieces::Piece& piece : pieces.pieces) {
    result.emplace_back(piece.text);
  }
  return result;
}

std::ptrdiff_t lines(std::string_view text) {
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

TEST_CASE("toml pieces: the tables of the array go, their lines stay empty", "[config]") {
  const std::string text =
      "a = 1\n[[feed]]\nurl = \"x\"\n[feed.headers]\nA = \"b\"\n[[sink]]\nb = 2\n";
  const TomlPieces pieces = take_apart(text, "feed", 10);
  CHECK(pieces.rest == "a = 1\n\n\n\n\n[[sink]]\nb = 2\n");
  REQUIRE(pieces.pieces.size() == 1);
  CHECK(pieces.pieces[0].text == "[[feed]]\nurl = \"x\"\n[feed.headers]\nA = \"b\"\n");
  CHECK(pieces.pieces[0].first_line == 2);
}

TEST_CASE("toml pieces: a piece holds so many tables and no more", "[config]") {
  std::string text;
  for (int i = 0; i < 5; ++i) {
    text += "[[feed]]\nn = " + std::to_string(i) + "\n";
  }
  const TomlPieces pieces = take_apart(text, "feed", 2);
  REQUIRE(pieces.pieces.size() == 3);
  CHECK(pieces.pieces[1].first_line == 5);
  CHECK(texts(pieces)[2] == "[[feed]]\nn = 4\n");
}

TEST_CASE("toml pieces: what looks like a header within a value is none", "[config]") {
  struct Case {
    const char* text;
    std::size_t pieces;
  };
  const Case cases[] = {
      {"a = \"\"\"\n[[feed]]\n\"\"\"\n", 0},
      {"a = '''\n[[feed]]\n'''\n[[feed]]\n", 1},
      {"a = [\n[1],\n]\n[[feed]]\n", 1},
      {"a = [\n\"[[feed]]\"\n]\n", 0},
      {"a = \"\\\"\"\n[[feed]]\n", 1},
      {"a = \"\"\"x\"\"\"\"\"\n[[feed]]\n", 1},
      {"# [[feed]] \"\"\"\n  [[ feed ]] # x\n", 1},
      {"[[\"feed\"]]\na = 1\n", 1},
      {"[[feeds]]\n[feed2]\n[[afeed]]\n", 0},
      {"[feed]\na = 1\n", 0},
      {"[feed.x]\na = 1\n", 0},
      {"a = \"not closed\n[[feed]]\n", 1},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    CHECK(take_apart(one.text, "feed", 9).pieces.size() == one.pieces);
  }
}

TEST_CASE("toml pieces: nothing is lost or moved, whatever the text", "[config]") {
  const std::string alphabet[] = {"[[feed]]", "[feed.a]", "[[sink]]", "\n",  "\"",
                                  "'",        "\"\"\"",   "[",        "]",   "#",
                                  "\\",       "a = 1",    "{",        "'''", "\r\n"};
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (int i = 0; i < round % 40; ++i) {
      text += alphabet[random() % std::size(alphabet)];
    }
    const TomlPieces pieces = take_apart(text, "feed", 1 + random() % 3);
    CHECK(lines(pieces.rest) == lines(text));
    std::size_t bytes = 0;
    for (const TomlPieces::Piece& piece : pieces.pieces) {
      const auto before = static_cast<std::size_t>(piece.text.data() - text.data());
      REQUIRE(before + piece.text.size() <= text.size());
      CHECK(piece.first_line == 1 + lines(std::string_view(text).substr(0, before)));
      bytes += piece.text.size() - static_cast<std::size_t>(lines(piece.text));
    }
    CHECK(bytes + pieces.rest.size() == text.size());
  }
}

TEST_CASE("toml pieces: a mistake in a piece is at its place in the file", "[config]") {
  const std::string text = "[[feed]]\nurl = \"a\"\n[[feed]]\nurl == 2\n";
  const TomlPieces pieces = take_apart(text, "feed", 1);
  REQUIRE(pieces.pieces.size() == 2);
  const auto tree = read_toml(pieces.pieces[1].text, "f", pieces.pieces[1].first_line);
  REQUIRE(std::holds_alternative<ConfigError>(tree));
  CHECK(std::get<ConfigError>(tree).line == 4);
  const auto good = read_toml(pieces.pieces[0].text, "f", 10);
  REQUIRE(std::holds_alternative<ConfigNode>(good));
  CHECK(std::get<ConfigNode>(good).find("feed")->value.elements[0].line == 10);
}
