#include "base/compact_text.hpp"

#include <string>
#include <utility>

#include "tests/catch.hpp"

using siftd::CompactText;

TEST_CASE("compact text: holds any bytes, and nothing at the size of a pointer") {
  STATIC_REQUIRE(sizeof(CompactText) == sizeof(void*));
  const std::string bytes("a\0b\xff", 4);
  const CompactText text = bytes;
  CHECK(text == bytes);
  CHECK(text.str() == bytes);
  CHECK_FALSE(text.empty());
  const CompactText nothing;
  CHECK(nothing.empty());
  CHECK(nothing == "");
  CHECK(CompactText("") == nothing);
}

TEST_CASE("compact text: copies are their own, moves leave nothing behind") {
  CompactText first = "etag";
  CompactText second = first;
  second = "other";
  CHECK(first == "etag");
  CHECK(second == "other");
  first = first.view();
  CHECK(first == "etag");
  CompactText third = std::move(first);
  CHECK(third == "etag");
  second = third;
  third.clear();
  CHECK(second == "etag");
  CHECK(third.empty());
}

TEST_CASE("compact text: compares and joins as text does") {
  const CompactText b = "b";
  CHECK(b == std::string("b"));
  CHECK(std::string("b") == b);
  CHECK_FALSE(b == "bb");
  CHECK(CompactText("a") < b);
  CHECK("a" + b == "ab");
}
