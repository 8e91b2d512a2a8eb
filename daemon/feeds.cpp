#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "base/limits.hpp"
#include "daemon/commands.hpp"
#include "daemon/control_json.hpp"
#include "daemon/http_message.hpp"
#include "daemon/table.hpp"
#include "daemon/text.hpp"
#include "parsers/opml.hpp"

namespace siftd {

namespace {

// Feeds in one request of an import: few enough that the bar moves.
constexpr std::size_t kImportBatch = 200;

int list(const ControlClient& client, bool json) {
  const auto answer = ask_json(client, "GET", "/api/feeds");
  if (!answer) {
    return kNoInput;
  }
  const auto& feeds = list_at(*answer, "feeds");
  const std::string out = json ? line_of(feeds) : feeds_table(feeds);
  std::fwrite(out.data(), 1, out.size(), stdout);
  return std::fflush(stdout) == 0 ? kDone : kCannotCreate;
}

// The same call for each argument; goes on after one that fails.
template <class Call>
int for_each(const ControlClient& client, const std::vector<std::string>& arguments,
             const Call& call) {
  int status = kDone;
  for (const auto& argument : arguments) {
    const Result<ControlClient::Answer> answer = call(argument);
    if (!answer) {
      complain(client, answer.error());
      return kNoInput;
    }
    if (!answer->is_good()) {
      complain(argument + ": " + error_sentence(*answer));
      status = kSomeFailed;
    }
  }
  return status;
}

std::string feed_json(const std::string& url) {
  rapidjson::Document feed(rapidjson::kObjectType);
  auto& memory = feed.GetAllocator();
  feed.AddMember("url", rapidjson::Value(url.c_str(), memory), memory);
  return line_of(feed);
}

std::string feed_target(const std::string& name, const char* suffix = "") {
  return "/api/feeds/" + percent_encoded(name) + suffix;
}

// What an import came to, of all files.
struct Import {
  std::size_t added = 0;
  std::size_t known = 0;
  std::size_t refused = 0;
};

// A bar on stderr, for people only; leaves its line empty at the end.
class Progress {
 public:
  explicit Progress(std::size_t total) : terminal_(stderr_terminal()), total_(total) {}
  ~Progress() {
    if (terminal_.is_terminal) {
      std::fputs("\r\x1b[K", stderr);
    }
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::size_t done) const {
    if (!terminal_.is_terminal || total_ == 0) {
      return;
    }
    const std::size_t room = terminal_.width > 40 ? terminal_.width - 30 : 10;
    const std::size_t filled = room * done / total_;
    std::fprintf(stderr, "\r[%s%s] %zu of %zu feeds", std::string(filled, '#').c_str(),
                 std::string(room - filled, ' ').c_str(), done, total_);
  }

 private:
  Terminal terminal_;
  std::size_t total_;
};

std::optional<std::string> read_file(const std::string& name) {
  std::ifstream file;
  if (name != "-") {
    file.open(name, std::ios::binary);
    if (!file) {
      complain(name + ": " + std::strerror(errno));
      return std::nullopt;
    }
  }
  std::istream& in = name == "-" ? std::cin : file;
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  if (in.bad()) {
    complain(name + ": cannot be read");
    return std::nullopt;
  }
  return bytes;
}

// False: the daemon did not take it.
bool send_batch(const ControlClient& client, Opml batch, Import& import) {
  const auto answer = ask_json(client, "POST", "/api/feeds.opml", write_opml(batch));
  if (!answer) {
    return false;
  }
  import.added += number_at(*answer, "added");
  import.known += number_at(*answer, "known");
  for (const auto& complaint : list_at(*answer, "complaints").GetArray()) {
    complain({complaint.GetString(), complaint.GetStringLength()});
    ++import.refused;
  }
  return true;
}

int import_file(const ControlClient& client, const std::string& name, Import& import) {
  const auto bytes = read_file(name);
  if (!bytes) {
    return kNoInput;
  }
  auto opml = read_opml(*bytes);
  if (!opml) {
    complain(name + ": " + opml.error().detail);
    return kSomeFailed;
  }
  for (const auto& refusal : opml->refused) {
    complain(name + ":" + std::to_string(refusal.line) + ": " + refusal.url + ": " +
             refusal.why);
    ++import.refused;
  }
  const auto& feeds = opml->feeds;
  const Progress progress(feeds.size());
  for (std::size_t at = 0; at < feeds.size(); at += kImportBatch) {
    progress.show(at);
    const auto end = std::min(at + kImportBatch, feeds.size());
    Opml batch;
    batch.feeds.assign(feeds.begin() + static_cast<std::ptrdiff_t>(at),
                       feeds.begin() + static_cast<std::ptrdiff_t>(end));
    if (!send_batch(client, std::move(batch), import)) {
      return kNoInput;
    }
  }
  return kDone;
}

int import_files(const ControlClient& client, const std::vector<std::string>& files) {
  Import import;
  int status = kDone;
  for (const auto& file : files) {
    status = std::max(status, import_file(client, file, import));
  }
  std::fprintf(stderr, "siftd: %zu feeds added, %zu known already, %zu refused\n",
               import.added, import.known, import.refused);
  return status != kDone ? status : import.refused > 0 ? kSomeFailed : kDone;
}

int export_all(const ControlClient& client) {
  const auto answer = client.ask("GET", "/api/feeds.opml");
  if (!answer) {
    complain(client, answer.error());
    return kNoInput;
  }
  if (!answer->is_good()) {
    complain(error_sentence(*answer));
    return kSomeFailed;
  }
  std::fwrite(answer->body.data(), 1, answer->body.size(), stdout);
  return std::fflush(stdout) == 0 ? kDone : kCannotCreate;
}

}  // namespace

int feeds_command(const FeedsOptions& options) {
  const ControlClient client(find_control_socket(options));
  using Action = FeedsOptions::Action;
  switch (options.action) {
    case Action::list:
      return list(client, options.json);
    case Action::add:
      return for_each(client, options.arguments, [&](const std::string& url) {
        return client.ask("POST", "/api/feeds", feed_json(url));
      });
    case Action::remove:
      return for_each(client, options.arguments, [&](const std::string& name) {
        return client.ask("DELETE", feed_target(name));
      });
    case Action::poll:
      return for_each(client, options.arguments, [&](const std::string& name) {
        return client.ask("POST", feed_target(name, "/poll"));
      });
    case Action::import:
      return import_files(client, options.arguments);
    case Action::export_:
      return export_all(client);
  }
  return kUsage;
}

}  // namespace siftd
