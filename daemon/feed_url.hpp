#pragma once

#include <string>

namespace siftd {

// A feed's URL in its parts, as far as the configuration cares.
struct FeedUrl {
  std::string url;        // without user information
  std::string user_info;  // percent-decoded; empty: none
  std::string name;       // host and path
};

// Takes a configured URL apart: http, https and file only. False: it is not a URL
// that siftd polls, and `why` says what to write instead.
bool split_feed_url(const std::string& text, FeedUrl& to, std::string& why);

}  // namespace siftd
