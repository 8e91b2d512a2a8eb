#include "sinks/encode.hpp"

#include <algorithm>
#include <rapidjson/document.h>
#include <string>

#include "base/limits.hpp"
#include "tests/catch.hpp"

using namespace siftd;
using namespace std::chrono_literals;

namespace {

Event article() {
  ArticleData data;
  data.id = "urn:1";
  data.url = "https://example.org/a";
  data.title = "A title";
  data.content_text = "One.\n\nTwo.";
  data.feed = "example";
  data.article = 0x6f1c0a;
  data.text_from = TextFrom::page;
  data.words = 2;
  data.removed.push_back({"alternate-addresses", "Also at example.com"});
  data.story = 0xff;
  Event event;
  event.id = "00000000006f1c0a:1";
  event.source = "https://example.org/rss.xml";
  event.subject = data.url;
  event.time =
      std::chrono::sys_days{std::chrono::January / 8 / 2022} + 18h + 4min + 11s + 40ms;
  event.data = data;
  return event;
}

std::string title_in_json(const std::string& title) {
  Event event = article();
  std::get<ArticleData>(event.data).title = title;
  const std::string line = encode(event);
  const std::size_t at = line.find("\"title\":") + 8;
  return line.substr(at, line.find(",\"content_text\"") - at);
}

}  // namespace

TEST_CASE("encode: an article has the members of the contract in their order") {
  CHECK(
      encode(article(), 1042) ==
      R"({"specversion":"1.0","id":"00000000006f1c0a:1","type":"siftd.article.new",)"
      R"("source":"https://example.org/rss.xml","subject":"https://example.org/a",)"
      R"("time":"2022-01-08T18:04:11.040Z","datacontenttype":"application/json",)"
      R"("sequence":"00000000000000001042","data":{"id":"urn:1",)"
      R"("url":"https://example.org/a","title":"A title","content_text":"One.\n\nTwo.",)"
      R"("authors":[],"tags":[],"attachments":[],"_siftd":{"feed":"example",)"
      R"("article":"00000000006f1c0a","revision":1,"text_from":"page","words":2,)"
      R"("removed":[{"rule":"alternate-addresses","text":"Also at example.com"}],)"
      R"("story":"00000000000000ff","duplicate_of":null,"similarity":0,"kind":null}}})");
}

TEST_CASE("encode: an update carries what changed") {
  Event event = article();
  event.type = EventType::article_updated;
  auto& data = std::get<ArticleData>(event.data);
  Changes changes;
  changes.added = {"new"};
  changes.changed = {{"old", "other"}};
  changes.title_before = "Was";
  changes.title_after = "Is";
  data.changes = changes;
  data.duplicate_of = 0xabc;
  data.similarity = 0.87654321;
  data.kind = CopyKind::near;
  const std::string line = encode(event);
  CHECK(line.find(R"("changes":{"added":["new"],"removed":[],"changed":[{"before":"old",)"
                  R"("after":"other"}],"title":{"before":"Was","after":"Is"}})") !=
        std::string::npos);
  CHECK(line.find(
            R"("duplicate_of":"0000000000000abc","similarity":0.8765,"kind":"near")") !=
        std::string::npos);
}

TEST_CASE("encode: a feed's status says what happened") {
  FeedStatusData data;
  data.feed = "example";
  data.url = "https://example.org/rss.xml";
  data.status = FeedStatusData::Status::gone;
  data.reason = "410 Gone";
  data.http_status = 410;
  data.failures = 1;
  data.since = std::chrono::sys_days{std::chrono::January / 8 / 2022};
  Event event = article();
  event.type = EventType::feed_status;
  event.data = data;
  CHECK(
      encode(event).find(
          R"("data":{"feed":"example","url":"https://example.org/rss.xml","status":"gone",)"
          R"("reason":"410 Gone","http_status":410,"failures":1,)"
          R"("since":"2022-01-08T00:00:00Z","next_poll":null}})") != std::string::npos);
}

TEST_CASE("encode: control characters are escaped and broken UTF-8 is mended") {
  CHECK(title_in_json("a\nb\t\x01\"\\") == R"("a\nb\t\u0001\"\\")");
  CHECK(title_in_json("\x7f") == R"("\u007f")");
  CHECK(title_in_json("\xC2\x9B[31m") == R"("\u009b[31m")");
  CHECK(title_in_json("Müller €") == "\"Müller €\"");
  CHECK(title_in_json("a\xff\xfe") == "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
  CHECK(title_in_json("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  CHECK(title_in_json(std::string("\0", 1)) == R"("\u0000")");
}

TEST_CASE("encode: any bytes make one valid line") {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      std::string title = {static_cast<char>(first), static_cast<char>(second), 'x'};
      Event event = article();
      std::get<ArticleData>(event.data).title = title;
      const std::string line = encode(event);
      rapidjson::Document document;
      document.Parse<rapidjson::kParseValidateEncodingFlag>(line.c_str(), line.size());
      REQUIRE(!document.HasParseError());
      REQUIRE(std::none_of(line.begin(), line.end(),
                           [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    }
  }
}

TEST_CASE("encode: a year that RFC 3339 does not know is left out") {
  Event event = article();
  auto& data = std::get<ArticleData>(event.data);
  data.published = std::chrono::sys_days{std::chrono::year(12000) / 1 / 1};
  data.modified = std::chrono::sys_days{std::chrono::year(1999) / 1 / 2};
  const std::string line = encode(event);
  CHECK(line.find("date_published") == std::string::npos);
  CHECK(line.find(R"("date_modified":"1999-01-02T00:00:00Z")") != std::string::npos);
}

TEST_CASE("encode: a line that would be too long is cut at a paragraph and says so") {
  Event event = article();
  auto& data = std::get<ArticleData>(event.data);
  data.content_text.clear();
  while (data.content_text.size() < limits::kMaxEventBytes + 5) {
    data.content_text += std::string(1000, 'x') + "\n\n";
  }
  SECTION("by its text") {}
  SECTION("by what is not its text") {
    data.removed.assign(100, {"rule", std::string(100 * limits::kKiB, '\x01')});
    data.title = std::string(20 * limits::kMiB, 't');
  }
  const std::string line = encode(event, 7);
  CHECK(line.size() < limits::kMaxEventBytes);
  rapidjson::Document document;
  document.Parse(line.c_str(), line.size());
  REQUIRE(!document.HasParseError());
  CHECK(document["data"]["_siftd"]["truncated"].GetBool());
  const std::string text = document["data"]["content_text"].GetString();
  CHECK(text.size() % 1002 == 1000);
  CHECK(document["sequence"] == "00000000000000000007");
}

TEST_CASE("encode: the sequence is set in place, whatever the strings before it hold") {
  Event event = article();
  event.subject = R"("sequence":"99999999999999999999")";
  std::string line = encode(event);
  const std::size_t size = line.size();
  set_sequence(line, 42);
  CHECK(line.size() == size);
  rapidjson::Document document;
  document.Parse(line.c_str(), line.size());
  CHECK(document["sequence"] == "00000000000000000042");
  CHECK(document["subject"].GetString() == event.subject);
}
