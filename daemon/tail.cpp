#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "daemon/commands.hpp"
#include "daemon/control_client.hpp"
#include "daemon/http_message.hpp"
#include "daemon/pretty.hpp"
#include "daemon/table.hpp"

namespace siftd {

namespace {

constexpr auto kFirstPause = std::chrono::milliseconds(500);
constexpr auto kLongestPause = std::chrono::seconds(5);

std::string target_of(const TailOptions& options) {
  std::string target = "/events?from=" + percent_encoded(options.from);
  for (const auto& type : options.types) {
    target += "&type=" + percent_encoded(type);
  }
  for (const auto& feed : options.feeds) {
    target += "&feed=" + percent_encoded(feed);
  }
  return target;
}

// Writes events as they come and remembers where it is.
class Follower {
 public:
  explicit Follower(const TailOptions& options) : options_(options) {}

  // False: enough, or stdout is gone.
  bool take(std::string_view name, std::string_view id, std::string_view data) {
    is_connected_ = true;
    if (!id.empty()) {
      position_ = id;
    }
    if (name == "gap") {
      complain("events before this one are no longer kept: " + std::string(data));
      return true;
    }
    if (data.empty()) {
      return true;
    }
    ++written_;
    return write(data) && (!options_.count || written_ < *options_.count);
  }

  // Since the last call.
  bool was_connected() { return std::exchange(is_connected_, false); }
  const std::string& position() const { return position_; }
  bool is_broken() const { return is_broken_; }

 private:
  bool write(std::string_view line) {
    std::string out(line);
    if (options_.json) {
      out += '\n';
    } else {
      const Terminal terminal = stdout_terminal();
      out = pretty(line, {terminal.color, terminal.width, 12}) + '\n';
    }
    is_broken_ = std::fwrite(out.data(), 1, out.size(), stdout) != out.size() ||
                 std::fflush(stdout) != 0;
    return !is_broken_;
  }

  const TailOptions& options_;
  std::string position_;
  std::uint64_t written_ = 0;
  bool is_connected_ = false;
  bool is_broken_ = false;
};

}  // namespace

int tail_command(const TailOptions& options) {
  if (options.count == 0u) {
    return kDone;
  }
  const ControlClient client(find_control_socket(options));
  const std::string target = target_of(options);
  Follower follower(options);
  const auto on_event = [&](std::string_view name, std::string_view id,
                            std::string_view data) {
    return follower.take(name, id, data);
  };
  bool was_ever_connected = false;
  std::chrono::milliseconds pause = kFirstPause;
  for (;;) {
    const auto error = client.follow(target, follower.position(), on_event);
    if (!error) {
      return follower.is_broken() ? kCannotCreate : kDone;
    }
    if (error->code == boost::system::errc::invalid_argument) {
      complain(error->detail);
      return kUsage;
    }
    if (follower.was_connected()) {
      complain("the daemon is gone; trying again until it is back");
      was_ever_connected = true;
      pause = kFirstPause;
    } else if (!was_ever_connected) {
      complain(client, *error);
      return kNoInput;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min<std::chrono::milliseconds>(2 * pause, kLongestPause);
  }
}

}  // namespace siftd
