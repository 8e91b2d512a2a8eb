#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siftd {

// A request and its answer as values, so that everything but the sockets can be
// tried without them.
struct HttpRequest {
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  std::string method;  // GET for a HEAD, too: http.cpp leaves the body out
  std::string target;  // as it came: path and query
  std::string path;    // before "?"; still percent-encoded
  Pairs query;         // decoded
  Pairs headers;       // names in lower case
  std::string body;
  bool is_control = false;  // came over the control socket: no token needed

  // The first value; empty: none.
  std::string_view header(std::string_view name) const;
  std::string_view parameter(std::string_view name) const;
  std::vector<std::string> parameters(std::string_view name) const;  // all of a name
};

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Splits and decodes the target. False: it is no path of ours ("/" first, valid
// escapes, no control characters).
bool set_target(HttpRequest& request, std::string_view target);

// %41 -> A; with `plus_is_space` as forms have it. Nothing: a broken escape.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);
std::string percent_encoded(std::string_view text);

// A decimal number that is all of `text`; nothing: it is none, or too large.
std::optional<std::uint64_t> number_of(std::string_view text);

// {"error":"…"} with its status.
HttpReply http_error(int status, std::string_view sentence);

}  // namespace siftd
