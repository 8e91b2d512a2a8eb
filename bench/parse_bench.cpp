// How fast feeds are parsed, beside what the bare libraries make of the same bytes.
//
//   bench_parse FILE...     feeds of your own
//   bench_parse             three feeds made here, 5 MB each
//
// CPU time of the process, one thread. "siftd" is everything that `siftd parse` does
// with bytes in memory: charset, parsing, sanitising, JSON Feed written to memory. The
// libraries only read: libxml2 counts what its SAX interface reports, RapidJSON
// likewise, MyHTML makes its tree of the bytes as if they were HTML.
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <libxml/parser.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <string>
#include <vector>

#include "parsers/feed_json.hpp"
#include "parsers/json_writer.hpp"
#include "parsers/parse.hpp"

extern "C" {
#include <myhtml/api.h>
}

namespace {

using namespace siftd;

constexpr std::size_t kSize = 5'000'000;

struct Feed {
  std::string name;
  std::string bytes;
  bool is_json = false;
};

// ---- the feeds

class Words {
 public:
  std::string sentence() {
    static constexpr const char* kWords[] = {
        "the", "council", "of",    "Zürich", "has",  "voted", "against", "a",     "new",
        "law", "that",    "would", "make",   "it",   "twice", "as",      "hard",  "to",
        "buy", "and",     "sell",  "old",    "maps", "which", "people",  "often", "want"};
    std::string text;
    const unsigned count = 6 + next() % 20;
    for (unsigned i = 0; i < count; ++i) {
      text += kWords[next() % std::size(kWords)];
      text += i + 1 < count ? " " : ". ";
    }
    return text;
  }

  std::string body() {
    std::string html;
    const unsigned count = 4 + next() % 10;
    for (unsigned i = 0; i < count; ++i) {
      html += "<p>" + sentence() + "<em>" + sentence() + "</em> " + sentence();
      if (next() % 2 == 0) {
        html += "<a href=\"https://www.example.org/" + std::to_string(next()) +
                "?a=1&amp;b=2\">" + sentence() + "</a>";
      }
      html += " &#8217;&nbsp;&amp; “x”</p>\n";
    }
    html +=
        "<figure class=\"wide\"><img src=\"https://cdn.example.org/a.jpg\" width=\"640\" "
        "srcset=\"https://cdn.example.org/b.jpg 2x\" alt=\"x\"></figure>\n";
    return html;
  }

  unsigned next() {
    state_ = state_ * 1103515245u + 12345u;
    return state_ >> 16;
  }

 private:
  unsigned state_ = 7;
};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  }
  return out;
}

Feed made_rss() {
  Words words;
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "
      "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
      "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Example</title>"
      "<link>https://www.example.org/</link>\n";
  for (int i = 0; out.size() < kSize; ++i) {
    const std::string id = std::to_string(i);
    out += "<item><title>" + words.sentence() + "</title><link>https://www.example.org/" +
           id +
           "</link><dc:creator><![CDATA[Ann Lee]]></dc:creator>"
           "<pubDate>Sat, 08 Jan 2022 18:04:11 +0000</pubDate><category>World</category>"
           "<guid isPermaLink=\"false\">" +
           id + "</guid><description><![CDATA[<p>" + words.sentence() +
           "</p>]]></description><content:encoded><![CDATA[" + words.body() +
           "]]></content:encoded></item>\n";
  }
  return {"rss", out + "</channel></rss>\n", false};
}

Feed made_atom() {
  Words words;
  std::string out =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed "
      "xmlns=\"http://www.w3.org/2005/Atom\">"
      "<title>Example</title><link href=\"https://www.example.org/\"/>\n";
  for (int i = 0; out.size() < kSize; ++i) {
    const std::string id = std::to_string(i);
    out += "<entry><title>" + words.sentence() +
           "</title><link href=\"https://www.example.org/" + id +
           "\"/><id>tag:example.org,2022:" + id +
           "</id><updated>2022-01-08T18:04:11Z</updated><author><name>Ann "
           "Lee</name></author>"
           "<summary>" +
           words.sentence() + "</summary><content type=\"html\">" +
           escaped(words.body()) + "</content></entry>\n";
  }
  return {"atom", out + "</feed>\n", false};
}

Feed made_json() {
  Words words;
  std::string out =
      "{\"version\":\"https://jsonfeed.org/version/"
      "1.1\",\"title\":\"Example\",\"items\":[";
  for (int i = 0; out.size() < kSize; ++i) {
    JsonWriter json(out);
    out += i == 0 ? "" : ",";
    json.begin_object();
    json.member("id", std::to_string(i));
    json.member("url", "https://www.example.org/" + std::to_string(i));
    json.member("title", words.sentence());
    json.member("content_html", words.body());
    json.member("date_published", "2022-01-08T18:04:11Z");
    json.end_object();
  }
  return {"json", out + "]}", true};
}

// ---- the parsers

std::size_t run_siftd(const Feed& feed) {
  Page page;
  page.url = "https://www.example.org/feed";
  page.body = feed.bytes;
  std::string out;
  const auto info =
      parse_feed(page, [&](const Item& item) { append_json_item(out, item); });
  if (info) {
    append_json_feed_members(out, *info);
  }
  return out.size();
}

std::size_t run_libxml2(const Feed& feed) {
  std::size_t seen = 0;
  xmlSAXHandler handler;
  std::memset(&handler, 0, sizeof handler);
  handler.initialized = XML_SAX2_MAGIC;
  handler.startElementNs = [](void* context, const xmlChar*, const xmlChar*,
                              const xmlChar*, int, const xmlChar**, int, int,
                              const xmlChar**) {
    ++*static_cast<std::size_t*>(context);
  };
  handler.characters = [](void* context, const xmlChar*, int size) {
    *static_cast<std::size_t*>(context) += static_cast<std::size_t>(size);
  };
  handler.cdataBlock = handler.characters;
  xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, &seen, nullptr, 0, nullptr);
  xmlCtxtUseOptions(parser, XML_PARSE_HUGE | XML_PARSE_NONET | XML_PARSE_RECOVER);
  xmlParseChunk(parser, feed.bytes.data(), static_cast<int>(feed.bytes.size()), 1);
  xmlFreeParserCtxt(parser);
  return seen;
}

struct CountStrings : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, CountStrings> {
  std::size_t seen = 0;
  bool String(const char*, rapidjson::SizeType size, bool) {
    seen += size;
    return true;
  }
  bool Default() { return true; }
};

std::size_t run_rapidjson(const Feed& feed) {
  CountStrings handler;
  rapidjson::Reader reader;
  rapidjson::StringStream stream(feed.bytes.c_str());
  reader.Parse(stream, handler);
  return handler.seen;
}

std::size_t run_myhtml(const Feed& feed) {
  myhtml_t* parser = myhtml_create();
  myhtml_init(parser, MyHTML_OPTIONS_PARSE_MODE_SINGLE, 1, 0);
  myhtml_tree_t* tree = myhtml_tree_create();
  myhtml_tree_init(tree, parser);
  myhtml_parse(tree, MyENCODING_UTF_8, feed.bytes.data(), feed.bytes.size());
  const std::size_t seen = myhtml_tree_get_document(tree) != nullptr;
  myhtml_tree_destroy(tree);
  myhtml_destroy(parser);
  return seen;
}

// Repeats until a second of CPU time is gone.
void measure(const char* what, const Feed& feed,
             const std::function<std::size_t(const Feed&)>& parse) {
  std::size_t rounds = 0;
  std::size_t seen = 0;
  const std::clock_t start = std::clock();
  double seconds = 0;
  do {
    seen += parse(feed);
    ++rounds;
    seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  } while (seconds < 1);
  const double megabytes = static_cast<double>(feed.bytes.size() * rounds) / 1e6;
  std::printf("%-24s %-16s %7.1f MB/s%s\n", feed.name.c_str(), what, megabytes / seconds,
              seen == 0 ? "  (read nothing)" : "");
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Feed> feeds;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    Feed feed{argv[i], std::string(std::istreambuf_iterator<char>(file), {}), false};
    if (feed.bytes.empty()) {
      std::fprintf(stderr, "bench_parse: %s: cannot be read, or is empty\n", argv[i]);
      return 66;
    }
    feed.is_json = feed.bytes.find_first_not_of(" \t\r\n") == feed.bytes.find('{');
    feeds.push_back(std::move(feed));
  }
  if (feeds.empty()) {
    feeds = {made_rss(), made_atom(), made_json()};
  }
  for (const Feed& feed : feeds) {
    measure("siftd, to JSON", feed, run_siftd);
    if (feed.is_json) {
      measure("RapidJSON SAX", feed, run_rapidjson);
    } else {
      measure("libxml2 SAX", feed, run_libxml2);
    }
    measure("MyHTML tree", feed, run_myhtml);
  }
}
