#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// The text of a TOML file taken apart, so that a file of 100,000 [[feed]] tables need
// not stand in memory as one tree: what is in the tables of one array, and the rest.
struct TomlPieces {
  struct Piece {
    std::string_view text;  // of whole tables with their subtables
    int first_line = 1;
  };
  // Everything else; for a line taken out an empty one stays, so that places hold.
  std::string rest;
  std::vector<Piece> pieces;  // in order; views into the text that was given
};

// `name` is the array's, as of a header [[name]] at the top level. A piece holds at
// most `most` tables. Text that is no TOML is taken apart somehow, once and completely:
// its reader finds the mistake. One pass; no recursion.
TomlPieces take_apart(std::string_view text, std::string_view name, std::size_t most);

}  // namespace siftd
