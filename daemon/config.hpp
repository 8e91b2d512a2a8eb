#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/compact_text.hpp"
#include "base/shared.hpp"
#include "sifters/event.hpp"

namespace siftd {

// Everything below mirrors siftd.toml(5), key by key, with its defaults. A value:
// made once by load_config(), replaced as a whole at a reload. Relative paths in
// the file are relative to it, and absolute here.

struct LogConfig {
  std::string level = "info";   // trace debug info warning error
  std::string format = "text";  // text | json
  bool operator==(const LogConfig&) const = default;
};

struct HttpConfig {
  std::string listen = "127.0.0.1:7600";  // "": off; "unix:/path"
  std::string token;                      // secrets already read from their files
  std::string public_url;
  bool operator==(const HttpConfig&) const = default;
};

enum class FullText { automatic, always, never };

// Which private networks may be reached: none, all, or those listed (CIDR).
struct PrivateNetworks {
  bool all = false;
  std::vector<std::string> networks;
  bool operator==(const PrivateNetworks&) const = default;
};

struct FetchConfig {
  std::chrono::milliseconds interval = std::chrono::minutes(30);
  std::chrono::milliseconds min_interval = std::chrono::minutes(5);
  std::chrono::milliseconds max_interval = std::chrono::hours(24);
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
  std::uint64_t max_body = 16ull << 20;  // bytes, decoded
  std::size_t concurrency = 256;
  std::size_t per_host = 2;
  std::size_t max_backlog = 100;
  FullText full_text = FullText::automatic;
  PrivateNetworks allow_private;
  bool allow_file = false;
  std::filesystem::path ca_file;
  std::string proxy;            // "": none; never taken from the environment
  bool robots_articles = true;  // article pages obey robots.txt
  bool robots_feeds = false;    // feeds that the operator named do not have to
  bool look_again = true;       // look at articles again after 1 h, 24 h, 7 d
  bool operator==(const FetchConfig&) const = default;
};

struct CleanConfig {
  bool learn = true;
  std::vector<std::string> rules = {"rules.d/*.toml"};  // globs, made absolute
  bool operator==(const CleanConfig&) const = default;
};

struct DedupConfig {
  double threshold = 0.8;
  std::chrono::milliseconds window = std::chrono::hours(24 * 7);
  bool mark = false;  // action = "mark"
  bool operator==(const DedupConfig&) const = default;
};

struct StoreConfig {
  std::chrono::milliseconds retention_age = std::chrono::hours(24 * 7);
  std::uint64_t retention_size = 10ull << 30;
  bool operator==(const StoreConfig&) const = default;
};

struct FeedConfig {
  CompactText url;   // without user information
  CompactText name;  // given, or host and path; unique
  bool is_named = false;
  std::vector<std::string> tags;
  std::vector<std::pair<std::string, std::string>> headers;
  CompactText user_info;  // "user:password" of the url, percent-decoded; Basic, own host
  Shared<FetchConfig> fetch;  // the defaults with this feed's own values over them
  Shared<std::string> file;   // where it is from, without directory; empty: added
  int line = 0;               // in that file
  bool operator==(const FeedConfig&) const = default;

  std::string origin() const;  // "siftd.toml:12", "feeds.opml:3", "added"
};

struct RotateConfig {
  std::uint64_t size = 0;              // bytes; 0: not by size
  std::chrono::milliseconds every{0};  // 0: not by time
  std::size_t keep = 0;                // 0: all
  std::string compress;                // "" | "zstd"
  bool operator==(const RotateConfig&) const = default;
};

// One [[sink]]; which fields count depends on its type.
struct SinkConfig {
  std::string type;  // file | socket | http | exec
  std::string name;
  std::filesystem::path path;  // file; "-" is stdout
  std::optional<RotateConfig> rotate;
  enum class Sync { always, interval, never };
  Sync sync = Sync::interval;
  std::chrono::milliseconds sync_every = std::chrono::seconds(1);
  std::string listen;   // socket: "unix:/path" or "tcp:host:port"
  std::string connect;  // socket: "tcp:host:port" or "unix:/path"
  std::string group;
  std::uint32_t mode = 0;  // 0: 0640 for files, 0660 for sockets
  std::uint64_t queue = 8ull << 20;
  std::filesystem::path tls_cert, tls_key, tls_client_ca;  // socket
  std::string url;                                         // http
  std::string secret;                                      // http: HMAC-SHA256
  std::vector<std::string> command;                        // exec: argv
  std::vector<EventType> types;
  std::vector<std::string> feeds;
  int line = 0;  // in the file
  bool operator==(const SinkConfig&) const = default;
};

struct Config {
  std::filesystem::path file;  // where it was read from
  std::filesystem::path state_dir = "/var/lib/siftd";
  std::string user_agent = "siftd/" SIFTD_VERSION;
  LogConfig log;
  HttpConfig http;
  Shared<FetchConfig> fetch;
  CleanConfig clean;
  DedupConfig dedup;
  StoreConfig store;
  // [[feed]] and the feeds of [[opml]], in order. Shared with who polls them.
  std::vector<Shared<FeedConfig>> feeds;
  std::vector<SinkConfig> sinks;
  bool operator==(const Config&) const = default;
};

// One mistake: where and what, and what to do. Printed as "file:line:column: key: what".
struct ConfigError {
  std::string file;
  int line = 0;
  int column = 0;
  std::string key;
  std::string what;
  std::string to_string() const;
};

struct LoadedConfig {
  Config config;
  std::vector<ConfigError> errors;    // all of them; empty: the config is good
  std::vector<ConfigError> warnings;  // allowed, but hardly meant
};

// Reads and judges the file and the OPML files that it names. Never throws for
// what is in them; a file that cannot be read is an error of line 0.
LoadedConfig load_config(const std::filesystem::path& file);

// The configuration as understood, in TOML, secrets masked.
std::string print_config(const Config& config);

}  // namespace siftd
