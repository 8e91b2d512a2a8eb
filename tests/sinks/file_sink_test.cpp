#include "sinks/file_sink.hpp"

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/run_until.hpp"
#include "tests/sinks/memory_journal.hpp"

using namespace siftd;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

std::string read_all(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::string lines(std::uint64_t from, std::uint64_t to) {
  std::string text;
  for (; from <= to; ++from) {
    text += MemoryJournal::line(from) + "\n";
  }
  return text;
}

// A sink on a journal of its own; each run() is a life of the process.
struct Bench {
  TemporaryDirectory dir;
  asio::io_context context;
  MemoryJournal journal{context.get_executor()};
  FileSinkOptions options;

  Bench() {
    options.name = "events";
    options.file.path = dir.path() / "out" / "events.jsonl";
    options.sync_every = 20ms;
  }

  const fs::path& path() const { return options.file.path; }

  // Until all is delivered, as with --once.
  Sink::Status run_once() {
    FileSink sink(context.get_executor(), journal, options);
    TaskGroup group(context.get_executor());
    sink.drain();
    group.spawn(sink.run());
    context.run();
    context.restart();
    group.check();
    return sink.status();
  }

  // While it lives, `script` is played; the end comes without warning.
  template <class Script>
  void live(const Script& script) {
    FileSink sink(context.get_executor(), journal, options);
    TaskGroup group(context.get_executor());
    group.spawn(sink.run());
    script(sink);
    group.stop();
    context.restart();
    context.run();
    context.restart();
    group.check();
  }
  template <class Condition>
  void until(const Condition& is_so) {
    CHECK(test::run_until(context, is_so));
  }
  // Appends so many events and waits until the cursor says that they are in the file.
  void deliver(FileSink& sink, std::size_t count) {
    journal.append(count);
    until([&] { return sink.status().position == journal.newest(); });
  }
};

}  // namespace

TEST_CASE("file sink: every event becomes a line, and the cursor says so") {
  Bench bench;
  bench.journal.append(3);
  const Sink::Status status = bench.run_once();
  CHECK(read_all(bench.path()) == lines(1, 3));
  CHECK(bench.journal.cursors["sink:events"].sequence == 3);
  CHECK(status.position == 3);
  CHECK(status.delivered == 3);
  CHECK(status.error.empty());
  bench.journal.append(2);
  bench.run_once();
  CHECK(read_all(bench.path()) == lines(1, 5));
}

TEST_CASE("file sink: the file is for its owner and group, and so is its directory") {
  Bench bench;
  ::umask(0);
  bench.journal.append(1);
  bench.run_once();
  CHECK((fs::status(bench.path()).permissions() & fs::perms::mask) == fs::perms(0640));
  CHECK((fs::status(bench.path().parent_path()).permissions() & fs::perms::mask) ==
        fs::perms(0750));
}

TEST_CASE(
    "file sink: only what the filter takes is written; the cursor passes the rest") {
  Bench bench;
  bench.options.filter.feeds = {"other"};
  bench.journal.append(2);
  bench.journal.append(1, 20, "other");
  bench.journal.append(2);
  bench.run_once();
  CHECK(read_all(bench.path()) == lines(3, 3));
  CHECK(bench.journal.cursors["sink:events"].sequence == 5);
}

TEST_CASE("file sink: a file cut or grown at any byte after a crash is made whole") {
  Bench bench;
  bench.journal.append(4);
  bench.run_once();
  const Journal::Cursor cursor = bench.journal.cursors["sink:events"];
  bench.journal.append(2);
  bench.run_once();
  const std::string whole = read_all(bench.path());
  const std::size_t known = lines(1, 4).size();
  for (std::size_t size = known; size <= whole.size(); ++size) {
    // As a crash leaves it that came after the write and before the cursor.
    bench.journal.cursors["sink:events"] = cursor;
    fs::resize_file(bench.path(), size);
    bench.run_once();
    REQUIRE(read_all(bench.path()) == whole);
  }
  for (const std::string& rubbish :
       {std::string("half a li"), std::string("line\nline\n"), std::string(5000, '\0'),
        lines(6, 6)}) {
    bench.journal.cursors["sink:events"] = cursor;
    fs::resize_file(bench.path(), known);
    std::ofstream(bench.path(), std::ios::app) << rubbish;
    bench.run_once();
    REQUIRE(read_all(bench.path()) == whole);
  }
}

TEST_CASE("file sink: lines that a crash left unrecorded are kept, not written anew") {
  Bench bench;
  bench.journal.append(1);
  bench.run_once();
  const Journal::Cursor cursor = bench.journal.cursors["sink:events"];
  bench.journal.append(5);
  bench.run_once();
  bench.journal.cursors["sink:events"] = cursor;
  CHECK(bench.run_once().bytes == 0);
  CHECK(read_all(bench.path()) == lines(1, 6));
}

TEST_CASE("file sink: a crash before the first cursor repeats nothing") {
  Bench bench;
  bench.journal.append(3);
  // The cursor that is saved before the first line.
  bench.live(
      [&](FileSink& sink) { bench.until([&] { return sink.status().position == 3; }); });
  CHECK(bench.journal.cursors.count("sink:events") == 1);
  Journal::Cursor cursor = bench.journal.cursors["sink:events"];
  const auto place = LogFile::Place::parse(cursor.state);
  REQUIRE(place);
  cursor.sequence = 0;
  LogFile::Place beginning = *place;
  beginning.offset = 0;
  cursor.state = beginning.to_string();
  bench.journal.cursors["sink:events"] = cursor;
  bench.run_once();
  CHECK(read_all(bench.path()) == lines(1, 3));
}

TEST_CASE("file sink: a file renamed while nobody ran is made whole under its new name") {
  Bench bench;
  bench.journal.append(2);
  bench.run_once();
  const Journal::Cursor cursor = bench.journal.cursors["sink:events"];
  bench.journal.append(2);
  bench.run_once();
  bench.journal.cursors["sink:events"] = cursor;
  const fs::path renamed = bench.path().string() + ".1";
  fs::rename(bench.path(), renamed);
  std::ofstream(renamed, std::ios::app) << "half";
  bench.journal.append(1);
  bench.run_once();
  CHECK(read_all(renamed) == lines(1, 4));
  CHECK(read_all(bench.path()) == lines(5, 5));
}

TEST_CASE(
    "hostile 62: a renamed, removed or emptied file is left, and a new one written") {
  Bench bench;
  const fs::path renamed = bench.path().string() + ".1";
  SECTION("renamed, told by SIGHUP") {
    bench.live([&](FileSink& sink) {
      bench.deliver(sink, 2);
      fs::rename(bench.path(), renamed);
      sink.reopen();
      bench.until([&] { return fs::exists(bench.path()); });
      CHECK(read_all(bench.path()).empty());
      bench.deliver(sink, 2);
    });
    CHECK(read_all(renamed) == lines(1, 2));
    CHECK(read_all(bench.path()) == lines(3, 4));
  }
  SECTION("renamed, not told") {
    bench.live([&](FileSink& sink) {
      bench.deliver(sink, 2);
      fs::rename(bench.path(), renamed);
      bench.deliver(sink, 2);
    });
    CHECK(read_all(renamed) == lines(1, 2));
    CHECK(read_all(bench.path()) == lines(3, 4));
  }
  SECTION("its directory removed") {
    bench.live([&](FileSink& sink) {
      bench.deliver(sink, 2);
      fs::remove_all(bench.path().parent_path());
      bench.deliver(sink, 2);
    });
    CHECK(read_all(bench.path()) == lines(3, 4));
  }
  SECTION("emptied, as copytruncate does") {
    bench.live([&](FileSink& sink) {
      bench.deliver(sink, 2);
      fs::resize_file(bench.path(), 0);
      bench.deliver(sink, 2);
    });
    CHECK(read_all(bench.path()) == lines(3, 4));
  }
}

TEST_CASE(
    "hostile 62: symbolic links, pipes and directories are refused, and waited for") {
  Bench bench;
  fs::create_directories(bench.path().parent_path());
  const fs::path elsewhere = bench.dir.path() / "elsewhere";
  const auto block = [&](const auto& make) {
    make();
    bench.journal.append(2);
    bench.live([&](FileSink& sink) {
      bench.until([&] {
        return sink.status().error.find(bench.path().string()) != std::string::npos;
      });
      fs::remove(bench.path());
      sink.reopen();
      bench.until([&] { return sink.status().position == 2; });
      CHECK(sink.status().error.empty());
    });
    CHECK(!fs::exists(elsewhere));
    CHECK(read_all(bench.path()) == lines(1, 2));
  };
  SECTION("a link") {
    block([&] { fs::create_symlink(elsewhere, bench.path()); });
  }
  SECTION("a pipe") {
    block([&] { ::mkfifo(bench.path().c_str(), 0600); });
  }
  SECTION("a directory") {
    block([&] { fs::create_directory(bench.path()); });
  }
}

TEST_CASE("file sink: rotation by size loses and repeats nothing, and keeps so many") {
  Bench bench;
  bench.options.rotate_size = 100;
  bench.options.compress = GENERATE(false, true);
  const auto rotated = [&] {
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(bench.path().parent_path())) {
      files.insert(entry.path());
    }
    files.erase(bench.path());
    return files;
  };
  const auto are_tidy = [&](std::size_t count) {
    const std::set<fs::path> files = rotated();
    return files.size() == count &&
           std::all_of(files.begin(), files.end(), [&](const fs::path& file) {
             return (file.extension() == ".zst") == bench.options.compress;
           });
  };
  const auto rotate_once = [&](std::size_t left) {
    bench.live([&](FileSink& sink) {
      bench.deliver(sink, 6);
      bench.until([&] { return are_tidy(left) && fs::exists(bench.path()); });
    });
  };
  for (std::size_t n = 1; n <= 5; ++n) {
    rotate_once(n);
  }
  if (!bench.options.compress) {
    std::string all;
    for (const fs::path& file : rotated()) {
      all += read_all(file);
    }
    CHECK(all + read_all(bench.path()) == lines(1, 30));
  }
  bench.options.keep = 2;
  rotate_once(2);
}

TEST_CASE("file sink: it goes on where retention has overtaken it") {
  Bench bench;
  bench.journal.append(2);
  bench.run_once();
  bench.journal.append(5);
  bench.journal.remove_before(5);
  bench.run_once();
  CHECK(read_all(bench.path()) == lines(1, 2) + lines(5, 7));
}

TEST_CASE("file sink: the cursor is saved as often as sync says, not for each line") {
  Bench bench;
  bench.options.sync = FileSinkOptions::Sync::interval;
  bench.options.sync_every = 10min;
  bench.live([&](FileSink& sink) {
    for (const std::uint64_t n : {2U, 4U}) {
      bench.journal.append(2);
      bench.until([&] { return sink.status().delivered == n; });
    }
  });
  CHECK(read_all(bench.path()) == lines(1, 4));
  CHECK(bench.journal.saves == 1);  // the place where it began
  bench.options.sync = FileSinkOptions::Sync::always;
  bench.live([&](FileSink& sink) {
    bench.deliver(sink, 1);
    bench.deliver(sink, 1);
  });
  CHECK(bench.journal.cursors["sink:events"].sequence == 6);
}
