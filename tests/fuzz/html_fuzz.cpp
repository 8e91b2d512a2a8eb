// Bytes as a page: the tree, its metadata and its article must come out of anything.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sifters/article.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view page(reinterpret_cast<const char*>(data), size);
  std::string report;
  siftd::explain_article(page, "text/html; charset=utf-8", "https://www.example.org/a",
                         {}, report);
  siftd::html_to_text(page);
  return 0;
}
