#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace siftd {

// What a request is for. The address policy holds for every purpose alike;
// credentials and robots.txt do not.
enum class Purpose { feed, article, robots, hub, webhook };

// What to ask a server for. A value: moved into Fetcher::fetch().
struct Request {
  std::string url;
  Purpose purpose = Purpose::feed;
  std::string etag;           // opaque bytes of the last answer; empty: not sent
  std::string last_modified;  // likewise
  // Sent to the url's own origin only; never after a redirect elsewhere.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string method = "GET";
  std::string body;  // of a POST
  std::chrono::milliseconds timeout{30000};  // of the whole transfer
  std::size_t max_body = 16u << 20;          // bytes, decoded
};

// What the server said about when to come back. Absent: it did not say.
struct Freshness {
  std::optional<std::chrono::seconds> retry_after;
  std::optional<std::chrono::seconds> max_age;
  std::optional<std::chrono::seconds> age;
  std::optional<std::chrono::sys_seconds> expires;
  std::optional<std::chrono::sys_seconds> date;
};

// A whole answer. A transfer that was cut, too large or refused is an Error
// instead, so a Page's body is always complete and within the limit.
struct Page {
  std::string url;       // that answered, after redirects
  std::string moved_to;  // where permanent redirects alone lead; empty: nowhere new
  int status = 200;      // HTTP; 200 for a file
  std::string content_type;  // the header's bytes
  std::string body;          // decoded
  std::string etag;
  std::string last_modified;
  Freshness freshness;
  std::vector<std::string> links;  // the Link headers (RFC 8288), one string each

  // 304: the body is empty and the old one stands.
  bool is_unchanged() const { return status == 304; }
};

}  // namespace siftd
