#include "daemon/config_table.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/limits.hpp"
#include "daemon/config_values.hpp"

namespace siftd {
namespace {

using Kind = ConfigNode::Kind;
using std::chrono::milliseconds;

constexpr std::string_view kCredentials = "$CREDENTIALS_DIRECTORY/";

std::string joined(std::span<const std::string_view> words) {
  std::string result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    result += i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
    result += in_quotes(words[i]);
  }
  return result;
}

// "; did you mean "interval"?" or nothing.
std::string hint(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view meant = nearest(word, known);
  return meant.empty() ? "" : "; did you mean " + in_quotes(meant) + "?";
}

// The first bytes of a file without the line end that editors add. Nothing: unreadable.
std::optional<std::string> read_secret_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string secret(limits::kMaxSecretBytes, '\0');
  file.read(secret.data(), static_cast<std::streamsize>(secret.size()));
  if (!file.is_open() || file.bad()) {
    return std::nullopt;
  }
  secret.resize(static_cast<std::size_t>(file.gcount()));
  while (secret.ends_with('\n') || secret.ends_with('\r')) {
    secret.pop_back();
  }
  return secret;
}

}  // namespace

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string result = "\"";
  for (const char c : text.substr(0, kLongest)) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    result += is_control ? '?' : c;
  }
  if (text.size() > kLongest) {
    while (!result.empty() && (static_cast<unsigned char>(result.back()) & 0x80) != 0) {
      result.pop_back();  // do not cut a letter in two
    }
    result += "...";
  }
  return result + '"';
}

std::optional<std::string> read_whole_file(const std::filesystem::path& path,
                                           std::size_t most, std::string& to) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) {
    return "is a directory: name the file in it";
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return std::string("cannot be read: ") + std::strerror(errno);
  }
  std::array<char, 1 << 16> block;
  while (file.read(block.data(), block.size()), file.gcount() > 0) {
    to.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (to.size() > most) {
      return "is larger than " + format_size(most);
    }
  }
  return std::nullopt;
}

void ConfigErrors::add(const ConfigNode& place, std::string key, std::string what) {
  add(place.line, place.column, std::move(key), std::move(what));
}

void ConfigErrors::add(int line, int column, std::string key, std::string what) {
  errors_.push_back({file_, line, column, std::move(key), std::move(what)});
}

void ConfigErrors::warn(int line, std::string key, std::string what) {
  warnings_.push_back({file_, line, 0, std::move(key), std::move(what)});
}

std::vector<ConfigError> ConfigErrors::take_errors() {
  std::stable_sort(errors_.begin(), errors_.end(),
                   [](const ConfigError& a, const ConfigError& b) {
                     return std::pair(a.line, a.column) < std::pair(b.line, b.column);
                   });
  return std::move(errors_);
}

std::vector<ConfigError> ConfigErrors::take_warnings() {
  return std::move(warnings_);
}

ConfigTable::ConfigTable(const ConfigNode& node, std::string path, ConfigErrors& errors)
    : node_(node), path_(std::move(path)), errors_(errors) {}

std::string ConfigTable::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void ConfigTable::fail(std::string_view key, std::string what) {
  const ConfigNode::Member* member = node_.find(key);
  errors_.add(member ? member->value : node_, path_of(key), std::move(what));
}

const ConfigNode* ConfigTable::take(std::string_view key) {
  asked_.push_back(key);
  const ConfigNode::Member* member = node_.find(key);
  return member ? &member->value : nullptr;
}

const ConfigNode* ConfigTable::take(std::string_view key, Kind kind) {
  const ConfigNode* value = take(key);
  if (value && value->kind != kind) {
    fail(key, "is " + std::string(kind_name(value->kind)) + ", must be " +
                  std::string(kind_name(kind)));
    return nullptr;
  }
  return value;
}

std::vector<const ConfigNode*> ConfigTable::take_tables(std::string_view key) {
  const ConfigNode* value = take(key);
  std::vector<const ConfigNode*> tables;
  if (!value) {
    return tables;
  }
  const std::string form = "[[" + path_of(key) + "]]";
  if (value->kind != Kind::array) {
    fail(key, "there may be several: write " + form + ", with two brackets");
    return tables;
  }
  for (const ConfigNode& element : value->elements) {
    if (element.kind == Kind::table) {
      tables.push_back(&element);
    } else {
      errors_.add(element, path_of(key),
                  "is " + std::string(kind_name(element.kind)) +
                      ", must be a table: write " + form);
    }
  }
  return tables;
}

void ConfigTable::read(std::string_view key, std::string& to) {
  if (const ConfigNode* value = take(key, Kind::string)) {
    to = value->text;
  }
}

void ConfigTable::read(std::string_view key, bool& to) {
  if (const ConfigNode* value = take(key, Kind::boolean)) {
    to = value->boolean;
  }
}

void ConfigTable::read_path(std::string_view key, std::filesystem::path& to,
                            const std::filesystem::path& relative_to) {
  const ConfigNode* value = take(key, Kind::string);
  if (!value) {
    return;
  }
  if (value->text.find('\0') != std::string::npos) {
    fail(key, "a path cannot hold a NUL");
  } else {
    to = value->text.empty() ? std::filesystem::path()
                             : (relative_to / value->text).lexically_normal();
  }
}

void ConfigTable::read_strings(std::string_view key, std::vector<std::string>& to) {
  const ConfigNode* value = take(key, Kind::array);
  if (!value) {
    return;
  }
  to.clear();
  for (const ConfigNode& element : value->elements) {
    if (element.kind == Kind::string && !element.text.empty()) {
      to.push_back(element.text);
    } else {
      errors_.add(element, path_of(key),
                  element.kind == Kind::string
                      ? "an empty string means nothing here: take it out"
                      : "holds " + std::string(kind_name(element.kind)) +
                            ", must hold strings only");
    }
  }
}

void ConfigTable::read_count(std::string_view key, std::size_t& to, std::size_t least,
                             std::size_t most) {
  const ConfigNode* value = take(key, Kind::integer);
  if (!value) {
    return;
  }
  if (value->integer < static_cast<std::int64_t>(least) ||
      value->integer > static_cast<std::int64_t>(most)) {
    fail(key, std::to_string(value->integer) + " is out of range: " +
                  std::to_string(least) + " to " + std::to_string(most));
    return;
  }
  to = static_cast<std::size_t>(value->integer);
}

void ConfigTable::read_size(std::string_view key, std::uint64_t& to, std::uint64_t least,
                            std::uint64_t most) {
  const ConfigNode* value = take(key);
  if (!value) {
    return;
  }
  std::optional<std::uint64_t> bytes;
  if (value->kind == Kind::integer && value->integer >= 0) {
    bytes = static_cast<std::uint64_t>(value->integer);
  } else if (value->kind == Kind::string) {
    bytes = parse_size(value->text);
  }
  if (!bytes) {
    fail(key, (value->kind == Kind::string ? in_quotes(value->text) + " is no size"
                                           : "must be a size") +
                  R"(: write it like "64MiB" or "512kB")");
  } else if (*bytes < least || *bytes > most) {
    fail(key, format_size(*bytes) + " is out of range: " + format_size(least) + " to " +
                  format_size(most));
  } else {
    to = *bytes;
  }
}

void ConfigTable::read_duration(std::string_view key, milliseconds& to,
                                milliseconds least) {
  const ConfigNode* value = take(key);
  if (!value) {
    return;
  }
  const auto duration = value->kind == Kind::string ? parse_duration(value->text)
                                                    : std::optional<milliseconds>();
  if (!duration) {
    fail(key, (value->kind == Kind::string ? in_quotes(value->text) + " is no duration"
                                           : "must be a duration") +
                  R"(: write it like "90s", "15m" or "14d")");
  } else if (*duration < least) {
    fail(key, in_quotes(value->text) + " is too short: at least " +
                  in_quotes(format_duration(least)));
  } else {
    to = *duration;
  }
}

void ConfigTable::read_fraction(std::string_view key, double& to) {
  const ConfigNode* value = take(key);
  if (!value) {
    return;
  }
  const bool is_number = value->kind == Kind::number || value->kind == Kind::integer;
  if (!is_number || !(value->number > 0 && value->number <= 1)) {
    fail(key, "must be a number above 0 and at most 1, such as 0.8");
    return;
  }
  to = value->number;
}

std::optional<std::size_t> ConfigTable::read_choice(
    std::string_view key, std::span<const std::string_view> choices) {
  const ConfigNode* value = take(key, Kind::string);
  if (!value) {
    return std::nullopt;
  }
  const auto found = std::find(choices.begin(), choices.end(), value->text);
  if (found == choices.end()) {
    fail(key, in_quotes(value->text) + " is not one of " + joined(choices) +
                  hint(value->text, choices));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - choices.begin());
}

void ConfigTable::read_secret(std::string_view key, std::string& to) {
  const ConfigNode* value = take(key, Kind::string);
  if (!value) {
    return;
  }
  if (!value->text.starts_with(kCredentials)) {
    to = value->text;
    return;
  }
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (!directory) {
    fail(key,
         "$CREDENTIALS_DIRECTORY is not set: the service needs LoadCredential=, a "
         "start by hand needs the variable");
    return;
  }
  const auto path =
      std::filesystem::path(directory) / value->text.substr(kCredentials.size());
  std::optional<std::string> secret = read_secret_file(path);
  if (!secret || secret->empty()) {
    fail(key, "cannot read a secret from " + path.string() +
                  ": the file must exist, be readable and not be empty");
    return;
  }
  to = std::move(*secret);
}

void ConfigTable::finish(std::span<const Elsewhere> elsewhere) {
  for (const ConfigNode::Member& member : node_.members) {
    const std::string_view key = member.key;
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) {
      continue;
    }
    const auto other = std::find_if(elsewhere.begin(), elsewhere.end(),
                                    [&](const Elsewhere& e) { return e.key == key; });
    std::string what = other != elsewhere.end() ? std::string(other->where)
                                                : "unknown key" + hint(key, asked_);
    const std::string shown = in_quotes(key);
    errors_.add(member.line, member.column,
                path_of(std::string_view(shown).substr(1, shown.size() - 2)), what);
  }
}

}  // namespace siftd
