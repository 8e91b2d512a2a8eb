#include "sinks/address.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "base/limits.hpp"

namespace siftd {

namespace asio = boost::asio;
namespace sys = boost::system;

namespace {

// Not below the patience with a client that lives and takes nothing: the kernel
// counts a closed window as silence too.
constexpr std::chrono::milliseconds kUserTimeout = limits::kClientPatience;
// About 15 s before an address that does not answer is given up.
constexpr int kConnectTries = 3;

[[noreturn]] void fail(const std::string& what, int reason = errno) {
  throw sys::system_error(sys::error_code(reason, sys::system_category()), what);
}

// Closes on the way out unless released.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

sockaddr_un unix_name(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof name.sun_path) {
    fail(path + ": longer than a socket's path may be (" +
             std::to_string(sizeof name.sun_path - 1) + " bytes)",
         ENAMETOOLONG);
  }
  std::memcpy(name.sun_path, path.data(), path.size());
  return name;
}

const sockaddr* as_sockaddr(const sockaddr_un& name) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&name));
}

bool is_answered(const std::string& path) {
  const Descriptor probe(
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un name = unix_name(path);
  return ::connect(probe.get(), as_sockaddr(name), sizeof name) == 0 || errno == EAGAIN;
}

void give_to_group(const std::string& path, const std::string& group) {
  if (group.empty()) {
    return;
  }
  std::array<char, 4096> buffer{};
  struct group entry {};
  struct group* found = nullptr;
  if (::getgrnam_r(group.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    fail(path + ": there is no group " + group, EINVAL);
  }
  if (::chown(path.c_str(), static_cast<uid_t>(-1), found->gr_gid) != 0) {
    fail(path + ": cannot be given to the group " + group);
  }
}

std::uint64_t inode_of(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

}  // namespace

std::string Address::to_string() const {
  if (is_unix()) {
    return "unix:" + path;
  }
  const bool is_v6 = host.find(':') != std::string::npos;
  return "tcp:" + (is_v6 ? "[" + host + "]" : host) + ":" + port;
}

std::optional<Address> Address::parse(std::string_view text) {
  Address address;
  if (text.starts_with("unix:")) {
    address.path = text.substr(5);
    return address.path.empty() ? std::nullopt : std::optional(address);
  }
  const std::size_t colon = text.rfind(':');
  if (!text.starts_with("tcp:") || colon < 4) {
    return std::nullopt;
  }
  std::string_view host = text.substr(4, colon - 4);
  address.port = text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return std::nullopt;
  }
  address.host = host;
  const bool is_number =
      !address.port.empty() && address.port.size() <= 5 &&
      address.port.find_first_not_of("0123456789") == std::string::npos &&
      std::stoi(address.port) <= 65535;
  return is_number ? std::optional(address) : std::nullopt;
}

Listener::Listener(asio::any_io_executor executor, const Address& address,
                   std::uint32_t mode, const std::string& group)
    : executor_(std::move(executor)), socket_(executor_) {
  if (address.is_unix()) {
    listen_unix(address, mode, group);
  } else {
    listen_tcp(address);
  }
}

Listener::~Listener() {
  close();
}

void Listener::close() {
  sys::error_code ignored;
  socket_.close(ignored);
  if (!path_.empty() && inode_of(path_) == inode_) {
    ::unlink(path_.c_str());
  }
  path_.clear();
}

void Listener::listen_unix(const Address& address, std::uint32_t mode,
                           const std::string& group) {
  const std::filesystem::path parent = std::filesystem::path(address.path).parent_path();
  std::error_code ignored;
  std::filesystem::create_directories(parent.empty() ? "." : parent, ignored);
  struct stat found {};
  if (::lstat(address.path.c_str(), &found) == 0) {
    if (!S_ISSOCK(found.st_mode)) {
      fail(address.path + ": is there and is no socket", EEXIST);
    }
    if (is_answered(address.path)) {
      fail(address.path + ": another process listens there", EADDRINUSE);
    }
  }
  // Under another name until it is as it has to be.
  const std::string draft = address.path + ".new";
  const sockaddr_un name = unix_name(draft);
  ::unlink(draft.c_str());
  Descriptor listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (listening.get() < 0 ||
      ::bind(listening.get(), as_sockaddr(name), sizeof name) != 0) {
    fail(address.path + ": cannot be made");
  }
  try {
    give_to_group(draft, group);
    if (::chmod(draft.c_str(), mode) != 0 || ::listen(listening.get(), SOMAXCONN) != 0 ||
        ::rename(draft.c_str(), address.path.c_str()) != 0) {
      fail(address.path + ": cannot be made");
    }
  } catch (const sys::system_error&) {
    ::unlink(draft.c_str());
    throw;
  }
  path_ = address.path;
  inode_ = inode_of(path_);
  socket_.assign(Protocol(AF_UNIX, 0), listening.release());
}

void Listener::listen_tcp(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* results = nullptr;
  const int failure = ::getaddrinfo(address.host.empty() ? nullptr : address.host.c_str(),
                                    address.port.c_str(), &hints, &results);
  if (failure != 0) {
    fail(address.to_string() + ": " + ::gai_strerror(failure), EADDRNOTAVAIL);
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(results, ::freeaddrinfo);
  Descriptor listening(
      ::socket(results->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(listening.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (listening.get() < 0 ||
      ::bind(listening.get(), results->ai_addr, results->ai_addrlen) != 0 ||
      ::listen(listening.get(), SOMAXCONN) != 0) {
    fail(address.to_string() + ": cannot listen there");
  }
  socket_.assign(Protocol(results->ai_family, IPPROTO_TCP), listening.release());
}

std::uint16_t Listener::port() const {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  const int handle = const_cast<Protocol::socket&>(socket_).native_handle();
  void* const bytes = &name;
  if (::getsockname(handle, static_cast<sockaddr*>(bytes), &size) != 0) {
    return 0;
  }
  if (name.ss_family == AF_INET) {
    return ntohs(static_cast<sockaddr_in*>(bytes)->sin_port);
  }
  return name.ss_family == AF_INET6 ? ntohs(static_cast<sockaddr_in6*>(bytes)->sin6_port)
                                    : 0;
}

asio::awaitable<Listener::Protocol::socket> Listener::accept() {
  while (true) {
    const int accepted = ::accept4(socket_.native_handle(), nullptr, nullptr,
                                   SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (accepted >= 0) {
      Protocol::socket connection(executor_);
      connection.assign(Protocol(path_.empty() ? AF_INET : AF_UNIX, 0), accepted);
      co_return connection;
    }
    if (errno == ECONNABORTED || errno == EINTR) {
      continue;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      fail("cannot accept");
    }
    co_await socket_.async_wait(asio::socket_base::wait_read, asio::use_awaitable);
  }
}

asio::awaitable<Listener::Protocol::socket> connect(Address address) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  Listener::Protocol::socket socket(executor);
  if (address.is_unix()) {
    const sockaddr_un name = unix_name(address.path);
    const Listener::Protocol::endpoint endpoint(as_sockaddr(name), sizeof name);
    co_await socket.async_connect(endpoint, asio::use_awaitable);
    co_return socket;
  }
  asio::ip::tcp::resolver resolver(executor);
  const asio::ip::tcp::resolver::results_type results =
      co_await resolver.async_resolve(address.host, address.port, asio::use_awaitable);
  sys::error_code failure = asio::error::host_not_found;
  for (const auto& result : results) {
    const Listener::Protocol::endpoint endpoint(result.endpoint());
    socket = Listener::Protocol::socket(executor, endpoint.protocol());
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_SYNCNT, &kConnectTries,
                 sizeof kConnectTries);
    const auto [refused] =
        co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
    failure = refused;
    if (!failure) {
      break;
    }
  }
  if (failure) {
    throw sys::system_error(failure, address.to_string());
  }
  co_return socket;
}

void notice_dead_peers(Listener::Protocol::socket& socket) {
  const int handle = socket.native_handle();
  const auto set = [&](int level, int option, int value) {
    // Unix sockets know none of these.
    ::setsockopt(handle, level, option, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(limits::kPeerIdle.count()));
  set(IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(limits::kPeerProbe.count()));
  set(IPPROTO_TCP, TCP_KEEPCNT, limits::kPeerProbes);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(kUserTimeout.count()));
  set(IPPROTO_TCP, TCP_NODELAY, 1);
}

}  // namespace siftd
