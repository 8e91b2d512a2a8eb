// Sitemaps, with the input as what stands between the tags of one.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "parsers/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string inside(reinterpret_cast<const char*>(data), size);
  for (const std::string root : {"urlset", "sitemapindex"}) {
    siftd::Page page;
    page.url = "http://h.example/sitemap.xml";
    page.body = "<" + root + ">" + inside + "</" + root + ">";
    const auto info = siftd::parse_feed(page, [](const siftd::Item& item) {
      if (item.url.empty() || item.url.compare(0, 4, "http") != 0) {
        std::abort();
      }
    });
    if (info) {
      for (const auto& [url, modified] : info->sitemaps) {
        if (url.compare(0, 4, "http") != 0) {
          std::abort();
        }
      }
    }
  }
  return 0;
}
