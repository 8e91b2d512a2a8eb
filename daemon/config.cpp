// Reads siftd.toml. The reading of one table is in config_table, of TOML itself in
// config_node; feeds and sinks have files of their own, and so has printing.
#include "daemon/config.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/limits.hpp"
#include "daemon/config_feeds.hpp"
#include "daemon/config_sinks.hpp"
#include "daemon/config_table.hpp"
#include "daemon/config_values.hpp"
#include "daemon/feed_url.hpp"
#include "daemon/toml_pieces.hpp"

namespace siftd {
namespace {

using namespace std::chrono_literals;
using Kind = ConfigNode::Kind;

constexpr std::array<std::string_view, 5> kLogLevels = {"trace", "debug", "info",
                                                        "warning", "error"};
constexpr std::array<std::string_view, 2> kLogFormats = {"text", "json"};
constexpr std::array<std::string_view, 2> kActions = {"drop", "mark"};

void read_log(ConfigTable& root, LogConfig& to) {
  const ConfigNode* node = root.take("log", Kind::table);
  if (!node) {
    return;
  }
  ConfigTable table(*node, "log", root.errors());
  if (const auto choice = table.read_choice("level", kLogLevels)) {
    to.level = kLogLevels[*choice];
  }
  if (const auto choice = table.read_choice("format", kLogFormats)) {
    to.format = kLogFormats[*choice];
  }
  table.finish();
}

void read_http(ConfigTable& root, HttpConfig& to) {
  const ConfigNode* node = root.take("http", Kind::table);
  if (!node) {
    return;
  }
  ConfigTable table(*node, "http", root.errors());
  table.read("listen", to.listen);
  if (!to.listen.empty() && !to.listen.starts_with("unix:/") &&
      !is_host_and_port(to.listen)) {
    table.fail("listen", in_quotes(to.listen) +
                             R"( is no address: write "127.0.0.1:7600", )"
                             R"("unix:/path" or "" for none)");
  }
  table.read_secret("token", to.token);
  table.read("public_url", to.public_url);
  FeedUrl parts;
  std::string why;
  if (!to.public_url.empty() && (!split_feed_url(to.public_url, parts, why) ||
                                 to.public_url.starts_with("file:"))) {
    table.fail("public_url", in_quotes(to.public_url) +
                                 R"( is no address: write "https://siftd.example.org")");
  }
  table.finish();
}

void read_clean(ConfigTable& root, CleanConfig& to,
                const std::filesystem::path& directory) {
  if (const ConfigNode* node = root.take("clean", Kind::table)) {
    ConfigTable table(*node, "clean", root.errors());
    table.read("learn", to.learn);
    table.read_strings("rules", to.rules);
    table.finish();
  }
  for (std::string& rule : to.rules) {
    rule = (directory / rule).lexically_normal().string();
  }
}

void read_dedup(ConfigTable& root, DedupConfig& to) {
  const ConfigNode* node = root.take("dedup", Kind::table);
  if (!node) {
    return;
  }
  ConfigTable table(*node, "dedup", root.errors());
  table.read_fraction("threshold", to.threshold);
  table.read_duration("window", to.window, 1s);
  if (const auto choice = table.read_choice("action", kActions)) {
    to.mark = *choice == 1;
  }
  table.finish();
}

void read_store(ConfigTable& root, StoreConfig& to) {
  const ConfigNode* node = root.take("store", Kind::table);
  if (!node) {
    return;
  }
  ConfigTable table(*node, "store", root.errors());
  if (const ConfigNode* kept = table.take("retention", Kind::table)) {
    ConfigTable retention(*kept, "store.retention", root.errors());
    retention.read_duration("age", to.retention_age, 1s);
    retention.read_size("size", to.retention_size, limits::kMiB, 1ull << 60);
    retention.finish();
  }
  table.finish();
}

void read_top(ConfigTable& root, Config& config, const std::filesystem::path& directory) {
  root.read_path("state_dir", config.state_dir, directory);
  if (config.state_dir.empty()) {
    root.fail("state_dir", "is empty: the directory for the database");
  }
  root.read("user_agent", config.user_agent);
  bool is_line = !config.user_agent.empty();
  for (const char c : config.user_agent) {
    is_line = is_line && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  }
  if (!is_line) {
    root.fail(
        "user_agent",
        "must be one line that says who asks: name/1.0 (+https://example.org/about)");
  }
}

void warn_of_gaps(const ConfigNode& top, const Config& config, ConfigErrors& errors) {
  if (config.feeds.empty() && !top.find("feed") && !top.find("opml")) {
    errors.warn(0, "feed", "there is none: nothing is polled until one is added");
  }
  if (!top.find("sink")) {
    errors.warn(0, "sink",
                "there is none: events stay in the store, where siftd tail reads them");
  }
  std::unordered_set<std::string_view> known;
  const bool is_asked =
      std::any_of(config.sinks.begin(), config.sinks.end(),
                  [](const SinkConfig& sink) { return !sink.feeds.empty(); });
  for (std::size_t i = 0; is_asked && i < config.feeds.size(); ++i) {
    known.insert(config.feeds[i]->name);
    known.insert(config.feeds[i]->tags.begin(), config.feeds[i]->tags.end());
  }
  for (const SinkConfig& sink : config.sinks) {
    for (const std::string& word : sink.feeds) {
      if (!known.contains(word)) {
        errors.warn(sink.line, "sink.feeds",
                    in_quotes(word) + " is no feed's name or tag here");
      }
    }
  }
}

}  // namespace

std::string FeedConfig::origin() const {
  return file->empty() ? "added" : *file + ":" + std::to_string(line);
}

std::string ConfigError::to_string() const {
  std::string result = file;
  if (line > 0) {
    result += ":" + std::to_string(line);
  }
  if (line > 0 && column > 0) {
    result += ":" + std::to_string(column);
  }
  return result + ": " + (key.empty() ? "" : key + ": ") + what;
}

LoadedConfig load_config(const std::filesystem::path& file) {
  LoadedConfig loaded;
  loaded.config.file = std::filesystem::absolute(file).lexically_normal();
  const std::filesystem::path directory = loaded.config.file.parent_path();
  std::string text;
  if (const auto why = read_whole_file(file, limits::kMaxConfigBytes, text)) {
    loaded.errors.push_back({file.string(), 0, 0, "", *why + "; -c names another file"});
    return loaded;
  }
  TomlPieces pieces = take_apart(text, "feed", limits::kFeedTablesAtOnce);
  auto tree = read_toml(pieces.rest, file.string());
  if (const ConfigNode* top = std::get_if<ConfigNode>(&tree);
      top != nullptr && top->find("feed") && !pieces.pieces.empty()) {
    // Two ways of writing the array in one file: the reader of TOML says so.
    pieces = {text, {}};
    tree = read_toml(text, file.string());
  }
  if (const ConfigError* error = std::get_if<ConfigError>(&tree)) {
    loaded.errors.push_back(*error);
    return loaded;
  }
  const ConfigNode& top = std::get<ConfigNode>(tree);
  ConfigErrors errors(file.string());
  ConfigTable root(top, "", errors);
  Config& config = loaded.config;
  read_top(root, config, directory);
  read_log(root, config.log);
  read_http(root, config.http);
  read_fetch_section(root, config.fetch.edit(), directory);
  read_clean(root, config.clean, directory);
  read_dedup(root, config.dedup);
  read_store(root, config.store);
  if (std::optional<ConfigError> error =
          read_feeds(root, pieces.pieces, config.fetch, directory, config.feeds)) {
    loaded.errors.push_back(std::move(*error));
    return loaded;
  }
  config.sinks = read_sinks(root, directory);
  root.finish();
  warn_of_gaps(top, config, errors);
  loaded.errors = errors.take_errors();
  loaded.warnings = errors.take_warnings();
  return loaded;
}

}  // namespace siftd
