#include "sifters/event.hpp"

#include <algorithm>
#include <iterator>

namespace siftd {

void add_removed(std::vector<Removed>& earlier, std::vector<Removed> later) {
  std::vector<std::uint32_t> gone;  // whole lines, by their number before they went
  for (const Removed& passage : later) {
    if (passage.is_line && passage.after != Removed::kAtEnd) {
      gone.push_back(passage.after + static_cast<std::uint32_t>(gone.size()));
    }
  }
  for (Removed& passage : earlier) {
    if (passage.after != Removed::kAtEnd) {
      passage.after -= static_cast<std::uint32_t>(
          std::lower_bound(gone.begin(), gone.end(), passage.after) - gone.begin());
    }
  }
  earlier.insert(earlier.end(), std::make_move_iterator(later.begin()),
                 std::make_move_iterator(later.end()));
}

std::string_view to_string(EventType type) {
  switch (type) {
    case EventType::article_new:
      return "siftd.article.new";
    case EventType::article_updated:
      return "siftd.article.updated";
    case EventType::article_duplicate:
      return "siftd.article.duplicate";
    case EventType::article_removed:
      return "siftd.article.removed";
    case EventType::feed_status:
      return "siftd.feed.status";
  }
  return "siftd.unknown";
}

std::optional<EventType> event_type(std::string_view name) {
  for (const EventType type :
       {EventType::article_new, EventType::article_updated, EventType::article_duplicate,
        EventType::article_removed, EventType::feed_status}) {
    if (to_string(type) == name) {
      return type;
    }
  }
  return std::nullopt;
}

}  // namespace siftd
