#include <csignal>
#include <cstdio>
#include <malloc.h>
#include <memory>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "base/limits.hpp"
#include "daemon/commands.hpp"
#include "daemon/config.hpp"
#include "daemon/journal_log.hpp"
#include "daemon/rule_files.hpp"
#include "daemon/service.hpp"

namespace siftd {

namespace {

// Many feeds, pages and clients at once need as many descriptors as we may have.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

// Bodies and parsed feeds are large and short-lived: each gets pages of its own that
// go back at once, instead of a heap that keeps the size of the worst moment; and the
// few threads share two heaps.
void keep_memory_low() {
  mallopt(M_MMAP_THRESHOLD, limits::kOwnPagesBytes);
  mallopt(M_TRIM_THRESHOLD, 2 * limits::kOwnPagesBytes);
  mallopt(M_TOP_PAD, limits::kOwnPagesBytes);  // else a call for each page of growth
  mallopt(M_ARENA_MAX, 2);
  // Without the fast bins, which every larger block (each transfer has one) sweeps.
  mallopt(M_MXFAST, 0);
}

}  // namespace

int run_command(const RunOptions& options) {
  LoadedConfig loaded = load_config(options.config);
  LoadedRules rules = load_rule_files(loaded.config.clean.rules);
  for (const ConfigError& error : loaded.errors) {
    std::fprintf(stderr, "siftd: %s\n", error.to_string().c_str());
  }
  for (const RuleError& error : rules.errors) {
    std::fprintf(stderr, "siftd: %s\n", error.to_string().c_str());
  }
  if (!loaded.errors.empty() || !rules.errors.empty()) {
    return kBadConfig;
  }
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  keep_memory_low();
  std::shared_ptr<spdlog::logger> logger = make_logger(loaded.config.log);
  spdlog::set_default_logger(logger);  // the sinks and the store log through it
  Service::Options how;
  how.once = options.once;
  try {
    Service service(std::move(loaded.config), std::move(rules.rules), how, logger);
    return service.run();
  } catch (const StoreError& failure) {
    log(*logger, LogLevel::error, failure.what());
    return kCannotCreate;
  } catch (const std::exception& failure) {
    log(*logger, LogLevel::error, std::string("ended: ") + failure.what());
    return kSomeFailed;
  }
}

}  // namespace siftd
