#include "fetchers/answer_head.hpp"

#include <algorithm>
#include <charconv>
#include <curl/curl.h>
#include <utility>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"

namespace siftd {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool equals(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x >= 'A' && x <= 'Z' ? x + ('a' - 'A') : x) == y;
         });
}

// delta-seconds (RFC 9111 1.2.2): digits only; what overflows is as long as can be.
std::optional<seconds> parse_delta(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  if (text.empty() || !std::all_of(text.begin(), text.end(),
                                   [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  constexpr std::int64_t kMost = 1ll << 31;  // RFC 9111 1.2.2
  std::int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  return seconds(error == std::errc() ? std::min(value, kMost) : kMost);
}

// Opaque, but bounded, and nothing that could end a header line.
std::string validator(std::string_view value) {
  return value.size() > limits::kMaxValidatorBytes ||
                 value.find_first_of(std::string_view("\r\n\0", 3)) !=
                     std::string_view::npos
             ? std::string()
             : std::string(value);
}

Error bad(std::string why) {
  return fetch_error(FetchErrc::bad_response, std::move(why));
}

}  // namespace

std::optional<sys_seconds> parse_http_date(std::string_view text) {
  text = trim(text);
  // curl_getdate() also reads "10" and "Mon"; a date has a time and a day at least.
  if (text.size() < 16 || text.size() > 64 || text.find(':') == std::string_view::npos) {
    return std::nullopt;
  }
  const std::time_t time = curl_getdate(std::string(text).c_str(), nullptr);
  if (time == -1) {
    return std::nullopt;
  }
  return sys_seconds(seconds(time));
}

std::optional<Error> AnswerHead::add(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > limits::kMaxHeaderBytes) {
    return bad("the headers are larger than " + std::to_string(limits::kMaxHeaderBytes) +
               " bytes");
  }
  if (line.starts_with("HTTP/")) {
    begin(line);
    return std::nullopt;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;  // the empty line at the end
  }
  return field(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
}

void AnswerHead::begin(std::string_view status_line) {
  const std::size_t bytes = bytes_;
  *this = AnswerHead();
  bytes_ = bytes;
  const std::size_t space = status_line.find(' ');
  if (space != std::string_view::npos) {
    const std::string_view code = trim(status_line.substr(space + 1)).substr(0, 3);
    std::from_chars(code.data(), code.data() + code.size(), status_);
  }
}

std::optional<Error> AnswerHead::length(std::string_view value) {
  // "42, 42" is what a proxy makes of two equal fields (RFC 9112 6.3).
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    const std::string_view one = trim(value.substr(0, comma));
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    std::uint64_t number = 0;
    const auto [end, error] =
        std::from_chars(one.data(), one.data() + one.size(), number);
    if (error != std::errc() || end != one.data() + one.size()) {
      return bad("the Content-Length is no number");
    }
    if (content_length_ && *content_length_ != number) {
      return bad("two different Content-Length");
    }
    content_length_ = number;
  }
  return std::nullopt;
}

void AnswerHead::cache_control(std::string_view value) {
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    const std::string_view directive = trim(value.substr(0, comma));
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    const std::size_t equals_sign = directive.find('=');
    if (equals_sign == std::string_view::npos ||
        !equals(trim(directive.substr(0, equals_sign)), "max-age")) {
      continue;
    }
    // Said twice: the shorter counts (RFC 9111 4.2.1 leaves either, or stale).
    if (const auto age = parse_delta(directive.substr(equals_sign + 1))) {
      freshness_.max_age = std::min(freshness_.max_age.value_or(*age), *age);
    }
  }
}

std::optional<Error> AnswerHead::field(std::string_view name, std::string_view value) {
  if (equals(name, "location")) {
    has_location_ = !value.empty();
    location_ = value;
  } else if (equals(name, "content-length")) {
    if (std::optional<Error> error = length(value)) {
      return error;
    }
  } else if (equals(name, "transfer-encoding")) {
    is_chunked_ = true;
  } else if (equals(name, "content-encoding")) {
    content_encoding_ += (content_encoding_.empty() ? "" : ", ") + std::string(value);
  } else if (equals(name, "content-type")) {
    content_type_ = value.substr(0, limits::kMaxValidatorBytes);
  } else if (equals(name, "etag")) {
    etag_ = validator(value);
  } else if (equals(name, "last-modified")) {
    last_modified_ = validator(value);
  } else if (equals(name, "link")) {
    if (links_.size() < limits::kMaxLinkHeaders) {
      links_.emplace_back(value);
    }
  } else if (equals(name, "cache-control")) {
    cache_control(value);
  } else if (equals(name, "age")) {
    freshness_.age = parse_delta(value);
  } else if (equals(name, "expires")) {
    freshness_.expires = parse_http_date(value);
  } else if (equals(name, "date")) {
    freshness_.date = parse_http_date(value);
  } else if (equals(name, "retry-after")) {
    freshness_.retry_after = parse_delta(value);
    retry_date_ = parse_http_date(value);
  }
  if (is_chunked_ && content_length_) {
    return bad("both Content-Length and Transfer-Encoding");
  }
  return std::nullopt;
}

bool AnswerHead::is_redirect() const {
  return status_ == 301 || status_ == 302 || status_ == 303 || status_ == 307 ||
         status_ == 308;
}

void AnswerHead::move_to(Page& page) {
  if (retry_date_ && !freshness_.retry_after) {
    // Against the server's own clock when it tells it, as ours may differ.
    const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
    freshness_.retry_after =
        std::max(seconds(0), *retry_date_ - freshness_.date.value_or(now));
  }
  page.status = status_;
  page.content_type = std::move(content_type_);
  page.etag = std::move(etag_);
  page.last_modified = std::move(last_modified_);
  page.freshness = freshness_;
  page.links = std::move(links_);
}

}  // namespace siftd
