#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config_node.hpp"

namespace siftd {

// Where the mistakes of one file are gathered.
class ConfigErrors {
 public:
  explicit ConfigErrors(std::string file) : file_(std::move(file)) {}

  // `place` is the value (or key) that is wrong.
  void add(const ConfigNode& place, std::string key, std::string what);
  void add(int line, int column, std::string key, std::string what);
  // Like add(), for what is allowed but hardly meant.
  void warn(int line, std::string key, std::string what);

  const std::string& file() const { return file_; }
  std::vector<ConfigError> take_errors();  // by line
  std::vector<ConfigError> take_warnings();

 private:
  std::string file_;
  std::vector<ConfigError> errors_;
  std::vector<ConfigError> warnings_;
};

// Reads one table of the file, key by key. Each reader leaves its target alone
// when the key is absent or wrong; what is wrong goes to the ConfigErrors. The
// keys that were asked for are the known ones: finish() reports the others.
class ConfigTable {
 public:
  // `path` is how messages call the table: "fetch", "sink.rotate", "" at the top.
  // Both references must outlive this.
  ConfigTable(const ConfigNode& node, std::string path, ConfigErrors& errors);

  void read(std::string_view key, std::string& to);
  void read(std::string_view key, bool& to);
  void read_path(std::string_view key, std::filesystem::path& to,
                 const std::filesystem::path& relative_to);
  void read_strings(std::string_view key, std::vector<std::string>& to);
  // Between `least` and `most`, as the rest of the readers.
  void read_count(std::string_view key, std::size_t& to, std::size_t least,
                  std::size_t most);
  void read_size(std::string_view key, std::uint64_t& to, std::uint64_t least,
                 std::uint64_t most);
  void read_duration(std::string_view key, std::chrono::milliseconds& to,
                     std::chrono::milliseconds least);
  // More than 0 and at most 1.
  void read_fraction(std::string_view key, double& to);
  // One of `choices`; answers its index.
  std::optional<std::size_t> read_choice(std::string_view key,
                                         std::span<const std::string_view> choices);
  // A password or token. "$CREDENTIALS_DIRECTORY/name" reads that file, as systemd's
  // LoadCredential= provides it. Never quoted in a message.
  void read_secret(std::string_view key, std::string& to);

  // The value under `key` for callers that read it themselves; null: absent.
  const ConfigNode* take(std::string_view key);
  const ConfigNode* take(std::string_view key, ConfigNode::Kind kind);
  // The tables of [[key]]; empty when it is absent or no such array.
  std::vector<const ConfigNode*> take_tables(std::string_view key);

  // Reports the value under `key`, or the table itself when there is none.
  void fail(std::string_view key, std::string what);

  // Reports every key that nobody asked for. `elsewhere` are keys that exist but
  // not in this kind of table, with the sentence that says where.
  struct Elsewhere {
    std::string_view key;
    std::string_view where;
  };
  void finish(std::span<const Elsewhere> elsewhere = {});

  std::string path_of(std::string_view key) const;
  const ConfigNode& node() const { return node_; }
  ConfigErrors& errors() { return errors_; }

 private:
  const ConfigNode& node_;
  std::string path_;
  ConfigErrors& errors_;
  std::vector<std::string_view> asked_;
};

// The whole of a file of at most `most` bytes. An answer: why there is none.
std::optional<std::string> read_whole_file(const std::filesystem::path& path,
                                           std::size_t most, std::string& to);

// `text` in quotes, on one line, shortened: as messages show a value.
std::string in_quotes(std::string_view text);

}  // namespace siftd
