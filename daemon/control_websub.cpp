// The callback of hubs.
#include "daemon/control.hpp"
#include "daemon/service.hpp"

namespace siftd {

namespace asio = boost::asio;

bool Control::websub_knows(std::string_view key) const {
  return service_.subscriptions().knows(key);
}

std::optional<std::string> Control::websub_verify(std::string key, Parameters query) {
  return service_.subscriptions().verify(key, query);
}

asio::awaitable<bool> Control::websub_deliver(std::string key, Parameters headers,
                                              std::string body) {
  return service_.subscriptions().deliver(std::move(key), std::move(headers),
                                          std::move(body));
}

}  // namespace siftd
