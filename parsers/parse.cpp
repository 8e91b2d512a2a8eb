#include "parsers/parse.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/charset.hpp"
#include "parsers/entities.hpp"
#include "parsers/feed_xml.hpp"
#include "parsers/html_tokens.hpp"
#include "parsers/inflate.hpp"
#include "parsers/json_feed.hpp"
#include "parsers/parse_error.hpp"
#include "parsers/url.hpp"

namespace siftd {
namespace {

enum class Root { feed, html, opml, json, other, none };

struct Start {
  Root root = Root::none;
  std::size_t at = 0;        // where the document begins, behind what is no part of it
  std::string_view element;  // the first one, as written
};

// Looks for the root: behind byte order marks, blanks, warnings of PHP, comments and
// whatever else servers print before the feed.
Start find_start(std::string_view text) {
  Start start;
  const std::string_view head = text.substr(0, limits::kMaxProlog);
  std::size_t first = 0;
  while (first < head.size() && (static_cast<unsigned char>(head[first]) <= ' ' ||
                                 head.substr(first).starts_with("\xEF\xBB\xBF"))) {
    first += head[first] == '\xEF' ? 3u : 1u;
  }
  if (first < head.size() && (head[first] == '{' || head[first] == '[')) {
    return {Root::json, first, {}};
  }
  for (std::size_t at = head.find('<'); at != head.npos; at = head.find('<', at + 1)) {
    const std::string_view rest = head.substr(at);
    if (rest.starts_with("<!--")) {
      const std::size_t end = head.find("-->", at);
      at = end == head.npos ? at : end;
      continue;
    }
    if (starts_with_ignoring_case(rest, "<!doctype html")) {
      return {Root::html, at, "html"};
    }
    if (rest.size() < 2 || (!is_ascii_alpha(rest[1]) && rest[1] != '_')) {
      continue;
    }
    const std::string_view name = rest.substr(1, rest.find_first_of(" \t\r\n/>", 1) - 1);
    const std::string_view local = name.substr(name.find(':') + 1);
    const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
      return std::any_of(names.begin(), names.end(),
                         [&](auto n) { return equals_ignoring_case(n, local); });
    };
    if (is_one_of({"rss", "rdf", "feed", "channel", "urlset", "sitemapindex"})) {
      return {Root::feed, at, name};
    }
    const bool unprefixed = local.size() == name.size();
    if (is_one_of({"html"}) || (unprefixed && is_one_of({"head", "body"}))) {
      return {Root::html, at, name};
    }
    if (is_one_of({"opml"})) {
      return {Root::opml, at, name};
    }
    if (start.root == Root::none) {
      start = {Root::other, at, name};
    }
  }
  return start;
}

// Feeds a document to the reader: at once when it is UTF-8 already, else decoded
// piece by piece, so that memory holds the encoded form and a window.
class Windows {
 public:
  Windows(std::string_view bytes, const std::string& charset)
      : bytes_(bytes), decoder_(charset) {}

  void read_into(XmlReader& reader, XmlHandler& handler) {
    std::string window;
    std::size_t chunk = limits::kDecodeChunk;
    bool skipped = false;
    while (!handler.stop) {
      const std::string_view piece = bytes_.substr(0, chunk);
      bytes_.remove_prefix(piece.size());
      const bool last = bytes_.empty();
      decoder_.decode(piece, last, window);
      if (!skipped) {
        window.erase(0, find_start(window).at);
        skipped = true;
      }
      const std::size_t used = reader.read(window, last);
      // What is one long token needs a larger window, and not one copy a chunk.
      chunk = used == 0 ? chunk * 2 : limits::kDecodeChunk;
      window.erase(0, used);
      if (last) {
        break;
      }
    }
  }

 private:
  std::string_view bytes_;
  Utf8Decoder decoder_;
};

Error no_feed(const Start& start, const Page& page) {
  switch (start.root) {
    case Root::html: {
      const std::vector<std::string> feeds = discover_feeds(page);
      return {ParseErrc::html_page,
              feeds.empty() ? "an HTML page, not a feed"
                            : "an HTML page, not a feed; it names " + feeds[0]};
    }
    case Root::opml:
      return {ParseErrc::not_a_feed, "an OPML list of feeds, not a feed"};
    case Root::other:
      return {ParseErrc::not_a_feed,
              "XML, but no feed: its root is <" +
                  std::string(start.element.substr(
                      0, utf8_cut(start.element, limits::kMaxCharsetLabel))) +
                  ">"};
    default:
      return {ParseErrc::not_a_feed, "neither XML nor JSON"};
  }
}

void note_truncation(FeedInfo& info, const XmlReader& reader, const FeedXml& feed) {
  if (!feed.over_limit.empty()) {
    info.truncated_why = feed.over_limit;
  } else if (feed.item_cut || reader.was_cut()) {
    info.truncated_why = "the document ends early";
  }
  info.truncated = !info.truncated_why.empty();
}

Result<FeedInfo> parse_xml(std::string_view bytes, bool is_utf8,
                           const std::string& charset, const Page& page,
                           const std::function<void(Item)>& on_item) {
  const std::string base = resolve_url({}, page.url);
  FeedXml feed(base, on_item);
  XmlReader reader(feed);
  if (is_utf8) {
    reader.read(bytes.substr(find_start(bytes).at), true);
  } else {
    Windows(bytes, charset).read_into(reader, feed);
  }
  FeedInfo info = adapt_feed(std::move(feed.channel));
  note_truncation(info, reader, feed);
  return info;
}

}  // namespace

Result<FeedInfo> parse_feed(const Page& page, const std::function<void(Item)>& on_item) {
  std::string_view bytes = page.body;
  std::optional<std::string> unpacked;
  if (is_gzip(bytes)) {  // packed, and the header did not say so
    unpacked = gunzip(bytes);
    if (!unpacked) {
      return Error{ParseErrc::not_a_feed, "damaged gzip"};
    }
    bytes = *unpacked;
  }
  if (trim(bytes).empty()) {
    return Error{ParseErrc::empty, "empty document"};
  }
  const std::string charset = detect_charset(bytes, page.content_type, DocumentKind::xml);
  std::string head;
  Utf8Decoder(charset).decode(bytes.substr(0, limits::kMaxProlog), false, head);
  const Start start = find_start(head);
  const bool is_utf8 = charset == "UTF-8" && valid_utf8_prefix(bytes) == bytes.size();
  if (start.root == Root::json) {
    std::string decoded;
    if (!is_utf8) {
      decoded = to_utf8(bytes, page.content_type, DocumentKind::json);
      bytes = decoded;
    }
    return parse_json_feed(bytes.substr(find_start(bytes).at), resolve_url({}, page.url),
                           on_item);
  }
  if (start.root == Root::feed) {
    return parse_xml(bytes, is_utf8, charset, page, on_item);
  }
  return no_feed(start, page);
}

std::vector<std::string> discover_feeds(const Page& page) {
  struct Found {
    std::string url;
    int rank;
  };
  std::vector<Found> found;
  std::string decoded;
  const std::string_view html =
      as_utf8(page.body, page.content_type, DocumentKind::html, decoded);
  std::string base = resolve_url({}, page.url);
  HtmlTokens tokens(html);
  HtmlToken token;
  while (tokens.next(token) && found.size() < limits::kMaxDiscovered) {
    if (token.kind != HtmlToken::Kind::start) {
      continue;
    }
    const auto attribute = [&](std::string_view name) -> std::string {
      for (const HtmlAttribute& a : token.attributes) {
        if (equals_ignoring_case(a.name, name)) {
          return decode_references(a.value);
        }
      }
      return "";
    };
    if (equals_ignoring_case(token.name, "base")) {
      const std::string url = resolve_url(base, attribute("href"));
      base = url.empty() ? base : url;
    }
    if (!equals_ignoring_case(token.name, "link")) {
      continue;
    }
    const std::string rel = ' ' + to_ascii_lower(attribute("rel")) + ' ';
    const std::string type = to_ascii_lower(attribute("type"));
    const bool is_feed =
        type.find("rss") != type.npos || type.find("atom") != type.npos ||
        type.find("rdf") != type.npos || type.find("feed+json") != type.npos ||
        (type.empty() && rel.find(" feed ") != rel.npos);
    if (!is_feed ||
        (rel.find(" alternate ") == rel.npos && rel.find(" feed ") == rel.npos)) {
      continue;
    }
    std::string url = resolve_url(base, attribute("href"));
    const std::string title = to_ascii_lower(attribute("title"));
    const bool comments = title.find("comment") != title.npos ||
                          url.find("/comments/") != url.npos;  // of one post
    const auto same = [&](const Found& f) {
      return f.url == url;
    };
    if (!url.empty() && std::none_of(found.begin(), found.end(), same)) {
      found.push_back({std::move(url), comments ? 1 : 0});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.rank < b.rank; });
  std::vector<std::string> urls;
  for (Found& feed : found) {
    urls.push_back(std::move(feed.url));
  }
  return urls;
}

}  // namespace siftd
