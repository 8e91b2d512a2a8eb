#include "daemon/pretty.hpp"

#include "tests/catch.hpp"

using namespace siftd;

namespace {

const char* const kNew = R"({"specversion":"1.0","id":"6f:1","type":"siftd.article.new",
"source":"https://a.test/rss","subject":"https://a.test/1","time":"2026-01-08T18:04:11.402Z",
"sequence":"00000000000000000042","data":{"id":"1","url":"https://a.test/1",
"title":"Rain \u001b[2Jtomorrow","content_text":"First words.\n\nSecond words.",
"authors":[{"name":"Ann"}],"language":"en","_siftd":{"feed":"example","article":"6f",
"revision":1,"text_from":"page","words":4,"removed":[{"rule":"sign-up","text":"Sign up now"}],
"story":"1","duplicate_of":null,"similarity":0,"kind":null}}})";

}  // namespace

TEST_CASE("pretty: an article is a block of readable lines", "[pretty]") {
  CHECK(pretty(kNew, {}) ==
        "18:04:11 new example  #42\n"
        "  Rain \\x1b[2Jtomorrow\n"
        "  https://a.test/1\n"
        "  Ann · 4 words · from its page · en\n"
        "  First words.\n"
        "  Second words.\n"
        "  ~ Sign up now\n"
        "  ^ removed: sign-up\n");
}

TEST_CASE("pretty: in colour what was removed is struck out", "[pretty]") {
  PrettyOptions options;
  options.color = true;
  CHECK(pretty(kNew, options).find("\x1b[2;9mSign up now\x1b[0m") != std::string::npos);
}

TEST_CASE("pretty: long texts end with an ellipsis", "[pretty]") {
  PrettyOptions options;
  options.text_lines = 1;
  const std::string block = pretty(kNew, options);
  CHECK(block.find("  First words.\n  …\n") != std::string::npos);
  CHECK(block.find("Second") == std::string::npos);
}

TEST_CASE("pretty: a copy names its original and how sure that is", "[pretty]") {
  const std::string block = pretty(
      R"({"type":"siftd.article.duplicate","time":"2026-01-08T18:04:11.402Z","data":{
      "title":"T","_siftd":{"feed":"f","duplicate_of":"ab12","similarity":0.934,"kind":"near"}}})",
      {});
  CHECK(block.find("copy of ab12 (near, 93 % alike)") != std::string::npos);
}

TEST_CASE("pretty: an update shows what changed instead of the text", "[pretty]") {
  const std::string block = pretty(
      R"({"type":"siftd.article.updated","time":"2026-01-08T18:04:11.402Z","data":{
      "title":"T","content_text":"all of it","_siftd":{"feed":"f","revision":2,"changes":{
      "added":["more"],"removed":["less"],"changed":[{"before":"x","after":"y"}]}}}})",
      {});
  CHECK(block.find("revision 2") != std::string::npos);
  CHECK(block.find("  - less\n  + more\n  - x\n  + y\n") != std::string::npos);
  CHECK(block.find("all of it") == std::string::npos);
}

TEST_CASE("pretty: a feed's status says why and what comes next", "[pretty]") {
  CHECK(
      pretty(
          R"({"type":"siftd.feed.status","time":"2026-01-08T18:04:11.402Z","sequence":"7",
            "data":{"feed":"f","url":"https://a.test/","status":"gone","reason":"410 Gone"}})",
          {}) ==
      "18:04:11 feed f  #7\n  gone: 410 Gone\n  https://a.test/\n  no further poll\n");
}

TEST_CASE("pretty: what is no event is shown escaped", "[pretty]") {
  CHECK(pretty("\x1b]8;;x", {}) == "\\x1b]8;;x\n");
  CHECK(pretty("[1]", {}) == "[1]\n");
  CHECK(pretty(R"({"type":"siftd.article.new","data":[]})", {}).size() > 4);
}
