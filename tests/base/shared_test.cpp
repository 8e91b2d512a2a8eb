#include "base/shared.hpp"

#include <string>

#include "tests/catch.hpp"

using siftd::Shared;

TEST_CASE("shared: copies are one object until one of them is changed") {
  Shared<std::string> first(std::string("a"));
  Shared<std::string> second = first;
  CHECK(&*first == &*second);
  second.edit() += "b";
  CHECK(*first == "a");
  CHECK(*second == "ab");
  const std::string* place = &*second;
  second.edit() += "c";  // nobody else has it
  CHECK(&*second == place);
}

TEST_CASE("shared: the default is one for all, and is not changed by any") {
  Shared<std::string> first;
  const Shared<std::string> second;
  CHECK(&*first == &*second);
  first.edit() = "x";
  CHECK(second->empty());
  CHECK_FALSE(first == second);
  CHECK(first == Shared<std::string>(std::string("x")));
}
