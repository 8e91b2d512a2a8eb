// Any bytes as OPML: only http and https come out, and what is written is read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "parsers/opml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto opml = siftd::read_opml({reinterpret_cast<const char*>(data), size});
  if (!opml) {
    return 0;
  }
  for (const siftd::OpmlFeed& feed : opml->feeds) {
    if (!feed.url.starts_with("http://") && !feed.url.starts_with("https://")) {
      std::abort();
    }
  }
  const auto again = siftd::read_opml(siftd::write_opml(*opml));
  if (!again || again->feeds.size() != opml->feeds.size() || !again->refused.empty()) {
    std::abort();
  }
  return 0;
}
