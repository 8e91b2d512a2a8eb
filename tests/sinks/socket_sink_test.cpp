#include "sinks/socket_sink.hpp"

#include <sys/stat.h>

#include "base/limits.hpp"
#include "tests/catch.hpp"
#include "tests/sinks/socket_peer.hpp"

using namespace siftd;
using namespace siftd::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Bench = SocketBench;
using Peer = SocketPeer;

TEST_CASE("socket sink: a client that only reads gets what is new, soon after it came") {
  Bench bench;
  bench.start();
  bench.journal.append(2);
  Peer peer(bench.path());
  const auto connected = std::chrono::steady_clock::now();
  bench.pass(20ms);
  bench.journal.append(1);
  bench.pass(50ms);
  const std::string early = peer.take();
  if (std::chrono::steady_clock::now() - connected < limits::kHelloGrace) {
    CHECK(early.empty());
  }
  bench.pass(300ms);
  CHECK(early + peer.take() == lines(3, 3));
  bench.journal.append(2);
  bench.pass(20ms);
  CHECK(peer.take() == lines(4, 5));
}

TEST_CASE("socket sink: a client that closes its sending side gets events at once") {
  Bench bench;
  bench.start();
  Peer peer(bench.path());
  peer.end_saying();
  bench.pass(20ms);
  bench.journal.append(1);
  bench.pass(20ms);
  CHECK(peer.take() == lines(1, 1));
  bench.journal.append(1);
  bench.pass(20ms);
  CHECK(peer.take() == lines(2, 2));
}

TEST_CASE("socket sink: the end delivers what there is and closes") {
  Bench bench;
  bench.journal.append(100);
  bench.start();
  Peer peer(bench.path());
  peer.say("{\"from\":1}\n");
  bench.pass(5ms);
  bench.sink->drain();
  bench.pass(50ms);
  CHECK(peer.take() == lines(1, 100));
  CHECK(peer.is_closed);
  CHECK(!fs::exists(bench.path()));
}

TEST_CASE("socket sink: the unix socket has its mode, and replaces one that is dead") {
  Bench bench;
  bench.options.mode = 0600;
  fs::create_directories(bench.path().parent_path());
  {
    const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, bench.path().c_str(), sizeof name.sun_path - 1);
    REQUIRE(::bind(dead, static_cast<sockaddr*>(static_cast<void*>(&name)),
                   sizeof name) == 0);
    ::close(dead);
  }
  bench.start();
  CHECK((fs::status(bench.path()).permissions() & fs::perms::mask) == fs::perms(0600));
  Peer peer(bench.path());
  SECTION("and not one that is alive") {
    Bench other;
    other.options.address.path = bench.path().string();
    other.start();
    CHECK(other.sink->status().error.find("another process") != std::string::npos);
    other.stop();
    CHECK(fs::exists(bench.path()));
  }
}

TEST_CASE("socket sink: what is no socket is not removed") {
  Bench bench;
  fs::create_directories(bench.path().parent_path());
  fs::create_directory(bench.path());
  bench.start();
  CHECK(bench.sink->status().error.find(bench.path().string()) != std::string::npos);
  fs::remove(bench.path());
  bench.pass(600ms);
  CHECK(bench.sink->status().error.empty());
  Peer peer(bench.path());
}

TEST_CASE("socket sink: addresses are read as the contract writes them") {
  CHECK(Address::parse("unix:/run/x.sock")->path == "/run/x.sock");
  CHECK(Address::parse("tcp:127.0.0.1:7601")->host == "127.0.0.1");
  CHECK(Address::parse("tcp:127.0.0.1:7601")->port == "7601");
  CHECK(Address::parse("tcp:[::1]:7601")->host == "::1");
  CHECK(Address::parse("tcp::7601")->host.empty());
  CHECK(Address::parse("tcp:[::1]:7601")->to_string() == "tcp:[::1]:7601");
  for (const char* wrong : {"", "unix:", "tcp:", "tcp:host", "tcp:host:", "tcp:host:x",
                            "tcp:host:70000", "tcp:::1:7601", "udp:h:1", "/run/x"}) {
    CAPTURE(wrong);
    CHECK(!Address::parse(wrong));
  }
}
