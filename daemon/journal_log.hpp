#pragma once

#include <initializer_list>
#include <memory>
#include <spdlog/fwd.h>
#include <string>
#include <string_view>

#include "daemon/config.hpp"

namespace siftd {

// A fact of a log line under a name of its own: "feed", "url", "event", "sink",
// "error". Names are lower case ASCII with underscores; the journal shows them as
// SIFTD_FEED, SIFTD_URL and so on (journalctl SIFTD_FEED=example).
struct LogField {
  std::string_view name;
  std::string_view value;
};

enum class LogLevel { trace, debug, info, warning, error };

// The daemon's logger. To the journal with native fields when stderr is connected
// to it, else to stderr as text or JSON, one line a message. Whatever comes from
// outside is escaped here, in message and fields: nobody forges a line. Plain
// spdlog calls (logger->info("...")) work as well and carry no fields.
// Thread-safe. Throws std::invalid_argument for an unknown level or format.
std::shared_ptr<spdlog::logger> make_logger(const LogConfig& config);

// For a reload. False, and nothing changed: no such level.
bool set_level(spdlog::logger& logger, const std::string& level);

void log(spdlog::logger& logger, LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields = {});

}  // namespace siftd
