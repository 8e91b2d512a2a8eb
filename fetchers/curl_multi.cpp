#include "fetchers/curl_multi.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <curl/curl.h>
#include <optional>
#include <sys/epoll.h>
#include <system_error>
#include <unistd.h>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fetchers/socket_bytes.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kFirstLook = 4;  // events of a socket before what it brings is counted

}  // namespace

class CurlMulti::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::any_io_executor executor, std::size_t connections);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  struct Transfer {
    Transfer(const asio::any_io_executor& executor, CURL* handle, Watch watch_it)
        : easy(handle),
          watch(std::move(watch_it)),
          ended(executor, Clock::time_point::max()) {}
    CURL* easy;
    Watch watch;
    asio::steady_timer ended;  // never expires; cancelled as a wake-up
    bool is_done = false;
    int code = 0;
    std::vector<int> sockets;  // all it was ever given; one but for Happy Eyeballs
    int socket = -1;           // the last that brought something
    unsigned events = 0;
    std::uint64_t received_before = 0;
  };

  void add(Transfer& transfer);
  void remove(Transfer& transfer);
  void unpause(CURL* easy);
  std::size_t active() const { return active_; }
  CurlSockets& sockets() { return *sockets_; }
  const asio::any_io_executor& executor() const { return executor_; }

 private:
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* core, void*);
  static int on_timer(CURLM*, long timeout_ms, void* core);

  void watch_sockets();
  void on_readable();
  void arm_timer();
  void on_timeout();
  void kick();
  bool is_flooded(int socket);
  void collect();

  asio::any_io_executor executor_;
  CURLM* multi_;
  asio::posix::stream_descriptor epoll_;
  std::optional<CurlSockets> sockets_;  // of epoll_; curl's last calls need it
  asio::steady_timer timer_;
  std::unordered_map<int, Transfer*> owners_;  // of sockets that curl watches
  std::optional<Clock::time_point> wanted_;    // when curl wants to be called
  std::optional<Clock::time_point> armed_;     // when the timer goes off
  std::size_t active_ = 0;
  bool is_watching_ = false;
  bool is_kicked_ = false;
};

CurlMulti::Core::Core(asio::any_io_executor executor, std::size_t connections)
    : executor_(executor), multi_(curl_multi_init()), epoll_(executor), timer_(executor) {
  if (multi_ == nullptr) {
    throw std::bad_alloc();
  }
  const int descriptor = epoll_create1(EPOLL_CLOEXEC);
  if (descriptor < 0) {
    const int error = errno;
    curl_multi_cleanup(multi_);
    throw std::system_error(error, std::system_category(), "epoll_create1");
  }
  epoll_.assign(descriptor);
  sockets_.emplace(descriptor);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Core::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Core::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
}

CurlMulti::Core::~Core() {
  curl_multi_cleanup(multi_);
}

int CurlMulti::Core::on_socket(CURL* easy, curl_socket_t socket, int what, void* core,
                               void*) {
  Core& self = *static_cast<Core*>(core);
  if (what == CURL_POLL_REMOVE) {
    self.owners_.erase(socket);
    self.sockets_->watch(socket, 0);
    return 0;
  }
  self.sockets_->watch(socket, ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0u) |
                                   ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0u));
  char* transfer = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
  if (transfer != nullptr) {
    auto* owner = reinterpret_cast<Transfer*>(transfer);
    self.owners_[socket] = owner;
    if (std::find(owner->sockets.begin(), owner->sockets.end(), socket) ==
        owner->sockets.end()) {
      owner->sockets.push_back(socket);
    }
  }
  return 0;
}

// Called by curl from inside its own functions: must not call back into it.
int CurlMulti::Core::on_timer(CURLM*, long timeout_ms, void* core) {
  Core& self = *static_cast<Core*>(core);
  if (timeout_ms < 0) {
    self.wanted_.reset();
    return 0;
  }
  self.wanted_ = Clock::now() + std::chrono::milliseconds(timeout_ms);
  if (timeout_ms == 0) {
    self.kick();
  } else {
    self.arm_timer();
  }
  return 0;
}

void CurlMulti::Core::kick() {
  if (is_kicked_) {
    return;
  }
  is_kicked_ = true;
  asio::post(executor_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->is_kicked_ = false;
      self->on_timeout();
    }
  });
}

// The timer is left alone when it goes off early enough: most timeouts that curl
// asks for are replaced before they are due.
void CurlMulti::Core::arm_timer() {
  if (!wanted_ || active_ == 0 || (armed_ && *armed_ <= *wanted_)) {
    return;
  }
  armed_ = wanted_;
  timer_.expires_at(*wanted_);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (!self || error) {
      return;
    }
    self->armed_.reset();
    if (self->wanted_ && *self->wanted_ <= Clock::now()) {
      self->on_timeout();
    } else {
      self->arm_timer();
    }
  });
}

void CurlMulti::Core::on_timeout() {
  wanted_.reset();
  int running = 0;
  curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  collect();
}

void CurlMulti::Core::watch_sockets() {
  if (is_watching_ || active_ == 0) {
    return;
  }
  is_watching_ = true;
  epoll_.async_wait(asio::posix::stream_descriptor::wait_read,
                    [weak = weak_from_this()](boost::system::error_code error) {
                      const auto self = weak.lock();
                      if (!self) {
                        return;
                      }
                      self->is_watching_ = false;
                      if (!error) {
                        self->on_readable();
                      }
                      self->watch_sockets();
                    });
}

bool CurlMulti::Core::is_flooded(int socket) {
  const auto owner = owners_.find(socket);
  if (owner == owners_.end()) {
    return false;
  }
  Transfer& transfer = *owner->second;
  if (transfer.socket != socket) {
    transfer.socket = socket;
    transfer.events = 0;
  }
  // curl reads at most some hundred KiB an event, so a look now and then will do, and
  // most answers are over before the first.
  ++transfer.events;
  if (transfer.events == kFirstLook) {
    transfer.received_before = socket_bytes_received(socket);
  }
  if (transfer.events % 8 != 0 || !transfer.watch) {
    return false;
  }
  const std::uint64_t received = socket_bytes_received(socket);
  return received > transfer.received_before &&
         transfer.watch(received - transfer.received_before);
}

void CurlMulti::Core::on_readable() {
  std::array<epoll_event, 128> events;
  const int ready = epoll_wait(epoll_.native_handle(), events.data(),
                               static_cast<int>(events.size()), 0);
  int running = 0;
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    int what = 0;
    what |= (event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0;
    what |= (event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0;
    what |= (event.events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0;
    const int socket = event.data.fd;
    if (!sockets_->is_wanted(socket)) {
      continue;
    }
    if (is_flooded(socket)) {
      Transfer& transfer = *owners_.at(socket);
      transfer.is_done = true;
      transfer.code = CURLE_ABORTED_BY_CALLBACK;
      transfer.ended.cancel();
      curl_multi_remove_handle(multi_, transfer.easy);
      continue;
    }
    curl_multi_socket_action(multi_, socket, what, &running);
  }
  collect();
}

void CurlMulti::Core::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) {
      continue;
    }
    char* data = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &data);
    auto* transfer = reinterpret_cast<Transfer*>(data);
    if (transfer != nullptr && !transfer->is_done) {
      transfer->is_done = true;
      transfer->code = message->data.result;
      transfer->ended.cancel();
    }
  }
  arm_timer();
}

void CurlMulti::Core::add(Transfer& transfer) {
  curl_easy_setopt(transfer.easy, CURLOPT_PRIVATE, static_cast<void*>(&transfer));
  ++active_;
  const CURLMcode code = curl_multi_add_handle(multi_, transfer.easy);
  if (code != CURLM_OK) {
    transfer.is_done = true;
    transfer.code = CURLE_FAILED_INIT;
  }
  watch_sockets();
}

void CurlMulti::Core::remove(Transfer& transfer) {
  curl_multi_remove_handle(multi_, transfer.easy);
  curl_easy_setopt(transfer.easy, CURLOPT_PRIVATE, nullptr);
  for (const int socket : transfer.sockets) {
    const auto owner = owners_.find(socket);
    if (owner != owners_.end() && owner->second == &transfer) {
      owners_.erase(owner);
    }
  }
  if (--active_ == 0) {
    // Nothing to wait for: idle connections are looked at when they are used.
    boost::system::error_code ignored;
    epoll_.cancel(ignored);
    timer_.cancel();
    armed_.reset();
  }
}

void CurlMulti::Core::unpause(CURL* easy) {
  curl_easy_pause(easy, CURLPAUSE_CONT);
  kick();
}

CurlMulti::CurlMulti(asio::any_io_executor executor, std::size_t connections)
    : core_(std::make_shared<Core>(std::move(executor), connections)) {}
CurlMulti::~CurlMulti() = default;

asio::awaitable<int> CurlMulti::perform(void* easy, Watch watch) {
  const std::shared_ptr<Core> core = core_;
  Core::Transfer transfer(core->executor(), easy, std::move(watch));
  struct Added {
    Core& core;
    Core::Transfer& transfer;
    ~Added() { core.remove(transfer); }
  } added{*core, transfer};
  core->add(transfer);
  while (!transfer.is_done) {
    co_await transfer.ended.async_wait(asio::as_tuple(asio::use_awaitable));
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
  co_return transfer.code;
}

void CurlMulti::unpause(void* easy) {
  core_->unpause(easy);
}

CurlSockets& CurlMulti::sockets() {
  return core_->sockets();
}

std::size_t CurlMulti::active() const {
  return core_->active();
}

}  // namespace siftd
