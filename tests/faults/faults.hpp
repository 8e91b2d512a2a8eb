#pragma once

#include <string>

namespace siftd {

// What goes wrong in this process from now on, at calls that change files below a
// directory: write, pwrite, writev, fsync, fdatasync, ftruncate, rename, unlink.
// Counted from 1, in the order in which they happen on all threads.
struct Fault {
  enum class Kind { none, kill, no_space, io_error };
  Kind kind = Kind::none;  // none: only counts
  long at = 0;             // the first call that fails
  long calls = 1;          // how many fail, one after another
  bool is_torn = false;    // with kill: half of a write's bytes are written first
};

void arm(const std::string& directory, const Fault& fault);
// Calls so far.
long calls_counted();

}  // namespace siftd
