#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "daemon/commands.hpp"

namespace siftd {

// The commands' way to a running daemon: HTTP over its control socket. Blocking;
// each call is a connection of its own.
class ControlClient {
 public:
  explicit ControlClient(std::filesystem::path socket) : socket_(std::move(socket)) {}

  struct Answer {
    int status = 0;
    std::string body;
    bool is_good() const { return status >= 200 && status < 300; }
  };
  // An Error: nobody answers there, or no longer. `content_type` for a body.
  Result<Answer> ask(std::string_view method, std::string_view target,
                     std::string body = {}) const;

  // GET of an event stream: calls `on_event` with name ("siftd.article.new", "gap"),
  // id and data of each (no data: only the position moved) until it returns false (then
  // no Error) or the stream ends (an Error). An answer that is no stream is an Error with
  // its sentence; its code is invalid_argument: asking again will not help.
  using OnEvent = std::function<bool(std::string_view name, std::string_view id,
                                     std::string_view data)>;
  std::optional<Error> follow(std::string_view target, std::string_view last_event_id,
                              const OnEvent& on_event) const;

  const std::filesystem::path& socket() const { return socket_; }

 private:
  std::filesystem::path socket_;
};

// Where the daemon of these options listens: the socket given; else, of those that
// exist, the one of the configuration's state_dir when -c was given, that of
// $RUNTIME_DIRECTORY, /run/siftd, the state_dir. None exists: the likeliest.
std::filesystem::path find_control_socket(const ControlOptions& options);

// The sentence of {"error":"…"}, else the body.
std::string error_sentence(const ControlClient::Answer& answer);

// "siftd: …" on stderr, escaped; with what to do when nobody answers.
void complain(const ControlClient& client, const Error& error);
void complain(std::string_view sentence);

}  // namespace siftd
