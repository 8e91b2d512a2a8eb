#include "daemon/line_blocks.hpp"

#include <string_view>
#include <utility>

#include "base/limits.hpp"

namespace siftd {

namespace {

constexpr std::size_t kRead = 256 * limits::kKiB;

}  // namespace

bool LineBlocks::next(std::string& block) {
  block = std::move(rest_);
  rest_.clear();
  while (!is_end_) {
    std::size_t had = block.size();
    block.resize(had + kRead);
    std::size_t got = file_.read(block.data() + had, kRead);
    block.resize(had + got);
    is_end_ = got == 0;
    std::size_t line_end = block.rfind('\n');
    // Whatever is whole is worked on: who writes a line may wait for its verdict.
    if (line_end != std::string::npos) {
      rest_.assign(block, line_end + 1);
      block.resize(line_end + 1);
      return true;
    }
    if (block.size() > limits::kMaxDedupLine)
      skip_line(block);
  }
  return !block.empty();
}

void LineBlocks::skip_line(std::string& block) {
  std::string more(kRead, '\0');
  while (!is_end_) {
    std::size_t got = file_.read(more.data(), kRead);
    is_end_ = got == 0;
    std::size_t end = std::string_view(more).substr(0, got).find('\n');
    if (end == std::string_view::npos)
      continue;
    block.resize(1);
    block += '\n';
    block.append(more, end + 1, got - end - 1);
    return;
  }
  block.resize(1);
}

}  // namespace siftd
