// Any bytes as a feed: what comes out is valid UTF-8 without active markup, and the
// same every time.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "parsers/chars.hpp"
#include "parsers/feed_json.hpp"
#include "parsers/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  siftd::Page page;
  page.url = "http://h.example/a/feed";
  page.body.assign(reinterpret_cast<const char*>(data), size);
  std::string out;
  const auto info = siftd::parse_feed(page, [&](const siftd::Item& item) {
    if (item.content_html.find("<script") != std::string::npos) {
      std::abort();
    }
    siftd::append_json_item(out, item);
  });
  if (info) {
    siftd::append_json_feed_members(out, *info);
  } else if (!out.empty()) {
    std::abort();  // items of no feed
  }
  if (siftd::valid_utf8_prefix(out) != out.size()) {
    std::abort();
  }
  siftd::discover_feeds(page);
  return 0;
}
