#include "fetchers/curl_sockets.hpp"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace siftd {
namespace {

int local_port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return -1;
  }
  return address.ss_family == AF_INET6
             ? ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port)
             : ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace

int CurlSockets::open(int family, int type, int protocol) {
  const int socket = ::socket(family, type | SOCK_CLOEXEC, protocol);
  if (socket >= 0) {
    forget(socket);
    sockets_[socket].is_ours = true;
  }
  return socket;
}

int CurlSockets::close(void* self, int socket) {
  CurlSockets& sockets = *static_cast<CurlSockets*>(self);
  // Said in so many words: a child that is just being started holds a copy, which would
  // keep the socket in the epoll descriptor.
  const auto known = sockets.sockets_.find(socket);
  if (known != sockets.sockets_.end() && known->second.events != 0) {
    epoll_ctl(sockets.epoll_, EPOLL_CTL_DEL, socket, nullptr);
  }
  sockets.forget(socket);
  return ::close(socket);
}

void CurlSockets::watch(int socket, std::uint32_t events) {
  Watched& watched = sockets_[socket];
  watched.is_wanted = events != 0;
  if (events == 0) {
    if (!watched.is_ours) {
      epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr);
      sockets_.erase(socket);
    }
    return;
  }
  if (watched.events == events) {
    return;
  }
  epoll_event event{};
  event.events = events;
  event.data.fd = socket;
  if (epoll_ctl(epoll_, watched.events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket,
                &event) != 0) {
    epoll_ctl(epoll_, watched.events == 0 ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket,
              &event);
  }
  watched.events = events;
}

bool CurlSockets::is_wanted(int socket) {
  const auto known = sockets_.find(socket);
  if (known != sockets_.end() && known->second.is_wanted) {
    return true;
  }
  epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr);
  if (known != sockets_.end()) {
    known->second.events = 0;
  }
  return false;
}

bool CurlSockets::has_port(int socket, int local_port) {
  const auto known = sockets_.find(socket);
  if (known == sockets_.end() || local_port_of(socket) != local_port) {
    return false;
  }
  known->second.port = local_port;
  by_port_[local_port] = socket;
  return true;
}

int CurlSockets::on_port(int local_port) const {
  const auto known = by_port_.find(local_port);
  return known == by_port_.end() ? -1 : known->second;
}

void CurlSockets::forget(int socket) {
  const auto known = sockets_.find(socket);
  if (known == sockets_.end()) {
    return;
  }
  const auto port = by_port_.find(known->second.port);
  if (port != by_port_.end() && port->second == socket) {
    by_port_.erase(port);
  }
  sockets_.erase(known);
}

}  // namespace siftd
