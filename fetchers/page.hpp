#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fetchers/address_policy.hpp"

namespace siftd {

// What a request is for: it decides the Accept header. The address policy holds
// for every purpose alike; credentials and robots.txt do not.
enum class Purpose { feed, article, robots, hub, webhook };

// What a request may reach and through whom. Shared by the requests of all feeds
// with the same settings; never changed once shared.
struct Access {
  AddressPolicy addresses;
  bool allow_file = false;
  std::string proxy;    // "": none; never taken from the environment
  std::string ca_file;  // PEM, trusted besides the system's certificates
  bool operator==(const Access&) const = default;
};

// What to ask a server for. A value: moved into Fetcher::fetch().
struct Request {
  std::string url;
  Purpose purpose = Purpose::feed;
  // Validators of an earlier answer, opaque bytes; empty: not sent. They belong to
  // the URL that gave them and are sent to that one only, redirected to or not.
  std::string etag;
  std::string last_modified;
  std::string validated_url;  // empty: `url`
  // Sent to one origin (scheme, host, port) only, that of `owner_url`; never to
  // another after a redirect or a move.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string user_info;  // "user:password", decoded; sent as Basic
  std::string owner_url;  // empty: `url`
  std::string method = "GET";
  std::string body;                          // of a POST
  std::chrono::milliseconds timeout{30000};  // of the whole transfer, all hops
  std::size_t max_body = 16u << 20;          // bytes, decoded
  bool obey_robots = false;                  // ask each hop's robots.txt first
  bool take_first = false;  // of a larger body, the first max_body bytes are enough
  std::shared_ptr<const Access> access;  // null: public addresses, no files
};

// What the server said about when to come back. Absent: it did not say, or said
// what cannot be understood.
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
  std::string url;           // that answered, after redirects; without user information
  std::string moved_to;      // where permanent redirects alone lead; empty: nowhere new
  int status = 200;          // HTTP; 200 for a file
  std::string content_type;  // the header's bytes
  std::string body;          // decoded
  std::string etag;
  std::string last_modified;
  Freshness freshness;
  std::vector<std::string> links;  // the Link headers (RFC 8288), one string each
  // What the site's robots.txt asks between two pages; only when it was asked.
  std::optional<std::chrono::milliseconds> crawl_delay;

  // 304: the body is empty and the old one stands.
  bool is_unchanged() const { return status == 304; }
};

}  // namespace siftd
