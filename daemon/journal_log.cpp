// Fields travel beside spdlog, not through its format string: log() leaves them in
// a thread-local, and the sinks, which spdlog calls on the same thread, pick them
// up. So a text from outside can never be taken for a field.
#include "daemon/journal_log.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <spdlog/details/log_msg.h>
#include <spdlog/formatter.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/text.hpp"

namespace siftd {

namespace {

constexpr const char* kJournalSocket = "/run/systemd/journal/socket";

using Fields = std::initializer_list<LogField>;
thread_local const Fields* current_fields = nullptr;

std::string_view view(const spdlog::string_view_t& text) {
  return {text.data(), text.size()};
}

const char* level_name(spdlog::level::level_enum level) {
  static constexpr const char* kNames[] = {"trace", "debug", "info", "warning",
                                           "error", "error", "off"};
  return kNames[level];
}

// syslog(3)'s priorities.
int priority(spdlog::level::level_enum level) {
  static constexpr int kPriorities[] = {7, 7, 6, 4, 3, 2, 6};
  return kPriorities[level];
}

std::string timestamp(spdlog::log_clock::time_point time) {
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch())
          .count();
  const std::time_t seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[80];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                parts.tm_min, parts.tm_sec, static_cast<int>(milliseconds % 1000));
  return text;
}

// A JSON string. printable() has taken the control characters and mended UTF-8.
void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  out += '"';
}

class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message,
              spdlog::memory_buf_t& dest) override {
    std::string line = R"({"time":")" + timestamp(message.time) + R"(","level":")" +
                       level_name(message.level) + R"(","message":)";
    append_json(line, view(message.payload));
    if (current_fields != nullptr) {
      for (const auto& field : *current_fields) {
        line += ',';
        append_json(line, field.name);
        line += ':';
        append_json(line, field.value);
      }
    }
    line += "}\n";
    dest.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

// 2026-01-02T03:04:05.678Z warning: sink "events" waits: disk full sink=events
class TextFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message,
              spdlog::memory_buf_t& dest) override {
    std::string line = timestamp(message.time) + ' ' + level_name(message.level) + ": " +
                       printable(view(message.payload));
    if (current_fields != nullptr) {
      for (const auto& field : *current_fields) {
        line += ' ';
        line += field.name;
        line += '=';
        append_value(line, field.value);
      }
    }
    line += '\n';
    dest.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<TextFormatter>();
  }

 private:
  static void append_value(std::string& line, std::string_view value) {
    if (value.empty() || value.find_first_of(" \"=") != std::string_view::npos) {
      append_json(line, value);
    } else {
      line += printable(value);
    }
  }
};

// Whether stderr is a stream to the journal: systemd.exec(5), $JOURNAL_STREAM.
bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat state {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &state) != 0) {
    return false;
  }
  return std::to_string(state.st_dev) + ':' + std::to_string(state.st_ino) == stream;
}

// The native protocol, https://systemd.io/JOURNAL_NATIVE_PROTOCOL: a datagram of
// NAME=value lines, or NAME, length (64 bit, little endian) and value, which
// nothing in the value can leave. Never waits: what the journal does not take goes
// to stderr, where systemd reads it with its priority.
class JournalSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  JournalSink()
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  ~JournalSink() override {
    if (socket_ >= 0) {
      ::close(socket_);
    }
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string text = printable(view(message.payload));
    std::string datagram = "PRIORITY=" + std::to_string(priority(message.level)) +
                           "\nSYSLOG_IDENTIFIER=siftd\n";
    append(datagram, "MESSAGE", text);
    if (current_fields != nullptr) {
      for (const auto& field : *current_fields) {
        append(datagram, journal_name(field.name), printable(field.value));
      }
    }
    if (!send(datagram)) {
      std::fprintf(stderr, "<%d>%s\n", priority(message.level), text.c_str());
    }
  }
  void flush_() override {}

 private:
  static std::string journal_name(std::string_view name) {
    std::string upper = "SIFTD_";
    for (const char c : name) {
      upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return upper;
  }

  static void append(std::string& datagram, std::string_view name,
                     std::string_view value) {
    datagram += name;
    datagram += '\n';
    std::uint64_t length = value.size();
    for (int i = 0; i < 8; ++i) {
      datagram += static_cast<char>(length & 0xff);
      length >>= 8;
    }
    datagram += value;
    datagram += '\n';
  }

  bool send(const std::string& datagram) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, kJournalSocket, sizeof(address.sun_path) - 1);
    iovec part{};
    std::string bytes = datagram;
    part.iov_base = bytes.data();
    part.iov_len = bytes.size();
    msghdr message{};
    message.msg_name = &address;
    message.msg_namelen = sizeof(address);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (::sendmsg(socket_, &message, MSG_NOSIGNAL) >= 0) {
      return true;
    }
    return (errno == EMSGSIZE || errno == ENOBUFS) && send_file(message, datagram);
  }

  // What is too large for a datagram goes as a sealed file.
  bool send_file(msghdr& message, const std::string& datagram) {
    const int file = ::memfd_create("siftd-log", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) {
      return false;
    }
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    message.msg_iov = nullptr;
    message.msg_iovlen = 0;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &file, sizeof(int));
    const bool is_written = ::write(file, datagram.data(), datagram.size()) ==
                            static_cast<ssize_t>(datagram.size());
    const bool is_sent = is_written && ::sendmsg(socket_, &message, MSG_NOSIGNAL) >= 0;
    ::close(file);
    return is_sent;
  }

  int socket_;
};

}  // namespace

std::shared_ptr<spdlog::logger> make_logger(const LogConfig& config) {
  spdlog::sink_ptr sink;
  if (config.format != "text" && config.format != "json") {
    throw std::invalid_argument("log.format: \"" + config.format +
                                "\" is not text or json");
  }
  if (stderr_is_journal()) {
    sink = std::make_shared<JournalSink>();
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    if (config.format == "json") {
      sink->set_formatter(std::make_unique<JsonFormatter>());
    } else {
      sink->set_formatter(std::make_unique<TextFormatter>());
    }
  }
  auto logger = std::make_shared<spdlog::logger>("siftd", std::move(sink));
  if (!set_level(*logger, config.level)) {
    throw std::invalid_argument("log.level: \"" + config.level +
                                "\" is not trace, debug, info, warning or error");
  }
  logger->flush_on(spdlog::level::trace);
  return logger;
}

bool set_level(spdlog::logger& logger, const std::string& level) {
  static constexpr std::pair<const char*, spdlog::level::level_enum> kLevels[] = {
      {"trace", spdlog::level::trace},
      {"debug", spdlog::level::debug},
      {"info", spdlog::level::info},
      {"warning", spdlog::level::warn},
      {"error", spdlog::level::err}};
  for (const auto& [name, value] : kLevels) {
    if (level == name) {
      logger.set_level(value);
      return true;
    }
  }
  return false;
}

void log(spdlog::logger& logger, LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields) {
  static constexpr spdlog::level::level_enum kLevels[] = {
      spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
      spdlog::level::warn, spdlog::level::err};
  const auto value = kLevels[static_cast<int>(level)];
  if (!logger.should_log(value)) {
    return;
  }
  current_fields = &fields;
  logger.log(value, spdlog::string_view_t(message.data(), message.size()));
  current_fields = nullptr;
}

}  // namespace siftd
