#include "sinks/push_sink.hpp"

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.hpp"
#include "sinks/outlets.hpp"
#include "tests/catch.hpp"
#include "tests/run_until.hpp"
#include "tests/sinks/memory_journal.hpp"

using namespace siftd;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

std::string lines(std::uint64_t from, std::uint64_t to) {
  std::string text;
  for (; from <= to; ++from) {
    text += MemoryJournal::line(from) + "\n";
  }
  return text;
}

std::string read_all(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// A collector that accepts on a unix socket, one connection after another.
struct Collector {
  Collector(asio::io_context& context, const fs::path& path)
      : listener(context.get_executor(), Address{path.string(), {}, {}}, 0600, {}),
        group(context.get_executor()) {}

  asio::awaitable<void> collect(std::size_t most) {
    Stream::Socket socket = co_await listener.accept();
    std::unique_ptr<Stream> stream = plain_stream(std::move(socket));
    std::array<char, 4096> bytes;
    for (std::size_t taken = 0; taken < most;) {
      const std::size_t room = std::min(bytes.size(), most - taken);
      const std::size_t count =
          co_await stream->read_some(std::span(bytes).subspan(0, room));
      if (count == 0) {
        break;
      }
      taken += count;
      got.append(bytes.data(), count);
      if (!says.empty()) {
        const std::array<asio::const_buffer, 1> answer = {asio::buffer(says)};
        co_await stream->write_some(answer);
        says.clear();
      }
    }
  }

  Listener listener;
  TaskGroup group;
  std::string got;
  std::string says;  // once, after the first bytes
};

struct Bench {
  TemporaryDirectory dir;
  asio::io_context context;
  MemoryJournal journal{context.get_executor()};

  fs::path path() const { return dir.path() / "collector.sock"; }
  std::unique_ptr<PushSink> connecting() {
    return std::make_unique<PushSink>(
        context.get_executor(), journal, "push", EventFilter(),
        connect_outlet(Address{path().string(), {}, {}}, {}));
  }
  std::uint64_t cursor() { return journal.cursors["sink:push"].sequence; }
  template <class Condition>
  void until(const Condition& is_so) {
    CHECK(test::run_until(context, is_so));
  }
  void end(TaskGroup& group) {
    group.stop();
    context.restart();
    context.run();
    context.restart();
    group.check();
  }
};

}  // namespace

TEST_CASE("push: it connects, delivers, and remembers what the peer has taken") {
  Bench bench;
  bench.journal.append(3);
  Collector collector(bench.context, bench.path());
  TaskGroup group(bench.context.get_executor());
  group.spawn(collector.collect(1 << 20));
  auto sink = bench.connecting();
  group.spawn(sink->run());
  bench.until([&] { return bench.cursor() == 3; });
  CHECK(collector.got == lines(1, 3));
  bench.journal.append(2);
  bench.until([&] { return bench.cursor() == 5; });
  CHECK(collector.got == lines(1, 5));
  CHECK(sink->status().clients == 1);
  bench.end(group);
}

TEST_CASE(
    "push: a peer that is not there yet is waited for, one that goes is found again") {
  Bench bench;
  bench.journal.append(3);
  TaskGroup group(bench.context.get_executor());
  auto sink = bench.connecting();
  group.spawn(sink->run());
  bench.until([&] { return !sink->status().error.empty(); });
  Collector collector(bench.context, bench.path());
  // Takes one line and half of the next, then goes.
  group.spawn(collector.collect(30));
  bench.until([&] { return collector.got.size() == 30; });
  collector.got.clear();
  group.spawn(collector.collect(1 << 20));
  bench.until([&] {
    return collector.got.ends_with(lines(2, 3)) && sink->status().error.empty();
  });
  bench.end(group);
}

TEST_CASE("push: a peer that acknowledges is believed rather than the socket") {
  Bench bench;
  bench.journal.append(3);
  Collector collector(bench.context, bench.path());
  collector.says = "{\"ack\":2}\n";
  TaskGroup group(bench.context.get_executor());
  group.spawn(collector.collect(1 << 20));
  auto sink = bench.connecting();
  group.spawn(sink->run());
  bench.until([&] { return bench.cursor() == 2; });
  CHECK(collector.got == lines(1, 3));
  // Nor does it change its mind at the next look.
  bench.context.run_for(2 * limits::kConfirmEvery);
  CHECK(bench.cursor() == 2);
  bench.end(group);
}

TEST_CASE("push: the end waits until the peer has taken everything") {
  Bench bench;
  bench.journal.append(2000, 500);
  Collector collector(bench.context, bench.path());
  TaskGroup group(bench.context.get_executor());
  group.spawn(collector.collect(1 << 26));
  auto sink = bench.connecting();
  sink->drain();
  group.spawn(sink->run());
  bench.until([&] { return bench.cursor() == 2000; });
  CHECK(collector.got.size() == 2000 * 501);
  bench.end(group);
}

TEST_CASE("exec: a program reads the events and is started again when it ends") {
  Bench bench;
  bench.journal.append(3);
  const std::string out = (bench.dir.path() / "out").string();
  TaskGroup group(bench.context.get_executor());
  SECTION("one that stays") {
    PushSink sink(
        bench.context.get_executor(), bench.journal, "push", EventFilter(),
        exec_outlet(bench.context.get_executor(), {"sh", "-c", "cat >> " + out}));
    group.spawn(sink.run());
    bench.until([&] { return read_all(out) == lines(1, 3); });
    bench.journal.append(1);
    bench.until([&] { return read_all(out) == lines(1, 4) && bench.cursor() == 4; });
    bench.end(group);
  }
  SECTION("one that ends after each line") {
    PushSink sink(bench.context.get_executor(), bench.journal, "push", EventFilter(),
                  exec_outlet(bench.context.get_executor(),
                              {"sh", "-c", "read -r line; echo \"$line\" >> " + out}));
    group.spawn(sink.run());
    std::string text;
    bench.until([&] {
      text = read_all(out);
      return std::count(text.begin(), text.end(), '\n') >= 2;
    });
    CHECK(text.find(MemoryJournal::line(1) + "\n") == 0);
    bench.end(group);
  }
  SECTION("one that cannot be started") {
    PushSink sink(bench.context.get_executor(), bench.journal, "push", EventFilter(),
                  exec_outlet(bench.context.get_executor(), {"/nonexistent/program"}));
    group.spawn(sink.run());
    bench.until([&] {
      return sink.status().error.find("/nonexistent/program") != std::string::npos;
    });
    bench.end(group);
  }
}
