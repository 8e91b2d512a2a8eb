// Any bytes under any label: valid UTF-8 comes out. The first line is the Content-Type.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "parsers/chars.hpp"
#include "parsers/charset.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  const std::string_view type = input.substr(0, line);
  const std::string_view bytes =
      line == input.npos ? std::string_view{} : input.substr(line + 1);
  for (const auto kind :
       {siftd::DocumentKind::xml, siftd::DocumentKind::html, siftd::DocumentKind::json}) {
    const std::string text = siftd::to_utf8(bytes, type, kind);
    if (siftd::valid_utf8_prefix(text) != text.size()) {
      std::abort();
    }
  }
  return 0;
}
