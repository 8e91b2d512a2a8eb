// Any text and title through fingerprints, verdicts and revisions; any bytes as the
// memory of an article, and as a URL.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sifters/changes.hpp"
#include "sifters/identity.hpp"
#include "sifters/recogniser.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace siftd;
  static Recogniser recogniser({});
  static std::uint64_t article = 0;
  std::string_view input(static_cast<const char*>(static_cast<const void*>(data)), size);
  std::size_t half = size / 2;
  std::chrono::sys_seconds now{std::chrono::hours(490000) +
                               std::chrono::minutes(++article)};
  Fingerprint print = fingerprint(input.substr(0, half), input.substr(half));
  recogniser.expire(now);
  Verdict verdict = recogniser.recognise(article, print, now);
  if (!decode_memory(encode_memory(print, verdict)))
    __builtin_trap();
  if (auto memory = decode_memory(input))
    recogniser.restore(++article, now, memory->print, memory->verdict);
  (void)compare(input.substr(0, half), input, input, input.substr(half));
  std::string url = canonical_url(input);
  if (!url.empty() && canonical_url(url).empty())
    __builtin_trap();
  (void)GuidTrust::decode(input);
  (void)TitleHistory::decode(input);
  return 0;
}
