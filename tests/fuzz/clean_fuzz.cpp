// Any bytes as a text to clean, as what a site's memory was saved as, and as rules.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "sifters/boilerplate.hpp"
#include "sifters/site_memory.hpp"
#include "sifters/text.hpp"

using namespace siftd;

namespace {

void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  const std::string_view text =
      std::string_view(bytes).substr(std::min<std::size_t>(size, 1));
  if (!bytes.empty() && bytes[0] == 'R') {
    load_rules({{"fuzz.toml", std::string(text)}});
    return 0;
  }
  Cleaned cleaned = clean_text(text, {"fuzz.example", {}, {}}, Rules::built_in());
  Invisible again;
  demand(normalize_text(cleaned.text, &again) == cleaned.text && again.total() == 0);
  demand(cleaned.text.size() <= text.size() * 3);  // malformed bytes become three

  SiteMemory memory([&](std::string_view) { return std::optional(std::string(text)); });
  for (std::uint64_t article = 1; article <= 4; ++article) {
    const Cleaned left = memory.apply("fuzz.example", article, cleaned);
    demand(left.text.size() <= cleaned.text.size() + 1);
  }
  memory.take_changed(true);
  return 0;
}
