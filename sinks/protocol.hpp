#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sinks/sink.hpp"

namespace siftd {

// The socket protocol's lines (docs/delivery.md), as pure functions.

// A client's first line.
struct Hello {
  enum class From { unsaid, now, beginning, sequence };
  From from = From::unsaid;
  std::uint64_t sequence = 0;  // with From::sequence: the first event wanted
  EventFilter filter;
  std::string consumer;  // empty: none
};

// The Error's detail is the sentence for the peer.
Result<Hello> parse_hello(std::string_view line);

// {"ack":SEQ}, the later lines of a named consumer.
Result<std::uint64_t> parse_ack(std::string_view line);

// {"error":"…"} with its line end.
std::string error_line(std::string_view what);

}  // namespace siftd
