// What strangers send over HTTP, and what they put into events that a terminal shows.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/http_guard.hpp"
#include "daemon/http_json.hpp"
#include "daemon/http_message.hpp"
#include "daemon/pretty.hpp"
#include "daemon/text.hpp"

using namespace siftd;

namespace {

// Nothing that could steer a terminal or break a line.
bool is_harmless(std::string_view line) {
  for (const char c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') {
      return false;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const void* generic = data;
  const std::string_view input(static_cast<const char*>(generic), size);
  HttpRequest request;
  request.method = size % 2 == 0 ? "GET" : "POST";
  if (set_target(request, input)) {
    request.headers = {{"host", std::string(request.parameter("host"))},
                       {"origin", std::string(request.parameter("origin"))},
                       {"authorization", std::string(request.parameter("a"))}};
    HttpConfig config;
    config.token = "secret";
    [[maybe_unused]] const auto refused = refuse(request, config, "host.example");
    if (percent_decoded(percent_encoded(request.path), false) != request.path) {
      std::abort();
    }
  }
  [[maybe_unused]] const auto feed = new_feed_of(input);
  [[maybe_unused]] const auto from = replay_start_of(input);
  if (!is_harmless(printable(input)) || display_width(fit(input, 20)) != 20) {
    std::abort();
  }
  std::string block = pretty(input, {});
  while (!block.empty()) {
    const std::size_t end = block.find('\n');
    if (end == std::string::npos ||
        !is_harmless(std::string_view(block).substr(0, end))) {
      std::abort();
    }
    block.erase(0, end + 1);
  }
  return 0;
}
