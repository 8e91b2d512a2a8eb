#include "daemon/config_sinks.hpp"

#include <array>
#include <map>

#include "base/limits.hpp"
#include "daemon/config_values.hpp"

namespace siftd {
namespace {

using Kind = ConfigNode::Kind;
using namespace std::chrono_literals;

constexpr std::array<std::string_view, 4> kTypes = {"file", "socket", "http", "exec"};
constexpr std::array kEventTypes = {EventType::article_new, EventType::article_updated,
                                    EventType::article_duplicate,
                                    EventType::article_removed, EventType::feed_status};

// sockaddr_un's path, without its final NUL.
constexpr std::size_t kLongestSocketPath = 107;

constexpr std::array<ConfigTable::Elsewhere, 13> kOfOtherTypes = {{
    {"path", R"(only sinks of type "file" have one)"},
    {"rotate", R"(only sinks of type "file" have one)"},
    {"sync", R"(only sinks of type "file" have one)"},
    {"group", R"(only sinks of type "file" and "socket" have one)"},
    {"mode", R"(only sinks of type "file" and "socket" have one)"},
    {"listen", R"(only sinks of type "socket" have one)"},
    {"connect", R"(only sinks of type "socket" have one)"},
    {"queue", R"(only sinks of type "socket" have one)"},
    {"tls", R"(only sinks of type "socket" have one)"},
    {"url", R"(only sinks of type "http" have one)"},
    {"secret", R"(only sinks of type "http" have one)"},
    {"command", R"(only sinks of type "exec" have one)"},
    {"directory", R"(write path = "DIRECTORY/events.jsonl")"},
}};

void read_mode(ConfigTable& table, std::uint32_t& to) {
  const ConfigNode* value = table.take("mode");
  if (!value) {
    return;
  }
  std::uint32_t mode = 0;
  bool is_good = false;
  if (value->kind == Kind::integer) {  // mode = 0o660
    is_good = value->integer > 0 && value->integer <= 0777;
    mode = is_good ? static_cast<std::uint32_t>(value->integer) : 0;
  } else if (value->kind == Kind::string && value->text.size() <= 4) {
    is_good = !value->text.empty();
    for (const char digit : value->text) {
      is_good = is_good && digit >= '0' && digit <= '7';
      mode = mode * 8 + static_cast<std::uint32_t>(digit - '0');
    }
    is_good = is_good && mode > 0 && mode <= 0777;
  }
  if (!is_good) {
    table.fail("mode", R"(must be octal permissions, such as "0660")");
  } else {
    to = mode;
  }
}

void read_sync(ConfigTable& table, SinkConfig& sink) {
  const ConfigNode* value = table.take("sync");
  if (!value) {
    return;
  }
  const auto every = value->kind == Kind::string
                         ? parse_duration(value->text)
                         : std::optional<std::chrono::milliseconds>();
  if (value->kind == Kind::string && value->text == "always") {
    sink.sync = SinkConfig::Sync::always;
  } else if (value->kind == Kind::string && value->text == "never") {
    sink.sync = SinkConfig::Sync::never;
  } else if (every && *every >= 1ms) {
    sink.sync = SinkConfig::Sync::interval;
    sink.sync_every = *every;
  } else {
    table.fail("sync", R"(must be "always", "never" or a duration such as "1s")");
  }
}

void read_rotate(ConfigTable& table, SinkConfig& sink) {
  const ConfigNode* node = table.take("rotate", Kind::table);
  if (!node) {
    return;
  }
  ConfigTable rotate(*node, table.path_of("rotate"), table.errors());
  RotateConfig result;
  rotate.read_size("size", result.size, 1, 1ull << 50);
  rotate.read_duration("every", result.every, 1s);
  rotate.read_count("keep", result.keep, 0, 1'000'000);
  constexpr std::array<std::string_view, 3> kCompress = {"zstd", "none", ""};
  if (const auto choice = rotate.read_choice("compress", kCompress)) {
    result.compress = *choice == 0 ? "zstd" : "";
  }
  rotate.finish();
  if (!node->find("size") && !node->find("every")) {
    table.fail("rotate", R"(says not when: add size = "256MiB" or every = "1d")");
  }
  sink.rotate = result;
}

void read_file_sink(ConfigTable& table, SinkConfig& sink,
                    const std::filesystem::path& directory) {
  const ConfigNode::Member* path = table.node().find("path");
  if (path && path->value.kind == Kind::string && path->value.text == "-") {
    table.take("path");
    sink.path = "-";
  } else {
    table.read_path("path", sink.path, directory);
    if (!path || (path->value.kind == Kind::string && path->value.text.empty())) {
      table.fail("path", R"(is missing: the file to write, or "-" for stdout)");
    } else if (!sink.path.empty() && !sink.path.has_filename()) {
      table.fail("path", "names a directory: add the file's name, such as events.jsonl");
    }
  }
  read_rotate(table, sink);
  if (sink.path == "-" && sink.rotate) {
    table.fail("rotate", "stdout cannot be rotated: take it out");
  }
  read_sync(table, sink);
  table.read("group", sink.group);
  read_mode(table, sink.mode);
}

void read_address(ConfigTable& table, std::string_view key, std::string& to) {
  table.read(key, to);
  if (to.empty()) {
    return;
  }
  const bool is_unix = to.starts_with("unix:");
  if (is_unix && to.size() - 5 > kLongestSocketPath) {
    table.fail(key, "the path is longer than the " + std::to_string(kLongestSocketPath) +
                        " bytes that a unix socket may have");
  } else if (!(is_unix && to.starts_with("unix:/")) &&
             !(to.starts_with("tcp:") && is_host_and_port(to.substr(4)))) {
    table.fail(key, in_quotes(to) +
                        R"( is no address: write "unix:/run/siftd/events.sock" or )"
                        R"("tcp:127.0.0.1:7601")");
  }
}

void read_tls(ConfigTable& table, SinkConfig& sink,
              const std::filesystem::path& directory) {
  const ConfigNode* node = table.take("tls", Kind::table);
  if (!node) {
    return;
  }
  ConfigTable tls(*node, table.path_of("tls"), table.errors());
  tls.read_path("cert", sink.tls_cert, directory);
  tls.read_path("key", sink.tls_key, directory);
  tls.read_path("client_ca", sink.tls_client_ca, directory);
  tls.finish();
  if (sink.tls_cert.empty() || sink.tls_key.empty()) {
    table.fail("tls", R"(needs both: { cert = "server.pem", key = "server.key" })");
  }
  if (sink.listen.starts_with("unix:") || sink.connect.starts_with("unix:")) {
    table.fail("tls", "is for tcp: addresses; a unix socket needs none");
  }
}

void read_socket_sink(ConfigTable& table, SinkConfig& sink,
                      const std::filesystem::path& directory) {
  read_address(table, "listen", sink.listen);
  read_address(table, "connect", sink.connect);
  const bool listens = table.node().find("listen") != nullptr;
  const bool connects = table.node().find("connect") != nullptr;
  if (listens && connects) {
    table.fail("connect", "a sink listens or connects: take one of the two out");
  } else if (!listens && !connects) {
    table.fail("listen", R"(is missing: "unix:/run/siftd/events.sock" or )"
                         R"("tcp:127.0.0.1:7601" (or connect, to push to one peer))");
  }
  table.read_size("queue", sink.queue, limits::kMiB / 16, 1ull << 40);
  table.read("group", sink.group);
  read_mode(table, sink.mode);
  read_tls(table, sink, directory);
}

void read_http_sink(ConfigTable& table, SinkConfig& sink) {
  table.read("url", sink.url);
  if (!table.node().find("url")) {
    table.fail("url", "is missing: where events are posted to");
  } else if (!sink.url.starts_with("http://") && !sink.url.starts_with("https://")) {
    table.fail("url", in_quotes(sink.url) + " must begin with http:// or https://");
  }
  table.read_secret("secret", sink.secret);
}

void read_exec_sink(ConfigTable& table, SinkConfig& sink) {
  table.read_strings("command", sink.command);
  if (sink.command.empty()) {
    table.fail("command", R"(is missing: ["/path/of/program", "argument"])");
  } else if (!sink.command.front().starts_with('/')) {
    table.fail("command", in_quotes(sink.command.front()) +
                              " must be a program's whole path: no shell looks it up");
  }
}

void read_types(ConfigTable& table, SinkConfig& sink) {
  std::vector<std::string> names;
  table.read_strings("types", names);
  std::array<std::string_view, kEventTypes.size()> known;
  for (std::size_t i = 0; i < kEventTypes.size(); ++i) {
    known[i] = to_string(kEventTypes[i]);
  }
  for (const std::string& name : names) {
    bool is_known = false;
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (name == known[i]) {
        sink.types.push_back(kEventTypes[i]);
        is_known = true;
      }
    }
    if (!is_known) {
      const std::string_view meant = nearest(name, known);
      table.fail("types",
                 in_quotes(name) + " is no type of event" +
                     (meant.empty() ? "; the first is " + in_quotes(known[0])
                                    : "; did you mean " + in_quotes(meant) + "?"));
    }
  }
}

SinkConfig read_sink(ConfigTable& table, const std::filesystem::path& directory) {
  SinkConfig sink;
  sink.line = table.node().line;
  const auto type = table.read_choice("type", kTypes);
  table.read("name", sink.name);
  read_types(table, sink);
  table.read_strings("feeds", sink.feeds);
  if (!type) {
    if (!table.node().find("type")) {
      table.fail("type", R"(is missing: "file", "socket", "http" or "exec")");
    }
    return sink;  // which keys belong is not known
  }
  sink.type = kTypes[*type];
  if (sink.name.empty()) {
    sink.name = sink.type;
  }
  switch (*type) {
    case 0:
      read_file_sink(table, sink, directory);
      break;
    case 1:
      read_socket_sink(table, sink, directory);
      break;
    case 2:
      read_http_sink(table, sink);
      break;
    default:
      read_exec_sink(table, sink);
  }
  table.finish(kOfOtherTypes);
  return sink;
}

// Who had it first, by line. Empty words are nobody's.
void check_unique(std::map<std::string, int>& lines, const std::string& word,
                  ConfigTable& table, std::string_view key, const std::string& remedy) {
  if (word.empty()) {
    return;
  }
  const auto [first, is_new] = lines.emplace(word, table.node().line);
  if (!is_new) {
    table.fail(key, in_quotes(word) + " is also the sink's at line " +
                        std::to_string(first->second) + ": " + remedy);
  }
}

}  // namespace

std::vector<SinkConfig> read_sinks(ConfigTable& root,
                                   const std::filesystem::path& directory) {
  std::vector<SinkConfig> sinks;
  std::map<std::string, int> names;
  std::map<std::string, int> targets;
  for (const ConfigNode* node : root.take_tables("sink")) {
    ConfigTable table(*node, "sink", root.errors());
    SinkConfig sink = read_sink(table, directory);
    check_unique(names, sink.name, table, "name",
                 "its position is kept under its name, give each its own");
    check_unique(targets, sink.path.string(), table, "path", "two cannot write one file");
    check_unique(targets, sink.listen, table, "listen", "two cannot listen there");
    sinks.push_back(std::move(sink));
  }
  return sinks;
}

}  // namespace siftd
