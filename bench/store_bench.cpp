// Durable events a second: recorder, journal and a file sink with sync = "1s", beside
// a bare SQLite loop that inserts the same rows with the same number a commit.
//   bench_store [DIR [EVENTS [BYTES]]]
// "events": the event's row alone. "articles": with what the pipeline writes beside
// it (article with its text, two identity keys, a row of memory).
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <filesystem>
#include <sqlite3.h>
#include <stdlib.h>
#include <string>
#include <vector>

#include "base/task_group.hpp"
#include "daemon/recorder.hpp"
#include "daemon/schema.hpp"
#include "sinks/encode.hpp"
#include "sinks/file_sink.hpp"

namespace {

using namespace siftd;
namespace asio = boost::asio;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kWriters = 256;

struct Job {
  fs::path dir;
  std::uint64_t events = 60000;
  std::size_t bytes = 4096;
  bool has_articles = false;
};

std::string text_of(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i) {
    text += "word" + std::to_string(i * 7919 % 10007) + (i % 60 == 59 ? "\n\n" : " ");
  }
  text.resize(bytes);
  return text;
}

// Spread like a hash.
std::uint64_t key(std::uint64_t n) {
  return n * 0x9E3779B97F4A7C15ull;
}

std::string line_of(const Job& job, const std::string& text, std::uint64_t article) {
  ArticleData data;
  data.id = "https://example.org/" + std::to_string(article);
  data.url = data.id;
  data.title = "Title";
  data.content_text = text;
  data.feed = "example";
  data.article = key(article);
  Event event;
  event.id = std::to_string(article) + ":1";
  event.source = "https://example.org/rss.xml";
  event.subject = data.url;
  event.data = data;
  std::string line = encode(event);
  const std::size_t extra = line.size() > job.bytes ? line.size() - job.bytes : 0;
  if (extra > 0) {
    std::get<ArticleData>(event.data).content_text.resize(text.size() - extra);
    line = encode(event);
  }
  return line;
}

WriteSet writes_of(const Job& job, const std::string& line, const std::string& text,
                   std::uint64_t article) {
  WriteSet writes;
  NewEvent event;
  event.id = std::to_string(article) + ":1";
  event.feed = "example";
  event.line = line;
  if (job.has_articles) {
    event.article = key(article);
    ArticleRow row;
    row.id = key(article);
    row.url = "https://example.org/" + std::to_string(article);
    row.text = text;
    row.first_seen = static_cast<std::int64_t>(article);
    writes.articles.push_back(row);
    writes.seen.push_back({key(article * 2), row.id, 1, 1});
    writes.seen.push_back({key(article * 2 + 1), row.id, 1, 1});
    writes.memory.push_back({row.id, row.first_seen, std::string(600, 'm')});
  }
  writes.events.push_back(std::move(event));
  return writes;
}

// Everything ready before the clock starts: lines cost both sides the same.
std::vector<std::string> lines_of(const Job& job, const std::string& text) {
  std::vector<std::string> lines;
  for (std::uint64_t article = 1; article <= 1000; ++article) {
    lines.push_back(line_of(job, text, article));
  }
  return lines;
}

asio::awaitable<void> write(const Job& job, Recorder& recorder,
                            const std::vector<std::string>& lines,
                            const std::string& text, std::uint64_t& next) {
  while (next <= job.events) {
    const std::uint64_t article = next++;
    Recorder::Decide decide = [&job, &lines, &text, article](Store&) {
      return writes_of(job, lines[article % lines.size()], text, article);
    };
    co_await recorder.record(std::move(decide));
  }
}

asio::awaitable<void> all_written(TaskGroup& writers, FileSink& sink) {
  co_await writers.join();
  sink.drain();
}

double ours(const Job& job, double& commits) {
  const std::string text = text_of(job.bytes);
  const std::vector<std::string> lines = lines_of(job, text);
  asio::io_context loop;
  Store store(job.dir / "state");
  Recorder recorder(loop.get_executor(), store);
  FileSinkOptions options;
  options.name = "events";
  options.file.path = job.dir / "events.jsonl";
  FileSink sink(loop.get_executor(), recorder.journal(), options);
  TaskGroup sinks(loop.get_executor());
  TaskGroup writers(loop.get_executor());
  std::uint64_t next = 1;
  const Clock::time_point start = Clock::now();
  sinks.spawn(sink.run());
  for (int i = 0; i < kWriters; ++i) {
    writers.spawn(write(job, recorder, lines, text, next));
  }
  sinks.spawn(all_written(writers, sink));
  loop.run();
  const std::chrono::duration<double> took = Clock::now() - start;
  sinks.check();
  writers.check();
  commits = static_cast<double>(recorder.counters().commits);
  if (sink.status().position != job.events) {
    std::fprintf(stderr, "the file sink has only %llu of %llu events\n",
                 static_cast<unsigned long long>(sink.status().position),
                 static_cast<unsigned long long>(job.events));
    std::exit(1);
  }
  return static_cast<double>(job.events) / took.count();
}

// The same tables and rows, `group` a commit, straight into SQLite.
double bare(const Job& job, std::uint64_t group) {
  const std::string text = text_of(job.bytes);
  const std::vector<std::string> lines = lines_of(job, text);
  fs::create_directories(job.dir);
  Database database(job.dir / "bare.db", Database::Access::read_write);
  database.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;"
      "PRAGMA wal_autocheckpoint = 4000");
  migrate(database, schema_steps());
  Statement begin = database.prepare("BEGIN");
  Statement commit = database.prepare("COMMIT");
  Statement event = database.prepare(
      "INSERT INTO events (sequence, before, time, type, article, previous, sum, feed, "
      "tags,"
      " id, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  Statement article = database.prepare(
      "INSERT INTO articles (id, url, first_seen, last_event, text) VALUES (?, ?, ?, ?, "
      "?)");
  Statement seen = database.prepare("INSERT INTO seen VALUES (?, ?, 1, 1)");
  Statement memory = database.prepare("INSERT INTO memory VALUES (?, ?, ?)");
  const std::string blob(600, 'm');
  const Clock::time_point start = Clock::now();
  std::uint64_t before = 0;
  for (std::uint64_t n = 1; n <= job.events; ++n) {
    if (n % group == 1) {
      begin.run();
    }
    const std::string& line = lines[n % lines.size()];
    if (job.has_articles) {
      article.run(key(n), "https://example.org/" + std::to_string(n), n, n, text);
      seen.run(key(n * 2), key(n));
      seen.run(key(n * 2 + 1), key(n));
      memory.run(key(n), n, blob);
    }
    const std::string tags;
    const std::string feed = "example";
    event.run(n, before, std::uint64_t{1}, 0, job.has_articles ? key(n) : 0, 0, key(n),
              feed, tags, std::to_string(n) + ":1", line);
    before += line.size();
    if (n % group == 0 || n == job.events) {
      commit.run();
    }
  }
  const std::chrono::duration<double> took = Clock::now() - start;
  return static_cast<double>(job.events) / took.count();
}

void compare(Job job, const char* name) {
  const fs::path top = job.dir;
  std::vector<double> ratios;
  for (int round = 0; round < 3; ++round) {
    job.dir = top / "ours";
    double commits = 0;
    const double our_rate = ours(job, commits);
    const double group = static_cast<double>(job.events) / commits;
    fs::remove_all(job.dir);
    job.dir = top / "bare";
    const double bare_rate = bare(job, static_cast<std::uint64_t>(group));
    fs::remove_all(job.dir);
    ratios.push_back(our_rate / bare_rate);
    std::printf(
        "%-8s %zu bytes: %7.0f events/s with the file sink, %.0f a commit; bare SQLite "
        "%7.0f; "
        "ratio %.2f\n",
        name, job.bytes, our_rate, group, bare_rate, ratios.back());
    std::fflush(stdout);
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("%-8s median ratio %.2f\n", name, ratios[1]);
}

}  // namespace

int main(int argc, char** argv) {
  Job job;
  job.dir = fs::path(argc > 1 ? argv[1] : "/var/tmp") / "siftd-bench-store";
  job.events = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : job.events;
  job.bytes = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : job.bytes;
  fs::remove_all(job.dir);
  compare(job, "events");
  job.has_articles = true;
  job.events /= 2;
  compare(job, "articles");
  fs::remove_all(job.dir);
}
