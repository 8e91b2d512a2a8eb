#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

namespace siftd {

// How many transfers may run at once: in all, and to one host. Whoever comes
// first goes first at each host; a host that is full holds nobody else up.
// On the event loop's thread.
class HostGate {
 public:
  // A place at a host, given back when it ends. Movable.
  class Pass {
   public:
    Pass() = default;
    Pass(HostGate* gate, std::string host) : gate_(gate), host_(std::move(host)) {}
    Pass(Pass&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr)), host_(std::move(other.host_)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      std::swap(host_, other.host_);
      return *this;
    }
    ~Pass() {
      if (gate_ != nullptr) {
        gate_->leave(host_);
      }
    }

   private:
    HostGate* gate_ = nullptr;
    std::string host_;
  };

  HostGate(boost::asio::any_io_executor executor, std::size_t total)
      : executor_(std::move(executor)), total_(total) {}

  void set_total(std::size_t total);

  // Waits until fewer than `per_host` are at `host` and fewer than the total in all.
  // Ends with operation_aborted when the calling task is stopped.
  boost::asio::awaitable<Pass> enter(std::string host, std::size_t per_host);

  std::size_t inside() const { return inside_; }

 private:
  struct Waiter;
  struct Host {
    std::size_t inside = 0;
    std::deque<Waiter*> waiting;
    bool is_queued = false;  // in runnable_
  };

  void leave(const std::string& host);
  void enqueue(const std::string& name, Host& host);
  void admit_waiting();
  void forget_if_idle(const std::string& host);

  boost::asio::any_io_executor executor_;
  std::size_t total_;
  std::size_t inside_ = 0;
  std::unordered_map<std::string, Host> hosts_;  // those with somebody inside or waiting
  std::deque<std::string> runnable_;  // hosts that may have a place for one who waits
};

}  // namespace siftd
