#include "daemon/toml_pieces.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace siftd {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// Where a header leads: into a table of the array, deeper into the one before it, or
// elsewhere.
enum class Header { table, within, other };

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool is_at_end() const { return at_ == text_.size(); }
  std::size_t at() const { return at_; }

  // Of the line that starts here; nothing: it is no header.
  std::optional<Header> header(std::string_view name) const {
    std::string_view line = text_.substr(at_, text_.find('\n', at_) - at_);
    skip_blanks(line);
    if (!line.starts_with('[')) {
      return std::nullopt;
    }
    const bool is_array = line.starts_with("[[");
    line.remove_prefix(is_array ? 2 : 1);
    skip_blanks(line);
    const char quote = line.starts_with('"') || line.starts_with('\'') ? line[0] : '\0';
    line.remove_prefix(quote != '\0' ? 1 : 0);
    if (!line.starts_with(name)) {
      return Header::other;
    }
    line.remove_prefix(name.size());
    if (quote != '\0') {
      if (!line.starts_with(quote)) {
        return Header::other;
      }
      line.remove_prefix(1);
    }
    skip_blanks(line);
    if (line.starts_with('.')) {
      return Header::within;
    }
    return is_array && line.starts_with("]]") ? Header::table : Header::other;
  }

  // To the start of the next line that is not within a value.
  void next_line() {
    std::size_t depth = 0;  // of arrays and inline tables
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        ++at_;
        depth += c == '[' || c == '{' ? 1 : 0;
        depth -= (c == ']' || c == '}') && depth > 0 ? 1 : 0;
        if (c == '\n' && depth == 0) {
          return;
        }
      }
    }
  }

  // A header's line is over at its end, whatever its brackets.
  void next_after_header() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
  }

 private:
  static void skip_blanks(std::string_view& line) {
    while (!line.empty() && is_blank(line[0])) {
      line.remove_prefix(1);
    }
  }

  // A string of one line ends at the line's end at the latest.
  void skip_string(char quote) {
    const bool has_escapes = quote == '"';
    const std::string fence(3, quote);
    const bool is_long = text_.substr(at_).starts_with(fence);
    at_ += is_long ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && has_escapes) {
        at_ = std::min(at_ + 2, text_.size());
      } else if (is_long && text_.substr(at_).starts_with(fence)) {
        at_ += 3;
        // Up to two more may end the string's own text.
        for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] == quote;
             ++more) {
          ++at_;
        }
        return;
      } else if (!is_long && (c == quote || c == '\n')) {
        at_ += c == quote ? 1 : 0;
        return;
      } else {
        ++at_;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

TomlPieces take_apart(std::string_view text, std::string_view name, std::size_t most) {
  TomlPieces result;
  Scanner scanner(text);
  bool is_inside = false;     // a table of the array
  std::size_t tables = most;  // in the last piece; the first table begins one
  int line = 1;
  while (!scanner.is_at_end()) {
    const std::size_t start = scanner.at();
    const std::optional<Header> header = scanner.header(name);
    if (header) {
      is_inside = *header == Header::table || (is_inside && *header == Header::within);
      scanner.next_after_header();
    } else {
      scanner.next_line();
    }
    const std::string_view lines = text.substr(start, scanner.at() - start);
    const auto count = std::count(lines.begin(), lines.end(), '\n');
    if (!is_inside) {
      result.rest += lines;
      tables = most;
    } else {
      const bool is_table = header == Header::table;
      if (is_table && tables >= most) {
        result.pieces.push_back({text.substr(start, 0), line});
        tables = 0;
      }
      tables += is_table ? 1 : 0;
      std::string_view& piece = result.pieces.back().text;
      piece = std::string_view(piece.data(), piece.size() + lines.size());
      result.rest.append(static_cast<std::size_t>(count), '\n');
    }
    line += static_cast<int>(count);
  }
  return result;
}

}  // namespace siftd
