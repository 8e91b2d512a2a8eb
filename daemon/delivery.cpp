#include "daemon/delivery.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <exception>
#include <optional>
#include <spdlog/spdlog.h>
#include <utility>

#include "base/limits.hpp"
#include "fetchers/fetcher.hpp"
#include "sinks/file_sink.hpp"
#include "sinks/outlets.hpp"
#include "sinks/push_sink.hpp"
#include "sinks/socket_sink.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

EventFilter filter_of(const SinkConfig& config) {
  EventFilter filter;
  filter.types = config.types;
  filter.feeds = config.feeds;
  return filter;
}

FileSinkOptions file_options(const SinkConfig& config) {
  FileSinkOptions options;
  options.name = config.name;
  options.file.path = config.path;
  options.file.mode = config.mode == 0 ? 0640 : config.mode;
  options.file.group = config.group;
  options.filter = filter_of(config);
  switch (config.sync) {
    case SinkConfig::Sync::always:
      options.sync = FileSinkOptions::Sync::always;
      break;
    case SinkConfig::Sync::interval:
      options.sync = FileSinkOptions::Sync::interval;
      break;
    case SinkConfig::Sync::never:
      options.sync = FileSinkOptions::Sync::never;
      break;
  }
  options.sync_every = config.sync_every;
  if (config.rotate) {
    options.rotate_size = config.rotate->size;
    options.rotate_every = config.rotate->every;
    options.keep = config.rotate->keep;
    options.compress = config.rotate->compress == "zstd";
  }
  return options;
}

TlsOptions tls_options(const SinkConfig& config) {
  TlsOptions options;
  options.cert = config.tls_cert.string();
  options.key = config.tls_key.string();
  options.client_ca = config.tls_client_ca.string();
  return options;
}

HttpSinkOptions http_options(const SinkConfig& config,
                             const std::filesystem::path& state_dir) {
  HttpSinkOptions options;
  options.name = config.name;
  options.url = config.url;
  options.secret = config.secret;
  options.filter = filter_of(config);
  // A name may hold what a file's may not.
  std::string file = config.name;
  std::replace(file.begin(), file.end(), '/', '_');
  options.dead_letters = state_dir / "dead-letters" / (file + ".jsonl");
  return options;
}

SocketSinkOptions socket_options(const SinkConfig& config) {
  SocketSinkOptions options;
  options.name = config.name;
  options.address = Address::parse(config.listen).value_or(Address());
  options.group = config.group;
  options.mode = config.mode == 0 ? 0660 : config.mode;
  options.queue = config.queue;
  options.filter = filter_of(config);
  options.tls = tls_options(config);
  return options;
}

bool is_same(SinkConfig one, SinkConfig other) {
  one.line = other.line = 0;  // it may have moved within the file
  return one == other;
}

// A listening socket has no place of its own: its clients have.
bool has_cursor(const SinkConfig& config) {
  return config.type != "socket" || !config.connect.empty();
}

}  // namespace

struct Delivery::Running {
  Running(const asio::any_io_executor& loop, SinkConfig its_config,
          std::unique_ptr<Sink> its_sink)
      : config(std::move(its_config)), sink(std::move(its_sink)), group(loop) {}

  SinkConfig config;
  std::unique_ptr<Sink> sink;
  TaskGroup group;
};

Delivery::Delivery(asio::any_io_executor loop, Journal& journal, Fetcher& fetcher,
                   std::filesystem::path state_dir)
    : loop_(std::move(loop)),
      journal_(journal),
      fetcher_(fetcher),
      state_dir_(std::move(state_dir)) {}

Delivery::~Delivery() = default;

std::unique_ptr<Sink> Delivery::make(const SinkConfig& config) {
  if (config.type == "file") {
    return std::make_unique<FileSink>(loop_, journal_, file_options(config));
  }
  if (config.type == "http") {
    PostFunction carry = [this](Post what) {
      return post(std::move(what));
    };
    return std::make_unique<HttpSink>(loop_, journal_, http_options(config, state_dir_),
                                      std::move(carry));
  }
  if (config.type == "exec") {
    return std::make_unique<PushSink>(loop_, journal_, config.name, filter_of(config),
                                      exec_outlet(loop_, config.command));
  }
  if (!config.connect.empty()) {
    return std::make_unique<PushSink>(
        loop_, journal_, config.name, filter_of(config),
        connect_outlet(Address::parse(config.connect).value_or(Address()),
                       tls_options(config)));
  }
  return std::make_unique<SocketSink>(loop_, journal_, socket_options(config));
}

asio::awaitable<Result<int>> Delivery::post(Post what) {
  Request request;
  request.url = std::move(what.url);
  request.purpose = Purpose::webhook;
  request.method = "POST";
  request.headers = std::move(what.headers);
  request.body = std::move(what.body);
  request.timeout = limits::kPostTime;
  request.max_body = limits::kMiB;
  Result<Page> page = co_await fetcher_.fetch(std::move(request));
  if (page.has_error()) {
    co_return page.error();
  }
  co_return page->status;
}

void Delivery::start(SinkConfig config) {
  std::unique_ptr<Sink> sink = make(config);
  auto& running = running_.emplace_back(
      std::make_unique<Running>(loop_, std::move(config), std::move(sink)));
  running->group.spawn(run(*running));
}

asio::awaitable<void> Delivery::run(Running& running) {
  try {
    co_await running.sink->run();
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) {
      throw;
    }
    spdlog::error("sink {} has ended: {}", running.config.name, error.what());
  } catch (const std::exception& failure) {
    spdlog::error("sink {} has ended: {}", running.config.name, failure.what());
  }
}

asio::awaitable<void> Delivery::apply(std::vector<SinkConfig> sinks) {
  std::list<std::unique_ptr<Running>> leaving;
  for (auto at = running_.begin(); at != running_.end();) {
    const auto next = std::next(at);
    const auto same = std::find_if(
        sinks.begin(), sinks.end(),
        [&](const SinkConfig& config) { return is_same(config, (*at)->config); });
    if (same != sinks.end()) {
      (*at)->config.line = same->line;
      sinks.erase(same);
    } else {
      (*at)->group.stop();
      leaving.splice(leaving.end(), running_, at);
    }
    at = next;
  }
  for (const auto& running : leaving) {
    co_await running->group.join();
  }
  for (SinkConfig& config : sinks) {
    start(std::move(config));
  }
}

asio::awaitable<void> Delivery::drain() {
  for (const auto& running : running_) {
    running->sink->drain();
  }
  for (const auto& running : running_) {
    co_await running->group.join();
  }
}

asio::awaitable<void> Delivery::stop() {
  for (const auto& running : running_) {
    running->group.stop();
  }
  for (const auto& running : running_) {
    co_await running->group.join();
  }
}

void Delivery::reopen() {
  for (const auto& running : running_) {
    running->sink->reopen();
  }
}

asio::awaitable<std::optional<Error>> Delivery::replay(std::string name,
                                                       std::uint64_t from) {
  const auto found =
      std::find_if(running_.begin(), running_.end(),
                   [&](const auto& running) { return running->config.name == name; });
  if (found == running_.end()) {
    co_return Error{asio::error::not_found, "there is no sink " + name};
  }
  if (!has_cursor((*found)->config)) {
    co_return Error{asio::error::operation_not_supported,
                    "sink " + name +
                        " is a listening socket: its clients say themselves where to "
                        R"(start, with {"from":SEQ})"};
  }
  from = from == 0 ? journal_.oldest() : from;
  if (from < journal_.oldest()) {
    co_return Error{asio::error::not_found,
                    "event " + std::to_string(from) +
                        " was removed by retention; the oldest is " +
                        std::to_string(journal_.oldest())};
  }
  std::unique_ptr<Running> running = std::move(*found);
  running_.erase(found);
  running->group.stop();
  co_await running->group.join();
  const std::string cursor_name = "sink:" + name;
  const std::optional<Journal::Cursor> old = co_await journal_.load_cursor(cursor_name);
  Journal::Cursor cursor = old.value_or(Journal::Cursor());
  cursor.sequence = from - 1;
  co_await journal_.save_cursor(cursor_name, cursor, true);
  start(std::move(running->config));
  co_return std::nullopt;
}

std::vector<Sink::Status> Delivery::status() const {
  std::vector<Sink::Status> all;
  for (const auto& running : running_) {
    all.push_back(running->sink->status());
  }
  return all;
}

std::vector<std::string> Delivery::cursor_names() const {
  std::vector<std::string> names;
  for (const auto& running : running_) {
    if (has_cursor(running->config)) {
      names.push_back("sink:" + running->config.name);
    }
  }
  return names;
}

}  // namespace siftd
