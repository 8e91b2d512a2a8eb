#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace siftd {

// Exit statuses, after sysexits.h.
enum ExitStatus : int {
  kDone = 0,
  kSomeFailed = 1,
  kUsage = 64,
  kNoInput = 66,
  kCannotCreate = 73,
  kBadConfig = 78,
};

// Each command in a file of its own; main.cpp turns arguments into these options.
// Data goes to stdout, words for people to stderr; each returns an ExitStatus.

struct RunOptions {
  std::filesystem::path config = "/etc/siftd/siftd.toml";
  bool once = false;
};
int run_command(const RunOptions& options);

struct CheckOptions {
  std::filesystem::path config = "/etc/siftd/siftd.toml";
  bool state = false;  // --state: look for corruption in the state too
};
int check_command(const CheckOptions& options);

struct FetchOptions {
  std::vector<std::string> urls;
  bool allow_private = false;
  bool allow_file = false;
};
int fetch_command(const FetchOptions& options);

struct ParseOptions {
  std::string url;  // the base
  std::string content_type;
  std::vector<std::string> files;  // "-" is stdin; none: stdin
};
int parse_command(const ParseOptions& options);

struct ExtractOptions {
  std::string url;
  std::string content_type;
  bool batch = false;
  bool explain = false;
  std::vector<std::string> files;
};
int extract_command(const ExtractOptions& options);

struct CleanOptions {
  bool explain = false;
  bool batch = false;
  std::string source;
  std::vector<std::string> rules;  // files of the operator's rules
  std::vector<std::string> files;
};
int clean_command(const CleanOptions& options);

struct DedupOptions {
  double threshold = 0.8;
  bool stories = true;
  std::string file;  // empty or "-": stdin
};
int dedup_command(const DedupOptions& options);

// How the commands below find the daemon: its control socket.
struct ControlOptions {
  std::filesystem::path
      socket;  // empty: found through config, RUNTIME_DIRECTORY, /run/siftd
  std::filesystem::path config = "/etc/siftd/siftd.toml";
};

struct TailOptions : ControlOptions {
  std::string from = "now";  // SEQ, "beginning" or "now"
  bool json = false;
  std::vector<std::string> types;
  std::vector<std::string> feeds;
  std::optional<std::uint64_t> count;  // end after so many events
};
int tail_command(const TailOptions& options);

struct StatusOptions : ControlOptions {
  bool json = false;
  bool watch = false;
};
int status_command(const StatusOptions& options);

struct FeedsOptions : ControlOptions {
  enum class Action { list, add, remove, poll, import, export_ };
  Action action = Action::list;
  bool json = false;
  std::vector<std::string> arguments;  // URLs, names or files
};
int feeds_command(const FeedsOptions& options);

struct WhyOptions : ControlOptions {
  std::string url;
  bool json = false;
};
int why_command(const WhyOptions& options);

struct ReplayOptions : ControlOptions {
  std::string sink;
  std::string from;
};
int replay_command(const ReplayOptions& options);

}  // namespace siftd
