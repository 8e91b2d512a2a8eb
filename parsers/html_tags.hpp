#pragma once

#include <cstddef>

#include "parsers/html.hpp"

namespace siftd {

// The tag of that number in MyHTML. For parsers/html only.
Tag tag_of(std::size_t myhtml_id);

}  // namespace siftd
