#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "fetchers/page.hpp"

namespace siftd {

// The head of an HTTP answer, read line by line as it comes. Interim answers (1xx)
// and a proxy's own are forgotten when the next begins, their size is not.
// Contradictory lengths (RFC 9112 6.3) are errors: they are how requests and
// answers get mixed up.
class AnswerHead {
 public:
  // A line with or without its end. FetchErrc::bad_response.
  std::optional<Error> add(std::string_view line);

  int status() const { return status_; }
  const std::string& location() const { return location_; }
  bool has_location() const { return has_location_; }
  const std::string& content_encoding() const { return content_encoding_; }
  std::optional<std::uint64_t> content_length() const { return content_length_; }
  bool is_chunked() const { return is_chunked_; }
  bool is_redirect() const;

  // Moves what a Page keeps of a head into one.
  void move_to(Page& page);

 private:
  void begin(std::string_view status_line);
  std::optional<Error> field(std::string_view name, std::string_view value);
  std::optional<Error> length(std::string_view value);
  void cache_control(std::string_view value);

  std::size_t bytes_ = 0;
  int status_ = 0;
  bool has_location_ = false;
  bool is_chunked_ = false;
  std::string location_;
  std::string content_encoding_;
  std::optional<std::uint64_t> content_length_;
  std::string content_type_;
  std::string etag_;
  std::string last_modified_;
  Freshness freshness_;
  std::optional<std::chrono::sys_seconds> retry_date_;
  std::vector<std::string> links_;
};

// "Sun, 06 Nov 1994 08:49:37 GMT" and the two older forms (RFC 9110 5.6.7).
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

}  // namespace siftd
