#include "daemon/config_feeds.hpp"

#include <algorithm>
#include <array>
#include <strings.h>
#include <unordered_map>

#include "base/limits.hpp"
#include "daemon/config_values.hpp"
#include "daemon/feed_url.hpp"
#include "parsers/opml.hpp"

namespace siftd {
namespace {

using Kind = ConfigNode::Kind;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

// ---- one feed

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// Headers that belong to the transfer itself, and to siftd.
bool is_ours(const std::string& header) {
  constexpr std::array kOurs = {"Host",       "Content-Length", "Transfer-Encoding",
                                "Connection", "Upgrade",        "TE"};
  return std::any_of(kOurs.begin(), kOurs.end(), [&](const char* ours) {
    return ::strcasecmp(ours, header.c_str()) == 0;
  });
}

void read_headers(ConfigTable& table, FeedConfig& feed) {
  const ConfigNode* node = table.take("headers", Kind::table);
  if (!node) {
    return;
  }
  ConfigTable headers(*node, table.path_of("headers"), table.errors());
  for (const ConfigNode::Member& member : node->members) {
    std::string value;
    headers.read_secret(member.key, value);
    const bool is_clean = std::none_of(value.begin(), value.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
    if (!is_token(member.key)) {
      headers.fail(member.key, "is no name of an HTTP header");
    } else if (is_ours(member.key)) {
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

  // A feed of an OPML file: called by its title, when nobody else is.
  void add_outline(NamedFeed named, const std::string& title) {
    lines_by_url_.emplace(named.feed.url, 0);
    if (!title.empty() && is_printable(title) &&
        lines_by_name_.emplace(title, 0).second) {
      named.feed.name = title;
    }
    feeds_.push_back(std::move(named));
  }

  bool has_url(const std::string& url) const { return lines_by_url_.contains(url); }
  bool has_name(const std::string& name) const { return lines_by_name_.contains(name); }

  // Names the others: by host and path, and by more of the URL when that is taken.
  std::vector<FeedConfig> take() {
    std::vector<FeedConfig> result;
    result.reserve(feeds_.size());
    for (NamedFeed& named : feeds_) {
      if (named.feed.name.empty() && !named.feed.url.empty()) {
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

// Adds what `text` subscribes to. `place` is the path in the configuration.
void add_opml(FeedList& feeds, const std::string& text, const std::filesystem::path& file,
              const FetchConfig& defaults, const ConfigNode& place,
              ConfigErrors& errors) {
  const Result<Opml> opml = read_opml(text);
  if (!opml) {
    errors.add(place, "opml.path", file.string() + " is no OPML: " + opml.error().detail);
    return;
  }
  for (const OpmlRefusal& refused : opml->refused) {
    errors.warn(place.line, "opml.path",
                file.string() + ":" + std::to_string(refused.line) + ": left out " +
                    in_quotes(refused.url) + ": " + refused.why);
  }
  for (const OpmlFeed& outline : opml->feeds) {
    NamedFeed named;
    FeedConfig& feed = named.feed;
    std::string why;
    if (!split_feed_url(outline.url, named.parts, why)) {
      errors.warn(
          place.line, "opml.path",
          file.string() + ":" + std::to_string(outline.line) + ": left out: " + why);
      continue;
    }
    feed.url = named.parts.url;
    feed.user_info = named.parts.user_info;
    feed.tags = outline.tags;
    feed.fetch = defaults;
    feed.origin = file.filename().string() + ":" + std::to_string(outline.line);
    if (!feeds.has_url(feed.url)) {
      feeds.add_outline(std::move(named), outline.title);
    }
  }
}

void read_opml_section(ConfigTable& table, FeedList& feeds, const FetchConfig& defaults,
                       const std::filesystem::path& directory) {
  std::filesystem::path file;
  table.read_path("path", file, directory);
  table.finish();
  const ConfigNode::Member* path = table.node().find("path");
  if (!path || (path->value.kind == Kind::string && file.empty())) {
    table.fail("path", "is missing: the OPML file");
  }
  if (file.empty()) {
    return;
  }
  std::string text;
  if (const auto why = read_whole_file(file, limits::kMaxOpmlFileBytes, text)) {
    table.fail("path", file.string() + " " + *why);
    return;
  }
  add_opml(feeds, text, file, defaults, path->value, table.errors());
}

}  // namespace

std::vector<FeedConfig> read_feeds(ConfigTable& root, const FetchConfig& defaults,
                                   const std::filesystem::path& directory) {
  FeedList feeds(root.errors());
  for (const ConfigNode* node : root.take_tables("feed")) {
    ConfigTable table(*node, "feed", root.errors());
    feeds.add(read_feed(table, defaults, directory), *node);
  }
  for (const ConfigNode* node : root.take_tables("opml")) {
    ConfigTable table(*node, "opml", root.errors());
    read_opml_section(table, feeds, defaults, directory);
  }
  return feeds.take();
}

}  // namespace siftd
