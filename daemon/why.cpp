#include <cstdio>
#include <string>

#include "daemon/commands.hpp"
#include "daemon/control_json.hpp"
#include "daemon/http_message.hpp"
#include "daemon/table.hpp"
#include "daemon/text.hpp"

namespace siftd {

namespace {

std::string steps_text(const rapidjson::Value& steps, const Terminal& terminal) {
  std::string out;
  for (const auto& step : steps.GetArray()) {
    const std::string time = text_at(step, "time");
    const std::string what = fit(text_at(step, "what"), 10);
    out +=
        fit(time.empty() ? "" : time.substr(0, 10) + ' ' + time.substr(11, 8), 19) + "  ";
    out += terminal.color ? "\x1b[1m" + what + "\x1b[0m" : what;
    const std::size_t left = 19 + 2 + 10 + 1;
    const std::size_t room = terminal.width > left + 20 ? terminal.width - left : 20;
    bool is_first = true;
    for (const auto& line :
         wrap(text_at(step, "text"), terminal.is_terminal ? room : 10000)) {
      out += (is_first ? " " : std::string(left, ' ')) + line + '\n';
      is_first = false;
    }
    out += is_first ? "\n" : "";
  }
  return out;
}

}  // namespace

int why_command(const WhyOptions& options) {
  const ControlClient client(find_control_socket(options));
  const auto answer = client.ask("GET", "/api/why?url=" + percent_encoded(options.url));
  if (!answer) {
    complain(client, answer.error());
    return kNoInput;
  }
  if (!answer->is_good()) {
    complain(options.url + ": " + error_sentence(*answer));
    return kSomeFailed;
  }
  if (options.json) {
    std::printf("%s\n", answer->body.c_str());
    return kDone;
  }
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(answer->body.data(),
                                                 answer->body.size());
  const auto& steps = list_at(document, "steps");
  if (steps.Empty()) {
    complain(options.url +
             ": never seen in a feed; siftd feeds list shows what is polled");
    return kSomeFailed;
  }
  const std::string out = steps_text(steps, stdout_terminal());
  std::fwrite(out.data(), 1, out.size(), stdout);
  return std::fflush(stdout) == 0 ? kDone : kCannotCreate;
}

}  // namespace siftd
