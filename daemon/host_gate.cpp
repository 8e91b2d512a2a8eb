#include "daemon/host_gate.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace siftd {

namespace asio = boost::asio;

// Lives in the frame that waits and takes itself out of the queue, however the
// wait ends.
struct HostGate::Waiter {
  Waiter(HostGate& owner, std::string at, std::size_t most)
      : gate(owner),
        host(std::move(at)),
        per_host(most),
        timer(owner.executor_, asio::steady_timer::time_point::max()) {
    gate.hosts_[host].waiting.push_back(this);
  }
  ~Waiter() {
    if (!admitted) {
      std::deque<Waiter*>& queue = gate.hosts_[host].waiting;
      queue.erase(std::find(queue.begin(), queue.end(), this));
      gate.forget_if_idle(host);
    } else if (!taken) {
      gate.leave(host);  // stopped between admission and waking up
    }
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  HostGate& gate;
  std::string host;
  std::size_t per_host;
  asio::steady_timer timer;
  bool admitted = false;
  bool taken = false;
};

void HostGate::set_total(std::size_t total) {
  total_ = total;
  admit_waiting();
}

asio::awaitable<HostGate::Pass> HostGate::enter(std::string host, std::size_t per_host) {
  Host& at = hosts_[host];
  if (inside_ < total_ && at.inside < per_host && at.waiting.empty()) {
    ++at.inside;
    ++inside_;
    co_return Pass(this, std::move(host));
  }
  Waiter waiter(*this, host, per_host);
  enqueue(host, hosts_[host]);
  admit_waiting();
  if (!waiter.admitted) {
    co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  if (!waiter.admitted) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  waiter.taken = true;
  co_return Pass(this, std::move(host));
}

void HostGate::leave(const std::string& host) {
  Host& at = hosts_[host];
  --at.inside;
  --inside_;
  enqueue(host, at);
  admit_waiting();
  forget_if_idle(host);
}

void HostGate::enqueue(const std::string& name, Host& host) {
  if (!host.is_queued && !host.waiting.empty()) {
    host.is_queued = true;
    runnable_.push_back(name);
  }
}

void HostGate::admit_waiting() {
  while (inside_ < total_ && !runnable_.empty()) {
    const std::string name = std::move(runnable_.front());
    runnable_.pop_front();
    const auto found = hosts_.find(name);
    if (found == hosts_.end()) {
      continue;
    }
    Host& host = found->second;
    host.is_queued = false;
    if (host.waiting.empty() || host.inside >= host.waiting.front()->per_host) {
      forget_if_idle(name);
      continue;
    }
    Waiter& next = *host.waiting.front();
    host.waiting.pop_front();
    ++host.inside;
    ++inside_;
    next.admitted = true;
    next.timer.cancel();
    enqueue(name, host);  // behind the other hosts: they take turns
  }
}

void HostGate::forget_if_idle(const std::string& host) {
  const auto found = hosts_.find(host);
  if (found != hosts_.end() && found->second.inside == 0 &&
      found->second.waiting.empty() && !found->second.is_queued) {
    hosts_.erase(found);
  }
}

}  // namespace siftd
