#include "daemon/http_events.hpp"

#include <algorithm>

#include "daemon/operations.hpp"

namespace siftd {

namespace {

Error invalid(std::string detail) {
  return {make_error_code(OperationErrc::invalid), std::move(detail)};
}

std::optional<EventType> type_named(std::string_view name) {
  for (const auto type :
       {EventType::article_new, EventType::article_updated, EventType::article_duplicate,
        EventType::article_removed, EventType::feed_status}) {
    const std::string_view full = to_string(type);
    if (name == full || name == full.substr(full.find('.') + 1) ||
        name == full.substr(full.rfind('.') + 1)) {
      return type;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<EventsRequest> events_request_of(const HttpRequest& request,
                                        const Journal& journal) {
  EventsRequest wanted;
  const std::string_view last = request.header("last-event-id");
  const std::string_view from = request.parameter("from");
  if (!last.empty()) {
    const auto sequence = number_of(last);
    if (!sequence) {
      return invalid("Last-Event-ID: not a sequence");
    }
    // Beyond the newest when the state was begun anew: what comes now, then. An
    // error would end a browser's attempts for good.
    wanted.from = std::min(*sequence, journal.newest()) + 1;
  } else if (from.empty() || from == "now") {
    wanted.from = journal.newest() + 1;
  } else if (from == "beginning") {
    wanted.from = journal.oldest();
  } else if (const auto sequence = number_of(from)) {
    wanted.from = *sequence;
  } else {
    return invalid("from: not a sequence, \"beginning\" or \"now\"");
  }
  if (wanted.from == 0) {
    wanted.from = 1;
  }
  if (wanted.from > journal.newest() + 1) {
    return invalid("from: there is no event " + std::to_string(wanted.from) +
                   " yet; the newest is " + std::to_string(journal.newest()));
  }
  for (const std::string& name : request.parameters("type")) {
    const auto type = type_named(name);
    if (!type) {
      return invalid("type: there is no \"" + name + "\"");
    }
    wanted.filter.types.push_back(*type);
  }
  wanted.filter.feeds = request.parameters("feed");
  return wanted;
}

std::string event_frame(const StoredEvent& event) {
  std::string frame;
  frame.reserve(event.line.size() + 80);
  frame += "id: " + std::to_string(event.sequence) + "\nevent: ";
  frame += to_string(event.type);
  frame += "\ndata: ";
  frame += event.line;
  frame += "\n\n";
  return frame;
}

std::string position_frame(std::uint64_t next) {
  return "id: " + std::to_string(next - 1) + "\n\n";
}

std::string gap_frame(std::uint64_t wanted, std::uint64_t oldest) {
  return "event: gap\ndata: {\"wanted\":" + std::to_string(wanted) +
         ",\"oldest\":" + std::to_string(oldest) + "}\n\n";
}

}  // namespace siftd
