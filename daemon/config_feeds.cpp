#include "daemon/config_feeds.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/limits.hpp"
#include "daemon/config_values.hpp"

namespace siftd {
namespace {

using Kind = ConfigNode::Kind;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> kFullText = {"auto", "always", "never"};

// ---- fetch settings

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

// What [fetch] and each [[feed]] have in common.
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

// ---- URLs

std::optional<int> hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? std::optional<int>(lower - 'a' + 10)
                                      : std::nullopt;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) &&
        hex_value(text[i + 2])) {
      result += static_cast<char>(*hex_value(text[i + 1]) * 16 + *hex_value(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

bool has_control_or_space(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
  });
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
  return result;
}

// Host and path without what says nothing: the default port's colon, "/" at the end.
std::string name_of(std::string_view host, std::string_view rest) {
  std::string name = lower(host) + std::string(rest.substr(0, rest.find_first_of("?#")));
  while (name.ends_with('/')) {
    name.pop_back();
  }
  return name;
}

// `rest` is what follows "http://".
bool split_authority(std::string_view scheme, std::string_view rest, FeedUrl& to,
                     std::string& why) {
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    to.user_info = percent_decoded(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  std::string_view host = authority;
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && !authority.ends_with(']')) {
    host = authority.substr(0, colon);
    if (!is_host_and_port("x" + std::string(authority.substr(colon))) &&
        colon + 1 != authority.size()) {
      why = "has no port after the colon: a number up to 65535";
      return false;
    }
  }
  if (host.empty()) {
    why = "names no host";
    return false;
  }
  to.url = std::string(scheme) + "://" + std::string(authority);
  to.url += rest.substr(end);
  to.host_and_port = lower(authority);
  to.name = name_of(host, rest.substr(end));
  return true;
}

// ---- one feed

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

void read_headers(ConfigTable& table, FeedConfig& feed) {
  const ConfigNode* node = table.take("headers", Kind::table);
  if (!node) {
    return;
  }
  constexpr std::array<std::string_view, 6> kOurs = {
      "host", "content-length", "transfer-encoding", "connection", "upgrade", "te"};
  ConfigTable headers(*node, table.path_of("headers"), table.errors());
  for (const ConfigNode::Member& member : node->members) {
    std::string value;
    headers.read_secret(member.key, value);
    const bool is_clean = std::none_of(value.begin(), value.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
    if (!is_token(member.key)) {
      headers.fail(member.key, "is no name of an HTTP header");
    } else if (std::find(kOurs.begin(), kOurs.end(), lower(member.key)) != kOurs.end()) {
      headers.fail(member.key, "is set by siftd itself: take it out");
    } else if (!is_clean) {
      headers.fail(member.key, "a header's value is one line without control characters");
    } else if (member.value.kind == Kind::string) {
      feed.headers.emplace_back(member.key, std::move(value));
    }
  }
}

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

struct NamedFeed {
  FeedConfig feed;
  FeedUrl parts;
};

NamedFeed read_feed(ConfigTable& table, const FetchConfig& defaults,
                    const std::filesystem::path& directory) {
  NamedFeed result;
  FeedConfig& feed = result.feed;
  feed.fetch = defaults;
  feed.origin = std::filesystem::path(table.errors().file()).filename().string() + ":" +
                std::to_string(table.node().line);
  std::string url;
  std::string why;
  table.read("url", url);
  if (!table.node().find("url")) {
    table.fail("url", R"(is missing: the feed's address, "https://...")");
  } else if (!url.empty() && !split_feed_url(url, result.parts, why)) {
    table.fail("url", in_quotes(url.find('@') == std::string::npos ? url : "(hidden)") +
                          " " + why);
  } else if (url.empty() && table.node().find("url")->value.kind == Kind::string) {
    table.fail("url", R"(is empty: the feed's address, "https://...")");
  }
  feed.url = result.parts.url;
  feed.user_info = result.parts.user_info;
  table.read("name", feed.name);
  feed.is_named = !feed.name.empty();
  if (!is_printable(feed.name)) {
    table.fail("name", "a name is one line without control characters");
  }
  table.read_strings("tags", feed.tags);
  read_headers(table, feed);
  read_fetch_keys(table, feed.fetch, directory);
  table.finish();
  return result;
}

// ---- all feeds

class FeedList {
 public:
  explicit FeedList(ConfigErrors& errors) : errors_(errors) {}

  void add(NamedFeed feed, const ConfigNode& place) {
    const std::string& url = feed.feed.url;
    const auto [first, is_new] = lines_by_url_.emplace(url, place.line);
    if (!url.empty() && !is_new) {
      errors_.add(place, "feed.url",
                  in_quotes(url) + " is also the feed at line " +
                      std::to_string(first->second) + ": take one of the two out");
    }
    if (feed.feed.is_named) {
      const auto [other, is_free] = lines_by_name_.emplace(feed.feed.name, place.line);
      if (!is_free) {
        errors_.add(place, "feed.name",
                    in_quotes(feed.feed.name) + " is also the feed's at line " +
                        std::to_string(other->second) + ": names are unique");
      }
    }
    feeds_.push_back(std::move(feed));
  }

  bool has_url(const std::string& url) const { return lines_by_url_.contains(url); }
  bool has_name(const std::string& name) const { return lines_by_name_.contains(name); }

  // Names the others: by host and path, and by more of the URL when that is taken.
  std::vector<FeedConfig> take() {
    std::vector<FeedConfig> result;
    result.reserve(feeds_.size());
    for (NamedFeed& named : feeds_) {
      if (!named.feed.is_named && !named.feed.url.empty()) {
        named.feed.name = free_name(named.parts);
        lines_by_name_.emplace(named.feed.name, 0);
      }
      result.push_back(std::move(named.feed));
    }
    return result;
  }

 private:
  std::string free_name(const FeedUrl& parts) const {
    std::string name = parts.name;
    if (has_name(name)) {
      name = parts.url.substr(parts.url.find("://") + 3);
    }
    // http and https of one address: URLs are unique, so this ends.
    return has_name(name) ? parts.url : name;
  }

  ConfigErrors& errors_;
  std::vector<NamedFeed> feeds_;
  std::unordered_map<std::string, int> lines_by_url_;
  std::unordered_map<std::string, int> lines_by_name_;
};

}  // namespace

bool split_feed_url(const std::string& text, FeedUrl& to, std::string& why) {
  if (has_control_or_space(text)) {
    why = "holds a space or control character: write %20 for a space";
    return false;
  }
  const std::size_t colon = text.find(':');
  const std::string scheme =
      colon == std::string::npos ? "" : lower(text.substr(0, colon));
  const std::string_view rest =
      std::string_view(text).substr(colon == std::string::npos ? 0 : colon + 1);
  if ((scheme == "http" || scheme == "https") && rest.starts_with("//")) {
    return split_authority(scheme, rest.substr(2), to, why);
  }
  if (scheme == "file" && rest.starts_with("/")) {
    to.url = "file:" + std::string(rest);
    to.name =
        std::string(rest.substr(std::min(rest.find_first_not_of('/'), rest.size())));
    return true;
  }
  why =
      "is no address that siftd polls: it must begin with https://, http:// or file:///";
  return false;
}

void read_fetch_section(ConfigTable& root, FetchConfig& defaults,
                        const std::filesystem::path& directory) {
  if (const ConfigNode* node = root.take("fetch", Kind::table)) {
    ConfigTable table(*node, "fetch", root.errors());
    read_fetch_keys(table, defaults, directory);
    table.finish();
  }
}

std::vector<FeedConfig> read_feeds(ConfigTable& root, const FetchConfig& defaults,
                                   const std::filesystem::path& directory) {
  FeedList feeds(root.errors());
  for (const ConfigNode* node : root.take_tables("feed")) {
    ConfigTable table(*node, "feed", root.errors());
    feeds.add(read_feed(table, defaults, directory), *node);
  }
  return feeds.take();
}

}  // namespace siftd
