// Any text as a date: what is read is written and read again as the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "parsers/date.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto time = siftd::parse_date({reinterpret_cast<const char*>(data), size});
  if (time && siftd::parse_date(siftd::format_rfc3339(*time)) != time) {
    std::abort();
  }
  return 0;
}
