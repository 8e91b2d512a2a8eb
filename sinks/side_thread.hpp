#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

namespace siftd {

// A thread for calls that may block for long (a disk, a hung mount), so that the
// event loop never does. One call after another, in order.
class SideThread {
 public:
  // `loop` is where awaits resume.
  explicit SideThread(boost::asio::any_io_executor loop);
  // Does not wait for a call that hangs: its thread ends by itself after it.
  ~SideThread();
  SideThread(const SideThread&) = delete;
  SideThread& operator=(const SideThread&) = delete;

  // Resumes when `work` is done; throws what it threw. When the awaiting task is
  // stopped first, the work still runs to its end: it shares in the ownership of
  // everything that it touches.
  boost::asio::awaitable<void> run(std::function<void()> work);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace siftd
