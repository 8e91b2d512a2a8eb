#include "daemon/http_listener.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace siftd {

namespace asio = boost::asio;

namespace {

constexpr mode_t kSocketMode = 0660;

[[noreturn]] void fail(int error, const std::string& address) {
  throw std::system_error(error, std::generic_category(), "cannot listen on " + address);
}

// Ends with the function unless released.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) {
      ::close(fd);
    }
  }
  int release() { return std::exchange(fd, -1); }
};

sockaddr_un unix_address(const std::filesystem::path& path, const std::string& address) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof(out.sun_path)) {
    fail(ENAMETOOLONG, address);
  }
  std::memcpy(out.sun_path, path.c_str(), path.native().size());
  return out;
}

// A file that a dead daemon left is removed, anything else stays.
void remove_stale(const std::filesystem::path& path, const std::string& address) {
  struct stat state {};
  if (::lstat(path.c_str(), &state) != 0) {
    return;
  }
  if (!S_ISSOCK(state.st_mode)) {
    fail(EEXIST, address);
  }
  const Descriptor probe{
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const sockaddr_un name = unix_address(path, address);
  const void* generic = &name;
  if (::connect(probe.fd, static_cast<const sockaddr*>(generic), sizeof(name)) == 0 ||
      errno == EAGAIN) {
    fail(EADDRINUSE, address);
  }
  ::unlink(path.c_str());
}

int listen_unix(const std::filesystem::path& path, const std::string& address) {
  Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const sockaddr_un name = unix_address(path, address);
  remove_stale(path, address);
  // Before bind(): the file is never open to more than it shall be. After it: what
  // the umask took away.
  ::fchmod(socket.fd, kSocketMode);
  const void* generic = &name;
  if (socket.fd < 0 ||
      ::bind(socket.fd, static_cast<const sockaddr*>(generic), sizeof(name)) != 0 ||
      ::chmod(path.c_str(), kSocketMode) != 0 || ::listen(socket.fd, SOMAXCONN) != 0) {
    fail(errno, address);
  }
  return socket.release();
}

int listen_tcp(const std::string& address, int& family) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) {
    fail(EINVAL, address);
  }
  std::string host = address.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.empty() || host == "*" ? nullptr : host.c_str(),
                                  address.substr(colon + 1).c_str(), &hints, &list);
  if (error != 0) {
    fail(error == EAI_SYSTEM ? errno : EADDRNOTAVAIL, address);
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, ::freeaddrinfo);
  Descriptor socket{
      ::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const int yes = 1;
  family = list->ai_family;
  if (socket.fd < 0 ||
      ::setsockopt(socket.fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
      ::setsockopt(socket.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) != 0 ||
      ::bind(socket.fd, list->ai_addr, list->ai_addrlen) != 0 ||
      ::listen(socket.fd, SOMAXCONN) != 0) {
    fail(errno, address);
  }
  return socket.release();
}

}  // namespace

HttpListener::HttpListener(const asio::any_io_executor& executor,
                           const std::string& address, bool is_control)
    : address_(address), is_control_(is_control), acceptor_(executor) {
  using Protocol = asio::generic::stream_protocol;
  constexpr std::string_view kUnix = "unix:";
  if (address.starts_with(kUnix)) {
    const std::filesystem::path path = address.substr(kUnix.size());
    const int fd = listen_unix(path, address);
    path_ = path;
    acceptor_.assign(Protocol(AF_UNIX, 0), fd);
  } else {
    int family = AF_INET;
    const int fd = listen_tcp(address, family);
    acceptor_.assign(Protocol(family, IPPROTO_TCP), fd);
  }
}

HttpListener::~HttpListener() {
  close();
}

unsigned short HttpListener::port() const {
  boost::system::error_code ignored;
  const auto endpoint = acceptor_.local_endpoint(ignored);
  const void* generic = endpoint.data();
  if (endpoint.data()->sa_family == AF_INET) {
    return ntohs(static_cast<const sockaddr_in*>(generic)->sin_port);
  }
  return endpoint.data()->sa_family == AF_INET6
             ? ntohs(static_cast<const sockaddr_in6*>(generic)->sin6_port)
             : 0;
}

void HttpListener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  if (!path_.empty()) {
    std::error_code gone;
    std::filesystem::remove(std::exchange(path_, {}), gone);
  }
}

}  // namespace siftd
