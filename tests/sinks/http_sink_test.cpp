#include "sinks/http_sink.hpp"

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "tests/catch.hpp"
#include "tests/run_until.hpp"
#include "tests/sinks/memory_journal.hpp"

using namespace siftd;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// A receiver that answers as it is told.
struct Receiver {
  std::vector<Post> posts;
  std::vector<int> answers;  // the next first; none left: 200; 0: no answer
  std::string refuses;       // a body that holds this: 400

  asio::awaitable<Result<int>> take(Post post) {
    posts.push_back(post);
    if (!refuses.empty() && post.body.find(refuses) != std::string::npos) {
      co_return 400;
    }
    if (answers.empty()) {
      co_return 200;
    }
    const int answer = answers.front();
    answers.erase(answers.begin());
    if (answer == 0) {
      co_return Error{asio::error::timed_out, "timed out"};
    }
    co_return answer;
  }
};

struct Bench {
  TemporaryDirectory dir;
  asio::io_context context;
  MemoryJournal journal{context.get_executor()};
  Receiver receiver;
  HttpSinkOptions options;

  Bench() {
    options.name = "hook";
    options.url = "https://example.org/hook";
    options.dead_letters = dir.path() / "dead-letters" / "hook.jsonl";
  }

  // A life of the sink, until `is_so(sink)`.
  template <class Condition>
  Sink::Status run_until(const Condition& is_so, bool is_draining = true) {
    PostFunction post = [this](Post what) {
      return receiver.take(std::move(what));
    };
    HttpSink sink(context.get_executor(), journal, options, post);
    TaskGroup group(context.get_executor());
    if (is_draining) {
      sink.drain();
    }
    group.spawn(sink.run());
    CHECK(test::run_until(context, [&] { return is_so(sink); }));
    const Sink::Status status = sink.status();
    group.stop();
    context.restart();
    context.run();
    context.restart();
    group.check();
    return status;
  }
  Sink::Status run_to(std::uint64_t end, bool is_draining = true) {
    return run_until([&](const HttpSink&) { return cursor() == end; }, is_draining);
  }

  std::uint64_t cursor() { return journal.cursors["sink:hook"].sequence; }
  std::string dead_letters() const {
    std::ifstream file(options.dead_letters);
    return std::string((std::istreambuf_iterator<char>(file)), {});
  }
};

std::string array(std::uint64_t from, std::uint64_t to) {
  std::string text = "[";
  for (std::uint64_t n = from; n <= to; ++n) {
    text += (n == from ? "" : ",") + MemoryJournal::line(n);
  }
  return text + "]";
}

}  // namespace

TEST_CASE("webhook: events go out in batches of CloudEvents and the cursor follows") {
  Bench bench;
  bench.journal.append(150);
  const Sink::Status status = bench.run_to(150);
  REQUIRE(bench.receiver.posts.size() == 2);
  CHECK(bench.receiver.posts[0].body == array(1, 100));
  CHECK(bench.receiver.posts[1].body == array(101, 150));
  CHECK(bench.receiver.posts[0].url == "https://example.org/hook");
  CHECK(bench.receiver.posts[0].headers[0].second.starts_with(
      "application/cloudevents-batch+json"));
  CHECK(bench.receiver.posts[0].headers.size() == 1);
  CHECK(status.delivered == 150);
  bench.journal.append(1);
  bench.run_to(151);
  REQUIRE(bench.receiver.posts.size() == 3);
  CHECK(bench.receiver.posts[2].body == array(151, 151));
}

TEST_CASE("webhook: the body is signed with the secret") {
  // RFC 4231, test case 2.
  CHECK(signature("Jefe", "what do ya want for nothing?") ==
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  Bench bench;
  bench.options.secret = "key";
  bench.journal.append(1);
  bench.run_to(1);
  REQUIRE(bench.receiver.posts.size() == 1);
  CHECK(bench.receiver.posts[0].headers.back().first == "X-Hub-Signature-256");
  CHECK(bench.receiver.posts[0].headers.back().second == signature("key", array(1, 1)));
}

TEST_CASE("webhook: what may pass is tried again until it is taken") {
  Bench bench;
  bench.journal.append(3);
  bench.receiver.answers = {0, 500, 429};
  bench.run_to(3, false);
  CHECK(bench.receiver.posts.size() == 4);
  CHECK(bench.receiver.posts.back().body == array(1, 3));
}

TEST_CASE(
    "webhook: while the receiver is down the status says so and nothing is passed over") {
  Bench bench;
  bench.journal.append(3);
  bench.receiver.answers.assign(100, 503);
  bench.run_until(
      [](const HttpSink& sink) {
        return sink.status().error.find("503") != std::string::npos;
      },
      false);
  CHECK(bench.journal.cursors.count("sink:hook") == 0);
}

TEST_CASE("webhook: an event refused for good is kept aside and the others go on") {
  Bench bench;
  bench.journal.append(5);
  bench.receiver.refuses = MemoryJournal::line(3);
  bench.run_to(5);
  CHECK(bench.dead_letters() == MemoryJournal::line(3) + "\n");
  std::string taken;
  for (const Post& post : bench.receiver.posts) {
    taken += post.body.find(bench.receiver.refuses) == std::string::npos ? post.body : "";
  }
  CHECK(taken == array(1, 1) + array(2, 2) + array(4, 4) + array(5, 5));
}

TEST_CASE("webhook: the filter leaves out, and a batch of nothing is not sent") {
  Bench bench;
  bench.options.filter.feeds = {"other"};
  bench.journal.append(3);
  bench.run_to(3);
  CHECK(bench.receiver.posts.empty());
}
