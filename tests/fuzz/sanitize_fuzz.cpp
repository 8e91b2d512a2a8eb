// Any bytes as HTML: sanitising what is sanitised changes nothing, so nothing that
// was text became markup.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "parsers/chars.hpp"
#include "parsers/html_text.hpp"
#include "parsers/sanitize.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view html(reinterpret_cast<const char*>(data), size);
  if (siftd::valid_utf8_prefix(html) != html.size()) {
    return 0;
  }
  const std::string once = siftd::sanitize_html(html, "http://h.example/");
  if (siftd::sanitize_html(once, "http://h.example/") != once ||
      siftd::find_ignoring_case(once, "<script") != std::string::npos ||
      siftd::valid_utf8_prefix(once) != once.size()) {
    std::abort();
  }
  siftd::text_of_html(html);
  return 0;
}
