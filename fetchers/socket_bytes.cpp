// A file of its own: Asio includes netinet/tcp.h, whose tcp_info stops before the
// byte counts and which cannot be included beside the kernel's.
#include "fetchers/socket_bytes.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace siftd {

std::uint64_t socket_bytes_received(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
    return 0;
  }
  return info.tcpi_bytes_received;
}

}  // namespace siftd
