#include "tests/faults/faults.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "daemon/recorder.hpp"
#include "sinks/file_sink.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/store_fixture.hpp"

using namespace siftd;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kArticles = 12;
constexpr int kAtOnce = 12;

// What a process leaves behind for its parent: which articles it was told are stored.
struct Told {
  bool is_stored[kArticles + 1];
  bool is_finished;
  long calls;
};

// One article, as a poll finds it: stored unless it is known.
asio::awaitable<void> poll(Recorder& recorder, std::uint64_t article, Told& told) {
  Recorder::Decide decide = [article](Store& store) {
    return store.find(article) ? WriteSet() : event_writes(article, 300);
  };
  co_await recorder.record(std::move(decide));
  told.is_stored[article] = true;
}

asio::awaitable<void> live(Recorder& recorder, FileSink& sink, Told& told) {
  for (std::uint64_t article = 1; article <= kArticles; ++article) {
    co_await poll(recorder, article, told);
    asio::steady_timer pause(co_await asio::this_coro::executor);
    pause.expires_after(2ms);
    co_await pause.async_wait(asio::use_awaitable);
  }
  sink.drain();
}

// A life of the daemon: polls all articles, delivers to a file that rotates, ends.
void live_once(const fs::path& dir, Told& told) {
  asio::io_context loop;
  Store store(dir / "state");
  Recorder recorder(loop.get_executor(), store);
  FileSinkOptions options;
  options.name = "events";
  options.file.path = dir / "out" / "events.jsonl";
  options.sync_every = 5ms;
  options.rotate_size = 2500;
  FileSink sink(loop.get_executor(), recorder.journal(), options);
  TaskGroup group(loop.get_executor());
  group.spawn(sink.run());
  group.spawn(live(recorder, sink, told));
  loop.run();
  group.check();
  told.is_finished = sink.status().position == kArticles;
}

// The process that `fault` happens to.
pid_t start(const fs::path& dir, const Fault& fault, Told& told) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      arm(dir.string(), fault);
      live_once(dir, told);
    } catch (const std::exception& failure) {
      // At the start an error ends the daemon, with a message: the next start goes on.
      std::fprintf(stderr, "(%s)\n", failure.what());
    }
    told.calls = calls_counted();
    ::_exit(0);
  }
  return child;
}

struct Line {
  std::uint64_t sequence = 0;
  std::string id;
};

std::string member(const std::string& line, const std::string& name) {
  const std::string key = "\"" + name + "\":\"";
  const std::size_t at = line.find(key) + key.size();
  return line.substr(at, line.find('"', at) - at);
}

// Every line of the file and of what it was rotated to. A line that is not whole fails.
std::vector<Line> read_lines(const fs::path& dir) {
  std::vector<Line> lines;
  for (const auto& entry : fs::directory_iterator(dir / "out")) {
    std::ifstream file(entry.path());
    std::string text((std::istreambuf_iterator<char>(file)), {});
    REQUIRE((text.empty() || text.back() == '\n'));
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      const std::string line = text.substr(at, end - at);
      REQUIRE(line.starts_with("{\"specversion\""));
      REQUIRE(line.ends_with("}"));
      lines.push_back({std::stoull(member(line, "sequence")), member(line, "id")});
      at = end + 1;
    }
  }
  return lines;
}

void check_exactly_once(const fs::path& dir) {
  std::vector<Line> lines = read_lines(dir);
  std::map<std::string, int> ids;
  std::sort(lines.begin(), lines.end(),
            [](const Line& a, const Line& b) { return a.sequence < b.sequence; });
  REQUIRE(lines.size() == kArticles);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    REQUIRE(lines[i].sequence == i + 1);
    ++ids[lines[i].id];
  }
  REQUIRE(ids.size() == kArticles);
}

struct Run {
  explicit Run(long where)
      : at(where),
        told(*static_cast<Told*>(::mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE,
                                        MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~Run() { ::munmap(&told, sizeof(Told)); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  long at;
  // In memory where there is such a place: thousands of syncs, and none is the point.
  TemporaryDirectory dir{fs::exists("/dev/shm") ? "/dev/shm" : "/tmp"};
  Told& told;
  pid_t child = 0;
};

// One process for each place, so many at a time; `judge` looks at what each left.
template <class Judge>
void at_each_call(long calls, const Fault& like, const Judge& judge) {
  std::vector<std::unique_ptr<Run>> runs;
  for (long at = 1; at <= calls + 1;) {
    while (runs.size() < kAtOnce && at <= calls) {
      Fault fault = like;
      fault.at = at;
      runs.push_back(std::make_unique<Run>(at++));
      runs.back()->child = start(runs.back()->dir.path(), fault, runs.back()->told);
    }
    for (const std::unique_ptr<Run>& run : runs) {
      ::waitpid(run->child, nullptr, 0);
    }
    for (const std::unique_ptr<Run>& run : runs) {
      CAPTURE(run->at);
      judge(*run);
    }
    runs.clear();
    at += at > calls ? 1 : 0;
  }
}

// How many calls a whole life makes, with some room: threads do not always take turns
// alike.
long calls_of_a_life() {
  Run run(0);
  run.child = start(run.dir.path(), Fault(), run.told);
  ::waitpid(run.child, nullptr, 0);
  REQUIRE(run.told.is_finished);
  check_exactly_once(run.dir.path());
  return run.told.calls + 5;
}

void live_on(Run& run) {
  Told again{};
  live_once(run.dir.path(), again);
  REQUIRE(again.is_finished);
  check_exactly_once(run.dir.path());
}

}  // namespace

TEST_CASE(
    "hostile 60: killed at each write, sync, cut and rename, each event is there once") {
  Fault fault;
  fault.kind = Fault::Kind::kill;
  fault.is_torn = GENERATE(false, true);
  const long calls = calls_of_a_life();
  CHECK(calls > 60);
  at_each_call(calls, fault, live_on);
}

TEST_CASE("hostile 59: a full disk or an I/O error at each call is outlived") {
  Fault fault;
  fault.kind = GENERATE(Fault::Kind::no_space, Fault::Kind::io_error);
  fault.calls = GENERATE(1, 4);
  at_each_call(calls_of_a_life(), fault, [](Run& run) {
    if (run.told.is_finished) {
      check_exactly_once(run.dir.path());
    } else {
      live_on(run);  // it could not even start, and said so
    }
  });
}
