#include "daemon/rule_files.hpp"

#include <fstream>
#include <glob.h>
#include <iterator>
#include <utility>

#include "base/limits.hpp"

namespace siftd {

namespace {

std::vector<std::string> files_of(const std::string& pattern) {
  std::vector<std::string> files;
  glob_t found{};
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
      files.emplace_back(found.gl_pathv[i]);
    }
  }
  globfree(&found);
  return files;
}

}  // namespace

LoadedRules load_rule_files(const std::vector<std::string>& patterns) {
  std::vector<RuleFile> files;
  std::vector<RuleError> errors;
  for (const std::string& pattern : patterns) {
    for (std::string& name : files_of(pattern)) {
      std::ifstream in(name, std::ios::binary);
      std::string text{std::istreambuf_iterator<char>(in),
                       std::istreambuf_iterator<char>()};
      if (!in || text.size() > limits::kMaxRuleFileBytes) {
        errors.push_back({name, 0,
                          in ? "is larger than 4 MiB; split it"
                             : "cannot be read; check its permissions"});
        continue;
      }
      files.push_back({std::move(name), std::move(text)});
    }
  }
  LoadedRules loaded = load_rules(files);
  loaded.errors.insert(loaded.errors.begin(), errors.begin(), errors.end());
  return loaded;
}

}  // namespace siftd
