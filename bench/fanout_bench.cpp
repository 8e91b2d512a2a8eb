// The socket sink with many clients, all of it real: recorder, journal, unix socket.
//   bench_fanout [DIR]
// paced:  1,000 events/s to 10 clients; from commit to receipt, p50 and p99.
// replay: each client from the beginning, deliveries a second.
// memory: what a connected client costs.
// slow:   one client reads a line a second while 10,000 events pass.
#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstring>
#include <errno.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdlib.h>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/task_group.hpp"
#include "daemon/recorder.hpp"
#include "sinks/encode.hpp"
#include "sinks/socket_sink.hpp"

namespace {

using namespace siftd;
namespace asio = boost::asio;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBytes = 2600;

std::string line() {
  ArticleData data;
  data.content_text = std::string(kBytes - 500, 'x');
  Event event;
  event.id = "id";
  event.source = "https://example.org/rss.xml";
  event.data = data;
  return encode(event);
}

std::size_t pss_kb() {
  std::ifstream file("/proc/self/smaps_rollup");
  for (std::string word; file >> word;) {
    if (word == "Pss:") {
      std::size_t kb = 0;
      file >> kb;
      return kb;
    }
  }
  return 0;
}

int connect_to(const std::string& path, const std::string& hello) {
  const int peer = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
  while (::connect(peer, static_cast<sockaddr*>(static_cast<void*>(&name)),
                   sizeof name) != 0) {
    ::usleep(1000);
  }
  [[maybe_unused]] const ssize_t sent = ::write(peer, hello.data(), hello.size());
  ::fcntl(peer, F_SETFL, O_NONBLOCK);
  return peer;
}

// The sequence in a line; the envelope's member comes early.
std::uint64_t sequence_of(const char* text, const char* end) {
  static constexpr char kMember[] = "\"sequence\":\"";
  const void* found =
      ::memmem(text, static_cast<std::size_t>(end - text), kMember, sizeof kMember - 1);
  return found == nullptr
             ? 0
             : std::strtoull(static_cast<const char*>(found) + sizeof kMember - 1,
                             nullptr, 10);
}

// Clients on a thread of their own: reads until each has `want` lines.
void read_all(const std::vector<int>& peers, std::size_t want,
              const std::function<void(std::uint64_t)>& on_line) {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::string> partial(peers.size());
  std::vector<std::size_t> got(peers.size());
  for (std::size_t i = 0; i < peers.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(set, EPOLL_CTL_ADD, peers[i], &event);
  }
  std::string bytes(256 * 1024, '\0');
  std::size_t left = peers.size();
  while (left > 0) {
    epoll_event events[64];
    const int count = ::epoll_wait(set, events, 64, 10000);
    if (count <= 0) {
      std::fprintf(stderr, "nothing came for 10 s\n");
      std::exit(1);
    }
    for (int i = 0; i < count; ++i) {
      const std::size_t peer = events[i].data.u64;
      const ssize_t size = ::read(peers[peer], bytes.data(), bytes.size());
      if (size <= 0) {
        std::fprintf(stderr, "a client was closed\n");
        std::exit(1);
      }
      std::string& text = partial[peer];
      text.append(bytes.data(), static_cast<std::size_t>(size));
      std::size_t start = 0;
      for (std::size_t end; (end = text.find('\n', start)) != std::string::npos;
           start = end + 1) {
        if (on_line) {
          on_line(sequence_of(text.data() + start, text.data() + end));
        }
        left -= ++got[peer] == want ? 1u : 0u;
      }
      text.erase(0, start);
    }
  }
  ::close(set);
}

struct Daemon {
  explicit Daemon(const fs::path& dir)
      : path((dir / "events.sock").string()),
        store(dir / "state"),
        recorder(loop.get_executor(), store),
        group(loop.get_executor()) {
    SocketSinkOptions options;
    options.name = "live";
    options.address.path = path;
    sink = std::make_unique<SocketSink>(loop.get_executor(), recorder.journal(), options);
    group.spawn(sink->run());
  }

  // Runs the loop until `work`, on another thread, is done.
  void run_while(const std::function<void()>& work) {
    std::atomic<bool> is_done = false;
    std::thread other([&] {
      work();
      is_done = true;
    });
    while (!is_done) {
      loop.run_for(std::chrono::milliseconds(20));
      loop.restart();
    }
    other.join();
  }
  void end() {
    group.stop();
    loop.restart();
    loop.run();
  }

  const std::string path;
  asio::io_context loop;
  Store store;
  Recorder recorder;
  TaskGroup group;
  std::unique_ptr<SocketSink> sink;
};

asio::awaitable<void> record(Recorder& recorder, const std::string& text) {
  Recorder::Decide decide = [&text](Store&) {
    WriteSet writes;
    NewEvent event;
    event.id = "id";
    event.line = text;
    writes.events.push_back(event);
    return writes;
  };
  co_await recorder.record(std::move(decide));
}

asio::awaitable<void> produce(Daemon& daemon, std::size_t count, double rate,
                              const std::string& text) {
  asio::steady_timer tick(daemon.loop);
  const Clock::time_point start = Clock::now();
  for (std::size_t sent = 0; sent < count;) {
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    const std::size_t due = std::min(count, static_cast<std::size_t>(elapsed * rate) + 1);
    for (; sent < due; ++sent) {
      daemon.group.spawn(record(daemon.recorder, text));
    }
    tick.expires_after(std::chrono::milliseconds(1));
    co_await tick.async_wait(asio::use_awaitable);
  }
}

// Notes when each event became durable, as the loop learns it.
asio::awaitable<void> note(Journal& journal, std::vector<Clock::time_point>& committed) {
  for (std::uint64_t noted = journal.newest();;) {
    co_await journal.wait_beyond(noted);
    const Clock::time_point now = Clock::now();
    for (; noted < journal.newest(); ++noted) {
      committed[noted + 1] = now;
    }
  }
}

void paced(const fs::path& dir, std::size_t clients) {
  constexpr std::size_t kCount = 5000;
  Daemon daemon(dir);
  const std::string text = line();
  std::vector<Clock::time_point> committed(kCount + 1);
  std::vector<std::pair<std::uint64_t, Clock::time_point>> received;
  received.reserve(kCount * clients);
  daemon.group.spawn(note(daemon.recorder.journal(), committed));
  daemon.group.spawn(produce(daemon, kCount, 1000, text));
  daemon.run_while([&] {
    std::vector<int> peers;
    for (std::size_t i = 0; i < clients; ++i) {
      peers.push_back(connect_to(daemon.path, "{\"from\":\"beginning\"}\n"));
    }
    read_all(peers, kCount, [&](std::uint64_t sequence) {
      received.emplace_back(sequence, Clock::now());
    });
    for (const int peer : peers) {
      ::close(peer);
    }
  });
  daemon.end();
  // Only now: the loop's thread may have noted an event after it was received.
  std::vector<double> took;
  took.reserve(received.size());
  for (const auto& [sequence, when] : received) {
    const std::chrono::duration<double, std::milli> wait = when - committed[sequence];
    took.push_back(std::max(0.0, wait.count()));
  }
  std::sort(took.begin(), took.end());
  std::printf(
      "paced  %4zu clients, 1,000 events/s: p50 %.2f ms, p99 %.2f ms, most %.2f ms\n",
      clients, took[took.size() / 2], took[took.size() * 99 / 100], took.back());
}

void replay(const fs::path& dir, std::size_t clients, std::size_t count) {
  Daemon daemon(dir);
  const std::string text = line();
  daemon.group.spawn(produce(daemon, count, 1e9, text));
  while (daemon.recorder.journal().newest() < count) {
    daemon.loop.run_one();
  }
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  double seconds = 0;
  std::size_t lines = 0;
  daemon.run_while([&] {
    const Clock::time_point start = Clock::now();
    std::vector<int> peers;
    for (std::size_t i = 0; i < clients; ++i) {
      peers.push_back(connect_to(daemon.path, "{\"from\":\"beginning\"}\n"));
    }
    read_all(peers, count, [&](std::uint64_t) { ++lines; });
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
    for (const int peer : peers) {
      ::close(peer);
    }
  });
  daemon.end();
  std::printf("replay %4zu clients, %zu events: %.0f deliveries/s\n", clients, count,
              static_cast<double>(lines) / seconds);
}

void memory(const fs::path& dir, std::size_t clients) {
  Daemon daemon(dir);
  const std::string text = line();
  daemon.run_while([&] { ::usleep(100000); });
  const std::size_t before = pss_kb();
  std::vector<int> peers;
  daemon.run_while([&] {
    for (std::size_t i = 0; i < clients; ++i) {
      peers.push_back(connect_to(daemon.path, "{\"from\":\"now\"}\n"));
    }
    ::usleep(500000);
  });
  const std::size_t idle = pss_kb();
  daemon.group.spawn(produce(daemon, 100, 1000, text));
  daemon.run_while([&] { read_all(peers, 100, {}); });
  const std::size_t served = pss_kb();
  const auto each = [&](std::size_t after) {
    return (static_cast<double>(after) - static_cast<double>(before)) /
           static_cast<double>(clients);
  };
  std::printf(
      "memory %4zu clients: %.1f KiB each when connected, %.1f after 100 events\n",
      clients, each(idle), each(served));
  for (const int peer : peers) {
    ::close(peer);
  }
  daemon.end();
}

void slow(const fs::path& dir) {
  constexpr std::size_t kCount = 10000;
  Daemon daemon(dir);
  const std::string text = line();
  std::size_t before = 0;
  std::size_t after = 0;
  std::size_t taken = 0;
  double seconds = 0;
  daemon.group.spawn(produce(daemon, kCount, 2000, text));
  daemon.run_while([&] {
    std::atomic<bool> is_done = false;
    std::thread sluggish([&] {
      const int peer = connect_to(daemon.path, "{\"from\":1}\n");
      std::string bytes(kBytes, '\0');
      while (!is_done) {
        taken += static_cast<std::size_t>(
            std::max<ssize_t>(::read(peer, bytes.data(), kBytes), 0));
        ::usleep(1000000);
      }
      ::close(peer);
    });
    const std::vector<int> peers = {connect_to(daemon.path, "{\"from\":1}\n")};
    std::size_t lines = 0;
    Clock::time_point start;
    read_all(peers, kCount, [&](std::uint64_t) {
      if (++lines == 4000) {  // the journal's tail in memory is full by then
        before = pss_kb();
        start = Clock::now();
      }
    });
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
    after = pss_kb();
    is_done = true;
    sluggish.join();
    ::close(peers[0]);
  });
  daemon.end();
  std::printf(
      "slow   one client took %zu bytes while another got %zu events (the last 6,000 "
      "in %.1f s): memory %+.1f MiB\n",
      taken, kCount, seconds,
      (static_cast<double>(after) - static_cast<double>(before)) / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path dir = fs::path(argc > 1 ? argv[1] : "/var/tmp") / "siftd-bench-fanout";
  rlimit files{20000, 20000};
  ::setrlimit(RLIMIT_NOFILE, &files);
  const auto fresh = [&] {
    fs::remove_all(dir);
    fs::create_directories(dir);
    return dir;
  };
  paced(fresh(), 10);
  for (const std::size_t clients : {1u, 10u, 100u, 1000u}) {
    replay(fresh(), clients, std::max<std::size_t>(100000 / clients, 1000));
  }
  memory(fresh(), 1000);
  slow(fresh());
  fs::remove_all(dir);
}
