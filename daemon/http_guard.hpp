#pragma once

#include <optional>
#include <string>

#include "daemon/config.hpp"
#include "daemon/http_message.hpp"

namespace siftd {

// Who may ask over TCP, or over a configured unix socket. Nothing: go on. The
// control socket is not asked about: its file mode decides.
//
// - DNS rebinding: a page of a hostile name that has come to mean 127.0.0.1 sends
//   that name as Host. Only addresses, localhost, this machine's name and the host
//   of public_url are served; a name in `listen` too.
// - CSRF: what changes something needs the token in a header, which no form and no
//   other origin's script can send; a foreign Origin is refused besides.
std::optional<HttpReply> refuse(const HttpRequest& request, const HttpConfig& config,
                                const std::string& hostname);

// Takes the same time wherever they differ.
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace siftd
