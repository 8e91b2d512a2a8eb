#pragma once

#include <string>
#include <vector>

#include "sifters/rules.hpp"

namespace siftd {

// The built-in rules with those of the files that the patterns name (glob(7), in
// order; no match is no mistake). A file that cannot be read is a mistake of line 0.
LoadedRules load_rule_files(const std::vector<std::string>& patterns);

}  // namespace siftd
