#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace siftd {

// Tells systemd how the daemon does: sd_notify(3)'s datagrams to $NOTIFY_SOCKET,
// without libsystemd. Without that variable every call does nothing. A datagram
// that cannot be sent is lost, never waited for.
class Notifier {
 public:
  Notifier();  // from the environment, which it leaves as it is
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  void ready(std::string_view status);
  void status(std::string_view line);  // one line for `systemctl status`
  void reloading();                    // ready() ends it
  void stopping(std::string_view status);
  // More time for a start or a stop that takes long but goes on.
  void extend_timeout(std::chrono::microseconds time);
  void alive();  // WATCHDOG=1

  bool is_active() const { return socket_ >= 0; }
  // The time within which alive() must come; absent: no watchdog for this process.
  std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

 private:
  void send(const std::string& message);

  int socket_ = -1;
  std::string address_;  // "@name" is in the abstract name space
  std::optional<std::chrono::microseconds> watchdog_;
};

// Says alive() four times in each watchdog interval, but only while
// `makes_progress()` holds: a daemon whose loop turns while its work stands
// still is restarted. Returns when stopped, or at once without a watchdog.
boost::asio::awaitable<void> keep_watchdog(Notifier& notifier,
                                           std::function<bool()> makes_progress);

}  // namespace siftd
