#pragma once

#include <string>

#include "daemon/input_file.hpp"

namespace siftd {

// Reads blocks of whole lines. A block grows until it holds one; a line beyond
// limits::kMaxDedupLine is cut to its first byte, and then is no JSON.
class LineBlocks {
 public:
  explicit LineBlocks(InputFile& file) : file_(file) {}

  // False: there is no more. The last line may lack its end.
  bool next(std::string& block);

 private:
  void skip_line(std::string& block);

  InputFile& file_;
  std::string rest_;
  bool is_end_ = false;
};

}  // namespace siftd
