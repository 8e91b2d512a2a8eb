// The callback of hubs. Without a subscription no key is known.
#include "daemon/control.hpp"

namespace siftd {

namespace asio = boost::asio;

bool Control::websub_knows(std::string_view) const {
  return false;
}

std::optional<std::string> Control::websub_verify(std::string, Parameters) {
  return std::nullopt;
}

asio::awaitable<bool> Control::websub_deliver(std::string, Parameters, std::string) {
  co_return false;
}

}  // namespace siftd
