// A server with made-up feeds, articles and events, for the tests of the status page
// and of the API's description:
//     page_server DIR PORT
// PORT 0: any. Prints the port, then appends an event for each line that it reads on
// stdin ("live TITLE"), and ends at the end of stdin.
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdio>
#include <istream>
#include <string>
#include <unistd.h>

#include "base/task_group.hpp"
#include "daemon/http.hpp"
#include "sinks/encode.hpp"
#include "tests/daemon/http_fakes.hpp"

using namespace siftd;
namespace asio = boost::asio;

namespace {

std::chrono::sys_seconds ago(std::chrono::seconds time) {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) -
         time;
}

ArticleView made(std::uint64_t id, std::string feed, std::string title,
                 std::string text) {
  ArticleView view;
  view.id = id;
  view.feed = std::move(feed);
  view.guid = "guid-" + std::to_string(id);
  view.url = "https://news.example/" + std::to_string(id);
  view.title = std::move(title);
  view.text = std::move(text);
  view.story = 1;
  view.first_seen = ago(std::chrono::minutes(20));
  view.last_changed = ago(std::chrono::minutes(3));
  return view;
}

// The fake, with one article that has everything a page can show.
class Newsroom : public FakeOperations {
 public:
  Newsroom() {
    view.is_ready = true;
    view.config_file = "/etc/siftd/siftd.toml";
    view.state_dir = "/var/lib/siftd";
    fill_feeds();
    fill_articles();
    SinkView sink;
    sink.status = {"events", "file", "/var/log/siftd/events.jsonl", 4, 4, 5120, 0, ""};
    known_sinks.push_back(sink);
    sink.status = {"live", "socket", "unix:/run/siftd/events.sock", 3, 3, 4096, 2, ""};
    sink.behind = 1;
    known_sinks.push_back(sink);
    counted.polls.add("200", 120);
    counted.polls.add("304", 340);
    counted.polls.add("503", 4);
    counted.events.add("article.new", 57);
    counted.copies.add("near", 12);
    counted.removed.add("newsletter", 31);
    counted.feed_bytes = 7400000;
  }

  asio::awaitable<Result<ArticleDetail>> article(std::string which) override {
    for (const auto& one : stored) {
      if (hex(one.id) == which || one.url == which) {
        ArticleDetail detail;
        detail.article = one;
        detail.events = events;
        if (one.id == 1) {
          detail.copies = {stored[1]};
        } else {
          detail.original = stored[0];
        }
        detail.story = {stored[2]};
        co_return detail;
      }
    }
    co_return Error{make_error_code(OperationErrc::not_found), "no article " + which};
  }

  std::vector<StoredEvent> events;

 private:
  static std::string hex(std::uint64_t id) {
    char text[17];
    std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(id));
    return text;
  }

  void fill_feeds() {
    for (int i = 0; i < 12; ++i) {
      FeedView feed;
      feed.name = "feed-" + std::to_string(i) + ".example/rss";
      feed.url = "https://" + feed.name;
      feed.title = "The Daily <b>Example</b> " + std::to_string(i);
      feed.health = i == 3 ? FeedView::Health::failing : FeedView::Health::healthy;
      feed.reason = i == 3 ? "503 Service Unavailable" : "";
      feed.http_status = i == 3 ? 503 : 304;
      feed.failures = i == 3 ? 4 : 0;
      feed.last_poll = ago(std::chrono::minutes(4));
      feed.next_poll = ago(-std::chrono::minutes(11 + i));
      feed.why = i == 3 ? "4 failures in a row: twice the interval"
                        : "changes about every 15 min";
      feed.asked = i % 2 == 0 ? "max-age=900" : "";
      feed.articles = 9;
      feed.copies = 2;
      known_feeds.push_back(feed);
    }
  }

  void fill_articles() {
    stored.push_back(made(
        1, "feed-0", "Harbour reopens after the storm",
        "The harbour opened again on Monday after three days.\n\nTwo ferries left before "
        "noon, the harbour master said."));
    stored.back().removed = {{"newsletter", "Sign up for our newsletter.", 1}};
    stored.push_back(made(2, "feed-5", "Harbour open again",
                          "The harbour opened again on Monday after four days.\n\nThree "
                          "ferries left before "
                          "noon, the harbour master said."));
    stored.back().duplicate_of = 1;
    stored.back().kind = CopyKind::near;
    stored.back().similarity = 0.93;
    stored.push_back(made(3, "feed-2", "<script>alert(1)</script> stays text",
                          "Nothing of this runs: <img src=x onerror=alert(2)>."));
    StoryView story;
    story.id = 1;
    story.title = "Harbour reopens after the storm";
    story.articles = 3;
    story.feeds = {"feed-0", "feed-5", "feed-2"};
    story.first = ago(std::chrono::hours(3));
    story.last = ago(std::chrono::minutes(20));
    known_stories.push_back(story);
  }
};

// An event about a stored article, as the daemon would encode it.
std::string line_of(const ArticleView& view, std::uint32_t revision, std::string title,
                    std::string text, std::uint64_t sequence) {
  ArticleData data;
  data.id = view.guid;
  data.url = view.url;
  data.title = std::move(title);
  data.content_text = std::move(text);
  data.feed = view.feed;
  data.article = view.id;
  data.revision = revision;
  data.words = 18;
  data.removed = view.removed;
  data.story = view.story;
  if (view.duplicate_of != 0) {
    data.duplicate_of = view.duplicate_of;
    data.similarity = view.similarity;
    data.kind = view.kind;
  }
  Event event;
  event.id = "0000000000000001:" + std::to_string(revision);
  event.type = revision > 1             ? EventType::article_updated
               : view.duplicate_of != 0 ? EventType::article_duplicate
                                        : EventType::article_new;
  event.source = "https://news.example/rss";
  event.subject = view.url;
  event.time =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  event.data = std::move(data);
  return encode(event, sequence);
}

// Turns lines of stdin into events.
asio::awaitable<void> follow_stdin(asio::posix::stream_descriptor& input,
                                   Newsroom& operations, FakeJournal& journal,
                                   TaskGroup& server) {
  asio::streambuf buffer;
  for (;;) {
    const auto [error, size] = co_await asio::async_read_until(
        input, buffer, '\n', asio::as_tuple(asio::use_awaitable));
    if (error) {
      server.stop();
      co_return;
    }
    std::istream stream(&buffer);
    std::string line;
    std::getline(stream, line);
    journal.append(EventType::article_new, "feed-0",
                   line_of(operations.stored[2], 1, line, "It has just come in.",
                           journal.newest() + 1));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: page_server DIR PORT\n");
    return 64;
  }
  asio::io_context io;
  Newsroom operations;
  FakeJournal journal(io.get_executor());
  const auto& stored = operations.stored;
  const auto add = [&](EventType type, const ArticleView& view, std::uint32_t revision,
                       const char* title, const char* text) {
    journal.append(type, view.feed,
                   line_of(view, revision, title, text, journal.newest() + 1));
  };
  add(EventType::article_new, stored[0], 1, "Harbour to reopen",
      "The harbour opened again on Monday after two days.");
  add(EventType::article_updated, stored[0], 2, stored[0].title.c_str(),
      stored[0].text.c_str());
  add(EventType::article_duplicate, stored[1], 1, stored[1].title.c_str(),
      stored[1].text.c_str());
  add(EventType::article_new, stored[2], 1, stored[2].title.c_str(),
      stored[2].text.c_str());
  operations.events = {journal.at(1), journal.at(2)};

  HttpServer::Options options;
  options.http.listen = std::string("127.0.0.1:") + argv[2];
  options.http.token = "test-token";
  options.control_socket = std::string(argv[1]) + "/control.sock";
  HttpServer server(io.get_executor(), options, operations, journal);
  std::printf("%u\n", static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  TaskGroup serving(io.get_executor());
  TaskGroup reading(io.get_executor());
  asio::posix::stream_descriptor input(io, ::dup(0));
  serving.spawn(server.run());
  reading.spawn(follow_stdin(input, operations, journal, serving));
  io.run();
  return 0;
}
