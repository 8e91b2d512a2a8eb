#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <thread>

#include "daemon/commands.hpp"
#include "daemon/control_json.hpp"
#include "daemon/table.hpp"
#include "daemon/text.hpp"

namespace siftd {

namespace {

constexpr auto kWatchEvery = std::chrono::seconds(2);

std::string counts_line(const rapidjson::Value& feeds) {
  std::string line = std::to_string(number_at(feeds, "total")) + " feeds: ";
  line += std::to_string(number_at(feeds, "healthy")) + " healthy";
  for (const char* health : {"failing", "gone", "waiting"}) {
    if (const auto count = number_at(feeds, health); count > 0) {
      line += ", " + std::to_string(count) + ' ' + health;
    }
  }
  return line + '\n';
}

std::string head(const rapidjson::Value& status, const Terminal& terminal) {
  const bool good = flag_at(status, "live") && flag_at(status, "ready");
  const std::string word = good                      ? "running"
                           : flag_at(status, "live") ? "not ready"
                                                     : "stuck";
  const std::string shown =
      terminal.color ? (good ? "\x1b[32m" : "\x1b[31m") + word + "\x1b[0m" : word;
  const auto& journal = status["journal"];
  const auto& totals = status["totals"];
  std::string out = "siftd " + text_at(status, "version") + ", " + shown + ", started " +
                    relative_time(text_at(status, "started"), std::time(nullptr)) +
                    ", events " + std::to_string(number_at(journal, "oldest")) + " to " +
                    std::to_string(number_at(journal, "newest")) + " kept\n";
  out += std::to_string(number_at(totals, "articles")) + " new articles, " +
         std::to_string(number_at(totals, "copies")) + " copies, " +
         std::to_string(number_at(totals, "polls")) + " polls of which " +
         std::to_string(number_at(totals, "failures")) + " failed\n";
  out += counts_line(status["feeds"]);
  const std::string reload = text_at(status, "reload_error");
  if (!reload.empty()) {
    out += "! the last reload changed nothing: " + printable(reload) + '\n';
  }
  for (const auto& problem : list_at(status, "problems").GetArray()) {
    out += "! " + printable({problem.GetString(), problem.GetStringLength()}) + '\n';
  }
  return out;
}

std::string sinks_table(const rapidjson::Value& sinks, const Terminal& terminal) {
  Table table({{"SINK"},
               {"TYPE"},
               {"POSITION", true},
               {"BEHIND", true},
               {"DELIVERED", true},
               {"CLIENTS", true},
               {"WRITES TO"}});
  for (const auto& sink : sinks.GetArray()) {
    const std::string error = text_at(sink, "error");
    const std::string target = text_at(sink, "target");
    table.add(
        {{text_at(sink, "name"), error.empty() ? "32" : "31"},
         {text_at(sink, "type"), ""},
         {std::to_string(number_at(sink, "position")), ""},
         {std::to_string(number_at(sink, "behind")), ""},
         {std::to_string(number_at(sink, "delivered")), ""},
         {std::to_string(number_at(sink, "clients")), ""},
         {error.empty() ? target : target + ": " + error, error.empty() ? "" : "31"}});
  }
  return table.is_empty() ? "No sinks.\n" : table.text(terminal);
}

// One line: {"daemon":{…},"feeds":[…],"sinks":[…]}.
std::string json_line(rapidjson::Document& status, rapidjson::Document& feeds) {
  rapidjson::Document all(rapidjson::kObjectType);
  auto& memory = all.GetAllocator();
  rapidjson::Value sinks(status["sinks"], memory);
  status.RemoveMember("sinks");
  all.AddMember("daemon", rapidjson::Value(status, memory), memory);
  all.AddMember("feeds", rapidjson::Value(feeds["feeds"], memory), memory);
  all.AddMember("sinks", sinks, memory);
  return line_of(all);
}

}  // namespace

int status_command(const StatusOptions& options) {
  const ControlClient client(find_control_socket(options));
  for (;;) {
    auto status = ask_json(client, "GET", "/api/status");
    auto feeds = status ? ask_json(client, "GET", "/api/feeds") : std::nullopt;
    if (!feeds) {
      return kNoInput;
    }
    const Terminal terminal = stdout_terminal();
    std::string out;
    if (options.json) {
      out = json_line(*status, *feeds);
    } else {
      out = head(*status, terminal) + '\n' + feeds_table(list_at(*feeds, "feeds")) +
            '\n' + sinks_table(list_at(*status, "sinks"), terminal);
    }
    if (options.watch && terminal.is_terminal && !options.json) {
      out.insert(0, "\x1b[H\x1b[2J");
    }
    if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size() ||
        std::fflush(stdout) != 0) {
      return kCannotCreate;
    }
    if (!options.watch) {
      return kDone;
    }
    std::this_thread::sleep_for(kWatchEvery);
  }
}

}  // namespace siftd
