#pragma once

#include <cstdint>
#include <unordered_map>

namespace siftd {

// The sockets of one multi handle: opened and closed for curl, and watched by one epoll
// descriptor. A connection that is kept stays watched between two transfers, so that a
// poll over it costs no call for that; what such a connection brings meanwhile ends the
// watching only. One thread.
class CurlSockets {
 public:
  // `epoll` is an epoll descriptor that outlives every call.
  explicit CurlSockets(int epoll) : epoll_(epoll) {}

  // -1 and errno: none can be had.
  int open(int family, int type, int protocol);
  // A CURLOPT_CLOSESOCKETFUNCTION; `self` is a CurlSockets.
  static int close(void* self, int socket);

  // What curl wants to know of a socket, of which not all were opened here (a
  // resolver's are not): EPOLLIN, EPOLLOUT; 0: nothing, as between two transfers.
  void watch(int socket, std::uint32_t events);
  // Of one that something was heard of. False: it is of no transfer.
  bool is_wanted(int socket);

  // Of a transfer that may have opened several: which of them has this local port. It
  // is remembered for the transfers that come after on the same connection.
  bool has_port(int socket, int local_port);
  // The connection that is kept on this port; -1: not known.
  int on_port(int local_port) const;

 private:
  struct Watched {
    std::uint32_t events = 0;
    bool is_ours = false;  // opened here, so its end is known
    bool is_wanted = false;
    int port = 0;  // 0: not known
  };

  void forget(int socket);

  int epoll_;
  std::unordered_map<int, Watched> sockets_;
  std::unordered_map<int, int> by_port_;
};

}  // namespace siftd
