#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task_group.hpp"
#include "daemon/config.hpp"
#include "sinks/http_sink.hpp"
#include "sinks/sink.hpp"

namespace siftd {

class Fetcher;

// Owns the sinks that the configuration names, and runs each. A sink in trouble waits
// by itself; the others do not notice. Used on the loop's thread.
class Delivery {
 public:
  // `fetcher` carries webhooks; dead letters go below `state_dir`. The references
  // outlive the delivery.
  Delivery(boost::asio::any_io_executor loop, Journal& journal, Fetcher& fetcher,
           std::filesystem::path state_dir);
  ~Delivery();  // after run() has returned or was never called
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Starts what is new, stops what is gone, restarts what changed and leaves the rest
  // alone, connections and all. At the start and at each reload.
  boost::asio::awaitable<void> apply(std::vector<SinkConfig> sinks);

  // Delivers what the journal holds now; resumes when every sink has, or has given
  // up. Nothing is started after that.
  boost::asio::awaitable<void> drain();

  // Ends every sink as it is; what was not delivered is after the next start.
  boost::asio::awaitable<void> stop();

  // SIGHUP: files are opened anew.
  void reopen();

  // The sink delivers again from `from` on (0: the oldest kept). An Error says why not.
  boost::asio::awaitable<std::optional<Error>> replay(std::string name,
                                                      std::uint64_t from);

  std::vector<Sink::Status> status() const;

  // The names of the cursors of sinks that keep one: what retention waits for.
  std::vector<std::string> cursor_names() const;

 private:
  struct Running;
  std::unique_ptr<Sink> make(const SinkConfig& config);
  void start(SinkConfig config);
  boost::asio::awaitable<void> run(Running& running);

  boost::asio::any_io_executor loop_;
  Journal& journal_;
  boost::asio::awaitable<Result<int>> post(Post what);

  Fetcher& fetcher_;
  const std::filesystem::path state_dir_;
  std::list<std::unique_ptr<Running>> running_;
};

}  // namespace siftd
