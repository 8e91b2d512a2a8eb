#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "sifters/fingerprint.hpp"

namespace siftd {

// A line of `siftd dedup`'s input, ready to be judged.
struct DedupLine {
  std::string id;     // as JSON; "null" when it has none
  std::string error;  // what is wrong with the line; empty: nothing
  Fingerprint print;
  std::optional<std::chrono::sys_seconds> time;
};

// Reads one JSON object: "id", "title", "text" and "time" (as parse_date() reads it);
// all else is skipped, however deep. `line` ends in a zero byte and is overwritten.
// Any thread.
DedupLine read_dedup_line(char* line);

}  // namespace siftd
