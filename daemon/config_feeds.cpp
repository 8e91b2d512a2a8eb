#include "daemon/config_feeds.hpp"

#include <algorithm>
#include <array>
#include <strings.h>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

#include "base/limits.hpp"
#include "daemon/config_node.hpp"
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

FeedConfig read_feed(ConfigTable& table, const Shared<FetchConfig>& defaults,
                     const std::filesystem::path& directory) {
  FeedConfig feed;
  FeedUrl parts;
  std::string url;
  std::string why;
  table.read("url", url);
  if (!table.node().find("url")) {
    table.fail("url", R"(is missing: the feed's address, "https://...")");
  } else if (!url.empty() && !split_feed_url(url, parts, why)) {
    table.fail("url", in_quotes(url.find('@') == std::string::npos ? url : "(hidden)") +
                          " " + why);
  } else if (url.empty() && table.node().find("url")->value.kind == Kind::string) {
    table.fail("url", R"(is empty: the feed's address, "https://...")");
  }
  feed.url = parts.url;
  feed.user_info = parts.user_info;
  std::string name;
  table.read("name", name);
  feed.is_named = !name.empty();
  if (!is_printable(name)) {
    table.fail("name", "a name is one line without control characters");
  }
  feed.name = feed.is_named ? name : parts.name;
  table.read_strings("tags", feed.tags);
  read_headers(table, feed);
  FetchConfig fetch = *defaults;
  read_fetch_keys(table, fetch, directory);
  feed.fetch = fetch == *defaults ? defaults : Shared<FetchConfig>(std::move(fetch));
  feed.line = table.node().line;
  table.finish();
  return feed;
}

// ---- all feeds

// Feeds without a name of their own come with the one that they would like to have:
// host and path.
class FeedList {
 public:
  explicit FeedList(ConfigErrors& errors) : errors_(errors) {}

  void add(FeedConfig feed, const ConfigNode& place) {
    const Shared<FeedConfig>& kept = feeds_.emplace_back(std::move(feed));
    const std::string_view url = kept->url;
    const auto [first, is_new] = lines_by_url_.emplace(url, place.line);
    if (!url.empty() && !is_new) {
      errors_.add(place, "feed.url",
                  in_quotes(url) + " is also the feed at line " +
                      std::to_string(first->second) + ": take one of the two out");
    }
    if (kept->is_named) {
      const auto [other, is_free] = lines_by_name_.emplace(kept->name, place.line);
      if (!is_free) {
        errors_.add(place, "feed.name",
                    in_quotes(kept->name) + " is also the feed's at line " +
                        std::to_string(other->second) + ": names are unique");
      }
    }
  }

  // A feed of an OPML file: called by its title, when nobody else is.
  void add_outline(FeedConfig feed, const std::string& title) {
    const bool is_title_free =
        !title.empty() && is_printable(title) && !lines_by_name_.contains(title);
    if (is_title_free) {
      feed.name = title;
    }
    const Shared<FeedConfig>& kept = feeds_.emplace_back(std::move(feed));
    lines_by_url_.emplace(kept->url, 0);
    if (is_title_free) {
      lines_by_name_.emplace(kept->name, 0);
      titled_.insert(feeds_.size() - 1);
    }
  }

  bool has_url(const std::string& url) const { return lines_by_url_.contains(url); }

  // Names the others: by host and path, and by more of the URL when that is taken.
  std::vector<Shared<FeedConfig>> take() {
    for (std::size_t i = 0; i < feeds_.size(); ++i) {
      Shared<FeedConfig>& feed = feeds_[i];
      if (feed->is_named || feed->url.empty() || titled_.contains(i)) {
        continue;
      }
      if (lines_by_name_.contains(feed->name)) {
        feed.edit().name = free_name(feed->url.str());
      }
      lines_by_name_.emplace(feed->name, 0);
    }
    return std::move(feeds_);
  }

 private:
  std::string free_name(const std::string& url) const {
    std::string name = url.substr(url.find("://") + 3);
    // http and https of one address: URLs are unique, so this ends.
    return lines_by_name_.contains(name) ? url : name;
  }

  ConfigErrors& errors_;
  std::vector<Shared<FeedConfig>> feeds_;
  std::unordered_set<std::size_t> titled_;  // outlines that go by their title
  // Views into the feeds.
  std::unordered_map<std::string_view, int> lines_by_url_;
  std::unordered_map<std::string_view, int> lines_by_name_;
};

// Adds what `text` subscribes to. `place` is the path in the configuration.
void add_opml(FeedList& feeds, const std::string& text, const std::filesystem::path& file,
              const Shared<FetchConfig>& defaults, const ConfigNode& place,
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
  const Shared<std::string> name(file.filename().string());
  for (const OpmlFeed& outline : opml->feeds) {
    FeedUrl parts;
    std::string why;
    if (!split_feed_url(outline.url, parts, why)) {
      errors.warn(
          place.line, "opml.path",
          file.string() + ":" + std::to_string(outline.line) + ": left out: " + why);
      continue;
    }
    if (feeds.has_url(parts.url)) {
      continue;
    }
    FeedConfig feed;
    feed.url = parts.url;
    feed.user_info = parts.user_info;
    feed.name = parts.name;
    feed.tags = outline.tags;
    feed.fetch = defaults;
    feed.file = name;
    feed.line = static_cast<int>(outline.line);
    feeds.add_outline(std::move(feed), outline.title);
  }
}

void read_opml_section(ConfigTable& table, FeedList& feeds,
                       const Shared<FetchConfig>& defaults,
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

std::optional<ConfigError> read_feeds(ConfigTable& root,
                                      std::span<const TomlPieces::Piece> pieces,
                                      const Shared<FetchConfig>& defaults,
                                      const std::filesystem::path& directory,
                                      std::vector<Shared<FeedConfig>>& to) {
  ConfigErrors& errors = root.errors();
  const Shared<std::string> file(
      std::filesystem::path(errors.file()).filename().string());
  FeedList feeds(errors);
  const auto add_tables = [&](ConfigTable& from) {
    for (const ConfigNode* node : from.take_tables("feed")) {
      ConfigTable table(*node, "feed", errors);
      FeedConfig feed = read_feed(table, defaults, directory);
      feed.file = file;
      feeds.add(std::move(feed), *node);
    }
  };
  add_tables(root);
  for (const TomlPieces::Piece& piece : pieces) {
    auto tree = read_toml(piece.text, errors.file(), piece.first_line);
    if (ConfigError* error = std::get_if<ConfigError>(&tree)) {
      return std::move(*error);
    }
    ConfigTable table(std::get<ConfigNode>(tree), "", errors);
    add_tables(table);
  }
  for (const ConfigNode* node : root.take_tables("opml")) {
    ConfigTable table(*node, "opml", errors);
    read_opml_section(table, feeds, defaults, directory);
  }
  to = feeds.take();
  return std::nullopt;
}

}  // namespace siftd
