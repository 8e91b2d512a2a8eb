#include "daemon/salvage.hpp"

#include <fstream>

#include "daemon/store.hpp"
#include "tests/catch.hpp"
#include "tests/daemon/store_fixture.hpp"

using namespace siftd;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kEvents = 400;

void fill(const fs::path& dir) {
  Store opened(dir);
  WriteSet writes;
  for (std::uint64_t article = 1; article <= kEvents; ++article) {
    WriteSet one = event_writes(article, 200);
    writes.articles.push_back(one.articles[0]);
    writes.seen.push_back(one.seen[0]);
    writes.events.push_back(one.events[0]);
  }
  writes.cursors.push_back({"sink:file", {kEvents, "1 2 3"}});
  writes.settings.push_back({"key", "value"});
  writes.feeds.push_back({"https://example.org/rss", "blob", false});
  store(opened, writes);
}

void overwrite(const fs::path& file, std::uint64_t at, const std::string& bytes) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(at));
  stream << bytes;
}

bool has_quarantine(const fs::path& dir) {
  for (const auto& entry : fs::directory_iterator(dir)) {
    if (entry.path().filename().string().starts_with("siftd.db.damaged-")) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("hostile 61: a sound state has nothing to report") {
  TemporaryDirectory dir;
  fill(dir.path());
  CHECK(check_state(dir.path()).empty());
}

TEST_CASE("hostile 61: a flipped bit in a line is found by its checksum") {
  TemporaryDirectory dir;
  fill(dir.path());
  const fs::path file = dir.path() / "siftd.db";
  std::string bytes;
  {
    std::ifstream stream(file, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(stream), {});
  }
  const std::size_t at = bytes.find("\"title\":\"Article 123\"");
  REQUIRE(at != std::string::npos);
  overwrite(file, at + 9, "B");
  const std::vector<std::string> found = check_state(dir.path());
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("event 123 ") == 0);
  Store opened(dir.path());  // and the start goes on
  CHECK(opened.newest() == kEvents);
}

TEST_CASE("hostile 61: a database that is none any more is moved aside") {
  TemporaryDirectory dir;
  fill(dir.path());
  const fs::path file = dir.path() / "siftd.db";
  SECTION("zeros") {
    overwrite(file, 0, std::string(fs::file_size(file), '\0'));
  }
  SECTION("text") {
    overwrite(file, 0, std::string(4096, 'x'));
  }
  Store opened(dir.path());
  CHECK(has_quarantine(dir.path()));
  store(opened, event_writes(1));
}

TEST_CASE("hostile 61: with any page of the database destroyed the daemon still starts") {
  for (std::uint64_t page = 1;; ++page) {
    TemporaryDirectory dir;
    fill(dir.path());
    const fs::path file = dir.path() / "siftd.db";
    if (page * 4096 >= fs::file_size(file)) {
      CHECK(page > 30);
      return;
    }
    CAPTURE(page);
    overwrite(file, page * 4096, std::string(4096, '\xA5'));
    CHECK(!check_state(dir.path()).empty());
    // What a running daemon does when it meets the damage, and the next start.
    std::ofstream(dir.path() / kDamagedMark) << "damaged\n";
    Store opened(dir.path());
    CHECK(has_quarantine(dir.path()));
    CHECK(!fs::exists(dir.path() / kDamagedMark));
    CHECK(opened.newest() >= kEvents - 20);
    std::uint64_t known = 0;
    for (std::uint64_t article = 1; article <= kEvents; ++article) {
      known += opened.find(article) ? 1u : 0u;
    }
    // One page of the table of keys at most; or all, when its root is gone.
    CHECK((known >= kEvents / 2 || known == 0));
    const std::uint64_t before = opened.newest();
    store(opened, event_writes(kEvents + 1));
    CHECK(opened.newest() == before + 1);
    page += 2;
  }
}
