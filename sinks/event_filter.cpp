#include <algorithm>

#include "sinks/sink.hpp"

namespace siftd {

bool EventFilter::matches(const StoredEvent& event) const {
  if (!types.empty() &&
      std::find(types.begin(), types.end(), event.type) == types.end()) {
    return false;
  }
  return feeds.empty() ||
         std::any_of(feeds.begin(), feeds.end(), [&](const auto& wanted) {
           return wanted == event.feed ||
                  std::find(event.feed_tags.begin(), event.feed_tags.end(), wanted) !=
                      event.feed_tags.end();
         });
}

}  // namespace siftd
