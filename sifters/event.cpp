#include "sifters/event.hpp"

namespace siftd {

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
