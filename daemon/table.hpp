#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace siftd {

// How to write for who reads: a person at a terminal, or a pipe.
struct Terminal {
  bool is_terminal = false;
  bool color = false;      // a terminal, and neither NO_COLOR nor TERM=dumb says no
  std::size_t width = 80;  // columns now
};
Terminal stdout_terminal();
Terminal stderr_terminal();

// Rows under headings, in columns. Text from outside is escaped. In a terminal the
// widest columns give way until the table fits; in a pipe nothing is cut.
class Table {
 public:
  struct Column {
    std::string heading;
    bool is_number = false;  // to the right, and never cut
  };
  struct Cell {
    Cell(std::string words, const char* sgr = "") : text(std::move(words)), style(sgr) {}
    std::string text;
    const char* style;  // SGR parameters; "": none
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool is_empty() const { return rows_.empty(); }
  std::string text(const Terminal& terminal) const;

 private:
  std::vector<std::size_t> widths(const Terminal& terminal) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// "in 4 min", "12 s ago" of an RFC 3339 time at `now` (Unix seconds); "": no time.
std::string relative_time(const std::string& rfc3339, long long now);

}  // namespace siftd
