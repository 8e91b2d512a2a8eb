#include "sinks/push_sink.hpp"

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <sys/socket.h>
#include <unistd.h>

#include "sinks/outlets.hpp"
#include "tests/catch.hpp"
#include "tests/sinks/memory_journal.hpp"

using namespace siftd;
using namespace std::chrono_literals;
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
  void pass(std::chrono::milliseconds time) {
    context.run_for(time);
    context.restart();
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
  bench.pass(250ms);
  CHECK(collector.got == lines(1, 3));
  CHECK(bench.cursor() == 3);
  bench.journal.append(2);
  bench.pass(250ms);
  CHECK(collector.got == lines(1, 5));
  CHECK(bench.cursor() == 5);
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
  bench.pass(50ms);
  CHECK(!sink->status().error.empty());
  Collector collector(bench.context, bench.path());
  // Takes one line and half of the next, then goes.
  group.spawn(collector.collect(30));
  bench.pass(600ms);
  CHECK(collector.got.size() == 30);
  collector.got.clear();
  group.spawn(collector.collect(1 << 20));
  bench.pass(1500ms);
  CHECK(collector.got.ends_with(lines(2, 3)));
  CHECK(sink->status().error.empty());
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
  bench.pass(90ms);
  bench.pass(250ms);
  CHECK(collector.got == lines(1, 3));
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
  bench.pass(3000ms);
  CHECK(collector.got.size() == 2000 * 501);
  CHECK(bench.cursor() == 2000);
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
    bench.pass(400ms);
    bench.journal.append(1);
    bench.pass(400ms);
    CHECK(read_all(out) == lines(1, 4));
    CHECK(bench.cursor() == 4);
    bench.end(group);
  }
  SECTION("one that ends after each line") {
    PushSink sink(bench.context.get_executor(), bench.journal, "push", EventFilter(),
                  exec_outlet(bench.context.get_executor(),
                              {"sh", "-c", "read -r line; echo \"$line\" >> " + out}));
    group.spawn(sink.run());
    bench.pass(1200ms);
    const std::string text = read_all(out);
    CHECK(text.find(MemoryJournal::line(1) + "\n") == 0);
    CHECK(std::count(text.begin(), text.end(), '\n') >= 2);
    bench.end(group);
  }
  SECTION("one that cannot be started") {
    PushSink sink(bench.context.get_executor(), bench.journal, "push", EventFilter(),
                  exec_outlet(bench.context.get_executor(), {"/nonexistent/program"}));
    group.spawn(sink.run());
    bench.pass(100ms);
    CHECK(sink.status().error.find("/nonexistent/program") != std::string::npos);
    bench.end(group);
  }
}
