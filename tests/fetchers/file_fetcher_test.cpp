#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"
#include "tests/fetchers/fetch_test.hpp"

using namespace siftd;
using namespace siftd::test;

namespace {

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               ("siftd-test-files-" + std::to_string(getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

Request file_request(const std::string& url) {
  auto access = std::make_shared<Access>();
  access->allow_file = true;
  Request request;
  request.url = url;
  request.access = access;
  request.max_body = 1000;
  return request;
}

}  // namespace

TEST_CASE("files: read when allowed, conditional, and bounded") {
  Folder folder;
  std::ofstream(folder.path / "a feed.xml") << "<rss/>";
  Lab lab;
  const std::string url = "file://" + (folder.path / "a%20feed.xml").string();
  Request request = file_request(url);
  const Result<Page> page = lab.fetch(request);
  REQUIRE(page.has_value());
  CHECK(page->status == 200);
  CHECK(page->body == "<rss/>");
  request.etag = page->etag;
  CHECK(lab.fetch(request)->status == 304);
  std::ofstream(folder.path / "a feed.xml") << std::string(2000, 'x');
  CHECK(lab.fetch(request).error().code == FetchErrc::too_large);
  request.access = nullptr;
  CHECK(lab.fetch(request).error().code == FetchErrc::scheme_denied);
}

TEST_CASE("files: what is no regular file holds nothing up") {
  Folder folder;
  REQUIRE(mkfifo((folder.path / "pipe").c_str(), 0600) == 0);
  Lab lab;
  CHECK(lab.fetch(file_request("file://" + (folder.path / "none").string()))->status ==
        404);
  for (const std::string& url :
       {"file://" + (folder.path / "pipe").string(), "file://" + folder.path.string(),
        std::string("file:///dev/zero"),
        std::string("file://elsewhere.example/etc/passwd")}) {
    INFO(url);
    CHECK_FALSE(lab.fetch(file_request(url)).has_value());
  }
}
