#pragma once

#include <cstdint>

namespace siftd {

// All bytes that a TCP socket's connection has brought since it was made, read or
// not; 0: cannot be told.
std::uint64_t socket_bytes_received(int socket);

}  // namespace siftd
