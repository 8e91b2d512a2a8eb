#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "daemon/http_message.hpp"
#include "sinks/sink.hpp"

namespace siftd {

// GET /events: what a request asks for, and the frames of text/event-stream
// (HTML, "Server-sent events").

struct EventsRequest {
  std::uint64_t from = 0;  // the first sequence wanted; may be removed already
  EventFilter filter;
};

// Last-Event-ID (a reconnecting client) beats ?from=SEQ|beginning|now; now is the
// default. ?type= and ?feed= repeat. An Error says what is wrong.
Result<EventsRequest> events_request_of(const HttpRequest& request,
                                        const Journal& journal);

// id: 42, event: siftd.article.new, data: the line.
std::string event_frame(const StoredEvent& event);

// An id without an event: the client knows where it is, though a filter or the quiet
// kept all events from it.
std::string position_frame(std::uint64_t next);

// Tells that events are missing: retention removed them before the client came.
std::string gap_frame(std::uint64_t wanted, std::uint64_t oldest);

}  // namespace siftd
