// Clients of the socket sink: named, slow, gone.
#include <sys/stat.h>

#include "base/limits.hpp"
#include "sinks/socket_sink.hpp"
#include "tests/catch.hpp"
#include "tests/sinks/socket_peer.hpp"

using namespace siftd;
using namespace siftd::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Bench = SocketBench;
using Peer = SocketPeer;

TEST_CASE("socket sink: a first line says where to start and what to send") {
  Bench bench;
  bench.journal.append(3);
  bench.journal.append(1, 20, "other", EventType::feed_status);
  bench.start();
  const auto get = [&](const std::string& hello) {
    Peer peer(bench.path());
    peer.say(hello + "\n");
    bench.pass(30ms);
    return peer.take();
  };
  CHECK(get(R"({"from":"beginning"})") == lines(1, 4));
  CHECK(get(R"({"from":2})") == lines(2, 4));
  CHECK(get(R"({"from":"00000000000000000003"})") == lines(3, 4));
  CHECK(get(R"({"from":0})") == lines(1, 4));
  CHECK(get(R"({"from":"now"})").empty());
  CHECK(get(R"({})").empty());
  CHECK(get(R"({"from":"beginning","feeds":["other"]})") == lines(4, 4));
  CHECK(get(R"({"from":1,"types":["siftd.article.new"]})") == lines(1, 3));
  CHECK(get(R"({"from":1,"types":["siftd.article.new"],"feeds":["other"]})").empty());
}

TEST_CASE("socket sink: a client may ask for what is still to come") {
  Bench bench;
  bench.start();
  Peer peer(bench.path());
  peer.say("{\"from\":3}\n");
  bench.pass(20ms);
  bench.journal.append(4);
  bench.pass(20ms);
  CHECK(peer.take() == lines(3, 4));
}

TEST_CASE(
    "hostile 63: what is no line of the protocol is answered by an error and a close") {
  Bench bench;
  bench.journal.append(2);
  bench.start();
  const std::string deep = std::string(60000, '[');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "JSON"},
      {"[1,2]\n", "JSON"},
      {"42\n", "JSON"},
      {"\n", "JSON"},
      {deep + "\n", "JSON"},
      {std::string("{\"from\":\"now\0\"}\n", 16), "JSON"},
      {"{\"consumer\":\"\xff\"}\n", "JSON"},
      {R"({"form":"now"})"
       "\n",
       "unknown key \\\"form\\\""},
      {R"({"from":-5})"
       "\n",
       "from"},
      {R"({"from":1.5})"
       "\n",
       "from"},
      {R"({"from":"yesterday"})"
       "\n",
       "from"},
      {R"({"from":999999999999999999999999999999})"
       "\n",
       "from"},
      {R"({"types":7})"
       "\n",
       "types"},
      {R"({"types":["nonsense"]})"
       "\n",
       "types"},
      {R"({"feeds":[7]})"
       "\n",
       "feeds"},
      {R"({"consumer":{"a":1}})"
       "\n",
       "consumer"},
      {R"({"consumer":""})"
       "\n",
       "consumer"},
      {R"({"consumer":"../../etc/passwd"})"
       "\n",
       "consumer"},
      {R"({"consumer":")" + std::string(129, 'a') + "\"}\n", "consumer"},
      {R"({"from":1})"
       "\n"
       R"({"from":1})"
       "\n",
       "ack"},
      {R"({"from":1})"
       "\n"
       R"({"ack":1})"
       "\n",
       "consumer"},
      {R"({"from":"now","consumer":"x"})"
       "\n"
       R"({"ack":"no"})"
       "\n",
       "ack"},
      {R"({"from":"now","consumer":"y"})"
       "\n"
       R"({"ack":99999999999})"
       "\n",
       "99999999999"},
      {std::string(70000, 'x'), "64 KiB"},
  };
  for (const auto& [said, expected] : cases) {
    Peer peer(bench.path());
    peer.say(said);
    bench.pass(30ms);
    const std::string answer = peer.take();
    CAPTURE(said.substr(0, 80), answer);
    const std::size_t error = answer.find("{\"error\":\"");
    REQUIRE(error != std::string::npos);
    CHECK(answer.find(expected, error) != std::string::npos);
    CHECK(answer.back() == '\n');
    CHECK(peer.is_closed);
  }
  // The others do not notice.
  Peer good(bench.path());
  good.say("{\"from\":1}\n");
  bench.pass(20ms);
  CHECK(good.take() == lines(1, 2));
}

TEST_CASE("socket sink: a named consumer goes on after what it acknowledged") {
  Bench bench;
  bench.journal.append(5);
  bench.start();
  {
    Peer peer(bench.path());
    peer.say("{\"consumer\":\"c1\",\"from\":\"beginning\"}\n");
    bench.pass(20ms);
    CHECK(peer.take() == lines(1, 5));
    peer.say("{\"ack\":2}\n{\"ack\":\"00000000000000000003\"}\n{\"ack\":1}\n");
    bench.pass(20ms);
  }
  CHECK(bench.acknowledged("c1") == 3);
  SECTION("at its next connection, whatever it says") {
    Peer peer(bench.path());
    peer.say("{\"consumer\":\"c1\",\"from\":\"now\"}\n");
    bench.pass(20ms);
    CHECK(peer.take() == lines(4, 5));
  }
  SECTION("after a restart") {
    bench.stop();
    bench.start();
    Peer peer(bench.path());
    peer.say("{\"consumer\":\"c1\"}\n");
    bench.pass(20ms);
    CHECK(peer.take() == lines(4, 5));
  }
}

TEST_CASE("socket sink: a new name without a place starts now, and keeps that place") {
  Bench bench;
  bench.journal.append(5);
  bench.start();
  {
    Peer peer(bench.path());
    peer.say("{\"consumer\":\"new\"}\n");
    bench.pass(20ms);
    CHECK(peer.take().empty());
  }
  bench.journal.append(2);
  Peer peer(bench.path());
  peer.say("{\"consumer\":\"new\"}\n");
  bench.pass(20ms);
  CHECK(peer.take() == lines(6, 7));
}

TEST_CASE("socket sink: a second connection of a name takes over, the first is told") {
  Bench bench;
  bench.start();
  Peer first(bench.path());
  first.say("{\"consumer\":\"c\"}\n");
  bench.pass(20ms);
  Peer second(bench.path());
  second.say("{\"consumer\":\"c\"}\n");
  bench.pass(20ms);
  CHECK(first.take().find("{\"error\":\"consumer c ") == 0);
  CHECK(first.is_closed);
  bench.journal.append(1);
  bench.pass(20ms);
  CHECK(second.take() == lines(1, 1));
}

TEST_CASE(
    "socket sink: acknowledging the last event sent covers what the filter left out") {
  Bench bench;
  bench.journal.append(1);
  bench.journal.append(3, 20, "other");
  bench.start();
  Peer peer(bench.path());
  peer.say("{\"consumer\":\"c\",\"from\":1,\"feeds\":[\"example\"]}\n");
  bench.pass(20ms);
  CHECK(peer.take() == lines(1, 1));
  peer.say("{\"ack\":1}\n");
  bench.pass(20ms);
  CHECK(bench.acknowledged("c") == 4);
}

TEST_CASE("socket sink: what retention removed is an error that names the oldest") {
  Bench bench;
  bench.journal.append(5);
  bench.start();
  {
    Peer consumer(bench.path());
    consumer.say("{\"consumer\":\"c\",\"from\":1}\n");
    bench.pass(20ms);
  }
  bench.journal.remove_before(4);
  Peer peer(bench.path());
  peer.say("{\"from\":2}\n");
  Peer consumer(bench.path());
  consumer.say("{\"consumer\":\"c\"}\n");
  bench.pass(20ms);
  CHECK(peer.take().find("the oldest is 4") != std::string::npos);
  CHECK(peer.is_closed);
  CHECK(consumer.take().find("the oldest is 4") != std::string::npos);
  CHECK(consumer.is_closed);
  // It was told once; now it can go on.
  Peer again(bench.path());
  again.say("{\"consumer\":\"c\"}\n");
  bench.pass(20ms);
  CHECK(again.take() == lines(4, 5));
}

TEST_CASE("socket sink: a silent reader that falls behind is told and closed") {
  Bench bench;
  bench.options.queue = 500'000;
  bench.start();
  Peer slow(bench.path());
  Peer own_pace(bench.path());
  own_pace.say("{\"from\":\"now\"}\n");
  bench.pass(300ms);
  bench.journal.append(1000, 2000);
  bench.pass(2500ms);
  std::string got = slow.take();
  bench.pass(50ms);
  got += slow.take();
  CHECK(slow.is_closed);
  const std::size_t last = got.rfind('\n', got.size() - 2);
  // Whole lines, then the error if there was still room for it.
  const bool has_error = got.find("{\"error\":\"", last) == last + 1;
  if (!has_error) {
    CHECK(got.size() < 1'000'000);
  }
  // The other one gets it all.
  std::string all;
  for (int round = 0; round < 100 && all.size() < 2'001'000; ++round) {
    all += own_pace.take();
    bench.pass(5ms);
  }
  CHECK(all == lines(1, 1000, 2000));
}

TEST_CASE("hostile 63: clients that never read hold up nobody") {
  Bench bench;
  bench.journal.append(2000, 2000);
  bench.start();
  std::vector<std::unique_ptr<Peer>> lazy;
  for (int i = 0; i < 50; ++i) {
    lazy.push_back(std::make_unique<Peer>(bench.path()));
    lazy.back()->say("{\"from\":1}\n");
  }
  bench.pass(100ms);
  Peer good(bench.path());
  good.say("{\"from\":1}\n");
  std::string all;
  for (int round = 0; round < 200 && all.size() < 4'002'000; ++round) {
    bench.pass(5ms);
    all += good.take();
  }
  CHECK(all == lines(1, 2000, 2000));
  CHECK(bench.sink->status().clients == 51);
  lazy.clear();
  bench.pass(50ms);
  CHECK(bench.sink->status().clients == 1);
}

TEST_CASE("socket sink: a client that vanishes is noticed though nothing is sent to it") {
  Bench bench;
  bench.start();
  Peer peer(bench.path());
  peer.say("{}\n");
  bench.pass(20ms);
  CHECK(bench.sink->status().clients == 1);
  peer.close();
  bench.pass(20ms);
  CHECK(bench.sink->status().clients == 0);
}
