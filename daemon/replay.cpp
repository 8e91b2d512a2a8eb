#include <cstdio>

#include "daemon/commands.hpp"
#include "daemon/control_json.hpp"
#include "daemon/http_message.hpp"
#include "daemon/text.hpp"

namespace siftd {

int replay_command(const ReplayOptions& options) {
  const bool is_beginning = options.from == "beginning";
  if (!is_beginning && !number_of(options.from)) {
    complain("--from " + options.from + ": not a sequence, nor \"beginning\"");
    return kUsage;
  }
  const ControlClient client(find_control_socket(options));
  const std::string body =
      R"({"from":)" +
      (is_beginning ? std::string(R"("beginning")")
                    : std::to_string(number_of(options.from).value())) +
      "}";
  const auto answer =
      client.ask("POST", "/api/sinks/" + percent_encoded(options.sink) + "/replay", body);
  if (!answer) {
    complain(client, answer.error());
    return kNoInput;
  }
  if (!answer->is_good()) {
    complain(error_sentence(*answer));
    return kSomeFailed;
  }
  std::fprintf(stderr, "siftd: %s gets its events again from %s on\n",
               printable(options.sink).c_str(), options.from.c_str());
  return kDone;
}

}  // namespace siftd
