#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/config.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

namespace siftd::test {

inline LoadedConfig load(std::string_view text) {
  const TemporaryDirectory folder;
  return load_config(folder.write("siftd.toml", text));
}

// The good part, with the errors shown when there are any.
inline Config good(std::string_view text) {
  LoadedConfig loaded = load(text);
  for (const ConfigError& error : loaded.errors) {
    UNSCOPED_INFO(error.to_string());
  }
  REQUIRE(loaded.errors.empty());
  return std::move(loaded.config);
}

// "line:column: key: what" of each mistake.
inline std::vector<std::string> mistakes(std::string_view text) {
  std::vector<std::string> result;
  for (ConfigError& error : load(text).errors) {
    error.file.clear();
    result.push_back(error.to_string().substr(1));
  }
  return result;
}

inline bool is_one_mistake(std::string_view text, std::string_view beginning) {
  const std::vector<std::string> found = mistakes(text);
  for (const std::string& mistake : found) {
    UNSCOPED_INFO(mistake);
  }
  CHECK(found.size() == 1);
  return !found.empty() && found.front().starts_with(beginning);
}

}  // namespace siftd::test
