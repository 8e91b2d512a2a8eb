#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/task_group.hpp"
#include "sinks/log_file.hpp"
#include "sinks/side_thread.hpp"
#include "sinks/sink.hpp"

namespace siftd {

struct FileSinkOptions {
  std::string name;
  LogFile::Options file;
  EventFilter filter;
  enum class Sync { always, interval, never };
  Sync sync = Sync::interval;
  std::chrono::milliseconds sync_every = std::chrono::seconds(1);
  std::uint64_t rotate_size = 0;              // bytes; 0: not by size
  std::chrono::milliseconds rotate_every{0};  // at its multiples in UTC; 0: not by time
  std::size_t keep = 0;                       // rotated files; 0: all
  bool compress = false;
};

// Writes each event once, as a line of a file. Its cursor holds the file's inode and
// offset, and is saved only after the sync that is asked for; at the start what
// follows that offset is compared with the journal: lines that are the next events
// are taken over, all else is cut. So a crash at any moment neither loses nor
// repeats a line, not even when the file was renamed within its directory.
//
// All that touches the disk happens on a thread of its own.
class FileSink : public Sink {
 public:
  FileSink(boost::asio::any_io_executor loop, Journal& journal, FileSinkOptions options);
  ~FileSink() override;

  boost::asio::awaitable<void> run() override;
  void drain() override;
  void reopen() override;
  Status status() const override;

 private:
  using Clock = std::chrono::steady_clock;

  boost::asio::awaitable<void> follow();
  boost::asio::awaitable<void> recover();
  boost::asio::awaitable<void> open_new();
  boost::asio::awaitable<void> take_over_tail();
  boost::asio::awaitable<void> deliver();
  boost::asio::awaitable<void> write(EventBatch batch);
  boost::asio::awaitable<void> make_durable(bool wait);
  boost::asio::awaitable<void> turn_page();
  boost::asio::awaitable<void> rotate();
  boost::asio::awaitable<void> on_disk(std::function<void()> work);
  boost::asio::awaitable<void> rest(Clock::time_point until, bool is_for_events);
  boost::asio::awaitable<void> watch();
  boost::asio::awaitable<void> tidy();
  bool is_rotation_due() const;
  bool has_lost_events();
  void trouble(const std::string& what);
  void well();

  boost::asio::any_io_executor loop_;
  Journal& journal_;
  const FileSinkOptions options_;
  const std::string cursor_name_;
  std::shared_ptr<LogFile> file_;  // shared with calls that hang
  std::unique_ptr<SideThread> disk_;
  std::unique_ptr<SideThread> tidier_;
  TaskGroup children_;
  boost::asio::steady_timer wake_;       // cancelled as a wake-up
  boost::asio::steady_timer tidy_wake_;  // likewise

  bool has_loaded_ = false;
  std::uint64_t written_ = 0;  // the last sequence dealt with
  Journal::Cursor durable_;    // as saved
  bool is_unsynced_ = false;   // bytes were written since the last sync
  bool has_to_rewrite_ =
      false;  // a sync failed: what the page cache shows proves nothing
  bool is_draining_ = false;
  bool has_to_reopen_ = false;
  bool has_news_ = false;   // events came
  bool is_called_ = false;  // drain() or reopen()
  bool has_to_tidy_ = false;
  Clock::time_point sync_due_{};
  Clock::time_point drain_until_{};
  std::chrono::milliseconds retry_{0};  // 0: well
  std::string error_;
  std::optional<Clock::time_point> busy_since_;
  std::uint64_t delivered_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace siftd
