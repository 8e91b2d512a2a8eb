#include "daemon/table.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <numeric>
#include <sys/ioctl.h>
#include <unistd.h>

#include "daemon/text.hpp"

namespace siftd {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 10;

Terminal terminal_of(int fd) {
  Terminal terminal;
  terminal.is_terminal = ::isatty(fd) == 1;
  const char* no_color = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  terminal.color = terminal.is_terminal && (no_color == nullptr || *no_color == '\0') &&
                   kind != nullptr && std::strcmp(kind, "dumb") != 0;
  winsize size{};
  if (terminal.is_terminal && ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = size.ws_col;
  }
  return terminal;
}

}  // namespace

Terminal stdout_terminal() {
  return terminal_of(STDOUT_FILENO);
}
Terminal stderr_terminal() {
  return terminal_of(STDERR_FILENO);
}

std::vector<std::size_t> Table::widths(const Terminal& terminal) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = display_width(columns_[i].heading);
    for (const auto& row : rows_) {
      width = std::max(width, display_width(printable(row[i].text)));
    }
    widths.push_back(width);
  }
  const auto total = [&] {
    return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
  };
  while (terminal.is_terminal && total() > terminal.width) {
    std::size_t widest = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool may_give = !columns_[i].is_number && widths[i] > kNarrowest;
      if (may_give && (widest == columns_.size() || widths[i] > widths[widest])) {
        widest = i;
      }
    }
    if (widest == columns_.size()) {
      break;
    }
    --widths[widest];
  }
  return widths;
}

std::string Table::text(const Terminal& terminal) const {
  const auto columns = widths(terminal);
  std::string out;
  const auto write = [&](std::size_t i, const std::string& words, const char* style) {
    const std::size_t own = display_width(printable(words));
    std::string cell = own > columns[i] ? fit(words, columns[i]) : printable(words);
    const std::string fill(columns[i] - std::min(own, columns[i]), ' ');
    if (terminal.color && *style != '\0') {
      cell = std::string("\x1b[") + style + 'm' + cell + "\x1b[0m";
    }
    const bool is_last = i + 1 == columns.size();
    out += columns_[i].is_number ? fill + cell : is_last ? cell : cell + fill;
    out += is_last ? "" : std::string(kGap, ' ');
  };
  const auto end_line = [&] {
    while (!out.empty() && out.back() == ' ') {
      out.pop_back();
    }
    out += '\n';
  };
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    write(i, columns_[i].heading, "1");
  }
  end_line();
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      write(i, row[i].text, row[i].style);
    }
    end_line();
  }
  return out;
}

std::string relative_time(const std::string& rfc3339, long long now) {
  std::tm parts{};
  if (rfc3339.empty() ||
      ::strptime(rfc3339.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) {
    return "";
  }
  const long long seconds = ::timegm(&parts) - now;
  const long long size = std::llabs(seconds);
  const std::string words = size < 90     ? std::to_string(size) + " s"
                            : size < 5400 ? std::to_string((size + 30) / 60) + " min"
                            : size < 172800
                                ? std::to_string((size + 1800) / 3600) + " h"
                                : std::to_string((size + 43200) / 86400) + " d";
  return seconds > 0 ? "in " + words : words + " ago";
}

}  // namespace siftd
