#pragma once

#include <cstdint>
#include <string>

#include "sifters/event.hpp"

namespace siftd {

// One event as one line of JSON without its end: a CloudEvents 1.0 envelope in
// structured mode (UTF-8, no raw control characters). The sequence is written as
// 20 digits; an encoder on another thread may leave 0 and set_sequence() later.
// A line that would pass limits::kMaxEventBytes is cut in its content_text at a
// paragraph and says so in _siftd.truncated.
std::string encode(const Event& event, std::uint64_t sequence = 0);

// Overwrites the 20 digits in place.
void set_sequence(std::string& line, std::uint64_t sequence);

}  // namespace siftd
