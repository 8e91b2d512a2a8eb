#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <vector>

#include "sinks/address.hpp"
#include "sinks/push_sink.hpp"
#include "sinks/tls.hpp"

namespace siftd {

// Connects to an address.
std::unique_ptr<Outlet> connect_outlet(Address address, TlsOptions tls);

// Starts a program, which reads the events from its standard input (a socket, so that
// it is known what it has read) and is started again when it ends. Its standard
// output is closed to it, its errors go where ours go. At the end it sees the end of
// its input, and is killed when it does not go within limits::kChildPatience.
std::unique_ptr<Outlet> exec_outlet(boost::asio::any_io_executor loop,
                                    std::vector<std::string> command);

}  // namespace siftd
