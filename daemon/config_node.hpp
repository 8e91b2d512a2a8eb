#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/config.hpp"

namespace siftd {

// What stands in a TOML file, as a plain tree in which everything knows its
// place. toml++ stays in the .cpp, which is where its compile time stays too.
struct ConfigNode {
  enum class Kind { table, array, string, integer, number, boolean, time };
  struct Member;

  Kind kind = Kind::table;
  std::string text;  // string; UTF-8
  std::int64_t integer = 0;
  double number = 0;  // number, and integers too
  bool boolean = false;
  std::vector<Member> members;       // table, in the order of the file
  std::vector<ConfigNode> elements;  // array
  int line = 0;
  int column = 0;

  const Member* find(std::string_view key) const;
};

struct ConfigNode::Member {
  std::string key;
  ConfigNode value;
  int line = 0;  // of the key
  int column = 0;
};

// "a string", "a table" and so on: what a person calls it in a message.
std::string_view kind_name(ConfigNode::Kind kind);

// Reads TOML 1.0. A mistake in the syntax is one error, the first: the rest of
// such a file cannot be told apart. `file` is what errors call it, `first_line` where
// the text begins in it.
std::variant<ConfigNode, ConfigError> read_toml(std::string_view text,
                                                const std::string& file,
                                                int first_line = 1);

}  // namespace siftd
