#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "daemon/config_feeds.hpp"
#include "daemon/config_values.hpp"

namespace siftd {
namespace {

using Kind = ConfigNode::Kind;
using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> kFullText = {"auto", "always", "never"};

// `interval` is a first guess between two bounds. A bound that stands beside it
// must let it be; one that is only inherited gives way to what is written nearer.
void read_intervals(ConfigTable& table, FetchConfig& to) {
  const bool has_interval = table.node().find("interval") != nullptr;
  const bool has_min = table.node().find("min_interval") != nullptr;
  const bool has_max = table.node().find("max_interval") != nullptr;
  table.read_duration("interval", to.interval, 1s);
  table.read_duration("min_interval", to.min_interval, 1s);
  table.read_duration("max_interval", to.max_interval, 1s);
  if (has_min && has_max && to.min_interval > to.max_interval) {
    table.fail("min_interval", in_quotes(format_duration(to.min_interval)) +
                                   " is above max_interval (" +
                                   in_quotes(format_duration(to.max_interval)) + ")");
    return;
  }
  if (has_interval && has_min && to.interval < to.min_interval) {
    table.fail("interval", in_quotes(format_duration(to.interval)) +
                               " is below min_interval (" +
                               in_quotes(format_duration(to.min_interval)) + ")");
    return;
  }
  if (has_interval && has_max && to.interval > to.max_interval) {
    table.fail("interval", in_quotes(format_duration(to.interval)) +
                               " is above max_interval (" +
                               in_quotes(format_duration(to.max_interval)) + ")");
    return;
  }
  if (has_interval) {
    to.min_interval = std::min(to.min_interval, to.interval);
    to.max_interval = std::max(to.max_interval, to.interval);
  }
  if (has_min) {
    to.max_interval = std::max(to.max_interval, to.min_interval);
  } else {
    to.min_interval = std::min(to.min_interval, to.max_interval);
  }
  to.interval = std::clamp(to.interval, to.min_interval, to.max_interval);
}

void read_allow_private(ConfigTable& table, PrivateNetworks& to) {
  const ConfigNode* value = table.take("allow_private");
  if (!value) {
    return;
  }
  if (value->kind == Kind::boolean) {
    to = PrivateNetworks{value->boolean, {}};
    return;
  }
  if (value->kind != Kind::array) {
    table.fail("allow_private",
               R"(must be true, false or a list of networks: ["10.20.0.0/16"])");
    return;
  }
  to = PrivateNetworks{};
  for (const ConfigNode& element : value->elements) {
    if (element.kind != Kind::string || !is_network(element.text)) {
      table.errors().add(element, table.path_of("allow_private"),
                         (element.kind == Kind::string ? in_quotes(element.text)
                                                       : std::string("an entry")) +
                             R"( is no network: write it like "10.20.0.0/16")");
    } else {
      to.networks.push_back(element.text);
    }
  }
}

}  // namespace

void read_fetch_keys(ConfigTable& table, FetchConfig& to,
                     const std::filesystem::path& directory) {
  read_intervals(table, to);
  table.read_duration("timeout", to.timeout, 100ms);
  table.read_size("max_body", to.max_body, limits::kKiB, limits::kMaxBodySetting);
  table.read_count("concurrency", to.concurrency, 1, limits::kMaxConcurrency);
  table.read_count("per_host", to.per_host, 1, limits::kMaxConcurrency);
  table.read_count("max_backlog", to.max_backlog, 0, 1'000'000'000);
  if (const auto choice = table.read_choice("full_text", kFullText)) {
    constexpr std::array kValues = {FullText::automatic, FullText::always,
                                    FullText::never};
    to.full_text = kValues[*choice];
  }
  read_allow_private(table, to.allow_private);
  table.read("allow_file", to.allow_file);
  table.read_path("ca_file", to.ca_file, directory);
  if (!to.ca_file.empty() && table.node().find("ca_file") &&
      !std::filesystem::is_regular_file(to.ca_file)) {
    table.fail("ca_file", "there is no file " + to.ca_file.string());
  }
  table.read("proxy", to.proxy);
  table.read("robots_articles", to.robots_articles);
  table.read("robots_feeds", to.robots_feeds);
  table.read("look_again", to.look_again);
}

void read_fetch_section(ConfigTable& root, FetchConfig& defaults,
                        const std::filesystem::path& directory) {
  if (const ConfigNode* node = root.take("fetch", Kind::table)) {
    ConfigTable table(*node, "fetch", root.errors());
    read_fetch_keys(table, defaults, directory);
    table.finish();
  }
}

}  // namespace siftd
