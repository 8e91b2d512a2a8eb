#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "daemon/commands.hpp"
#include "daemon/config.hpp"
#include "daemon/feed_list.hpp"
#include "daemon/journal_log.hpp"
#include "daemon/service.hpp"
#include "parsers/url.hpp"

namespace siftd {

namespace {

// A state that ends with the command.
class TemporaryState {
 public:
  TemporaryState() {
    std::string name =
        (std::filesystem::temp_directory_path() / "siftd-fetch-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) {
      path_ = name;
    }
  }
  ~TemporaryState() {
    std::error_code ignored;
    if (!path_.empty()) {
      std::filesystem::remove_all(path_, ignored);
    }
  }
  TemporaryState(const TemporaryState&) = delete;
  TemporaryState& operator=(const TemporaryState&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

bool add_feed(Config& config, const std::string& url) {
  FeedConfig feed;
  const std::string resolved = resolve_url("", url);
  if (const std::optional<UrlParts> parts = split_url(resolved)) {
    feed.url = without_user_info(resolved);
    feed.user_info = parts->user_info;
  } else if (config.fetch->allow_file && url.starts_with("file:///")) {
    feed.url = url;
  } else {
    return false;
  }
  feed.name = name_of(feed.url);
  feed.fetch = config.fetch;
  config.feeds.emplace_back(std::move(feed));
  return true;
}

}  // namespace

int fetch_command(const FetchOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  const TemporaryState state;
  if (state.path().empty()) {
    std::fprintf(stderr, "siftd: no temporary directory can be made; set TMPDIR\n");
    return kCannotCreate;
  }
  Config config;
  config.state_dir = state.path();
  config.log.level = "warning";
  config.http.listen.clear();
  config.fetch.edit().allow_private.all = options.allow_private;
  config.fetch.edit().allow_file = options.allow_file;
  config.clean.rules.clear();
  for (const std::string& url : options.urls) {
    if (!add_feed(config, url)) {
      std::fprintf(stderr, "siftd: %s is no http or https URL%s\n", url.c_str(),
                   url.starts_with("file:") ? "; files are read with --allow-file" : "");
      return kUsage;
    }
  }
  SinkConfig out;
  out.type = "file";
  out.name = "stdout";
  out.path = "-";
  out.sync = SinkConfig::Sync::never;
  config.sinks.push_back(std::move(out));
  std::shared_ptr<spdlog::logger> logger = make_logger(config.log);
  std::shared_ptr<const Rules> rules(&Rules::built_in(), [](const Rules*) {});
  Service::Options how;
  how.once = true;
  how.is_daemon = false;
  Service service(std::move(config), std::move(rules), how, logger);
  return service.run();
}

}  // namespace siftd
