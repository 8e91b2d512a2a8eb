#include "daemon/journal_log.hpp"

#include <cstdio>
#include <fcntl.h>
#include <spdlog/logger.h>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include "tests/catch.hpp"

using namespace siftd;

namespace {

// What `write` makes a new logger say on stderr.
template <class Write>
std::string said(const LogConfig& config, const Write& write) {
  std::FILE* file = std::tmpfile();
  std::fflush(stderr);
  const int kept = ::dup(STDERR_FILENO);
  ::dup2(::fileno(file), STDERR_FILENO);
  write(*make_logger(config));
  std::fflush(stderr);
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  std::string text(4096, '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

}  // namespace

TEST_CASE("log: a text line carries its fields", "[log]") {
  const std::string line = said({}, [](spdlog::logger& logger) {
    log(logger, LogLevel::warning, "poll failed",
        {{"feed", "example"}, {"error", "timed out"}});
  });
  CHECK(line.substr(23) == "Z warning: poll failed feed=example error=\"timed out\"\n");
}

TEST_CASE("log: nobody forges a line or a field", "[log]") {
  const std::string line = said({}, [](spdlog::logger& logger) {
    log(logger, LogLevel::info, "title\n2026-01-01 error: x\x1b[2J",
        {{"url", "a b=\"c\""}});
  });
  CHECK(line.substr(23) ==
        "Z info: title\\n2026-01-01 error: x\\x1b[2J url=\"a b=\\\"c\\\"\"\n");
}

TEST_CASE("log: JSON has one object a line", "[log]") {
  const std::string line = said({"info", "json"}, [](spdlog::logger& logger) {
    log(logger, LogLevel::error, "a \"b\"\n", {{"sink", "x\\y"}});
  });
  CHECK(line.substr(34) == R"(,"level":"error","message":"a \"b\"\\n","sink":"x\\y"})"
                           "\n");
}

TEST_CASE("log: what is below the level is not said", "[log]") {
  CHECK(said({"warning", "text"}, [](spdlog::logger& logger) {
          log(logger, LogLevel::info, "no");
          CHECK(!set_level(logger, "loud"));
        }).empty());
}

TEST_CASE("log: fields do not stick to the next plain line", "[log]") {
  const std::string line = said({}, [](spdlog::logger& logger) {
    log(logger, LogLevel::info, "one", {{"feed", "a"}});
    logger.info("two {}", 2);
  });
  CHECK(line.find("two 2\n") != std::string::npos);
}

TEST_CASE("log: an unknown level or format is refused", "[log]") {
  CHECK_THROWS_AS(make_logger({"loud", "text"}), std::invalid_argument);
  CHECK_THROWS_AS(make_logger({"info", "xml"}), std::invalid_argument);
}
