#include "parsers/opml.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/charset.hpp"
#include "parsers/entities.hpp"
#include "parsers/parse_error.hpp"
#include "parsers/url.hpp"
#include "parsers/xml.hpp"

namespace siftd {
namespace {

class OpmlHandler : public XmlHandler {
 public:
  explicit OpmlHandler(std::string_view document) : document_(document) {}

  void start(std::string_view name,
             const std::vector<XmlAttribute>& attributes) override {
    ++depth_;
    if (equals_ignoring_case(name, "opml")) {
      is_opml = true;
    } else if (is_opml && equals_ignoring_case(name, "outline")) {
      outline(attributes);
    } else if (is_opml && folders_.empty() && equals_ignoring_case(name, "title")) {
      text_mode = XmlText::decoded;
      text.clear();
    }
  }

  void end(std::string_view name, bool) override {
    if (text_mode != XmlText::none && equals_ignoring_case(name, "title")) {
      opml.title = collapse_spaces(text);
      text_mode = XmlText::none;
    }
    if (!folders_.empty() && folders_.back().first == depth_) {
      folders_.pop_back();
    }
    --depth_;
  }

  Opml opml;
  bool is_opml = false;
  const XmlReader* reader = nullptr;

 private:
  std::size_t line() {
    const std::size_t offset = std::min(reader->offset(), document_.size());
    const auto from = document_.begin();
    line_ += static_cast<std::size_t>(
        std::count(from + static_cast<std::ptrdiff_t>(counted_),
                   from + static_cast<std::ptrdiff_t>(offset), '\n'));
    counted_ = offset;
    return line_;
  }

  void outline(const std::vector<XmlAttribute>& attributes) {
    std::string url;
    std::string category;
    OpmlFeed feed;
    std::string text_attribute;
    for (const XmlAttribute& attribute : attributes) {
      const auto is = [&](std::string_view name) {
        return equals_ignoring_case(attribute.name, name);
      };
      if (is("xmlUrl")) {
        url = attribute.value();
      } else if (is("title")) {
        feed.title = collapse_spaces(attribute.value());
      } else if (is("text")) {
        text_attribute = collapse_spaces(attribute.value());
      } else if (is("htmlUrl")) {
        feed.home_page_url = resolve_url({}, attribute.value());
      } else if (is("category")) {
        category = attribute.value();
      }
    }
    feed.title = feed.title.empty() ? text_attribute : feed.title;
    if (trim(url).empty()) {
      folders_.emplace_back(depth_, feed.title);
      return;
    }
    take(std::move(feed), url, category);
  }

  void take(OpmlFeed feed, const std::string& url, std::string_view category) {
    feed.line = line();
    std::string_view wanted = trim(url);
    if (starts_with_ignoring_case(wanted, "feed:")) {  // feed://host, feed:https://host
      wanted.remove_prefix(5);
    }
    const bool bare = wanted.starts_with("//");
    feed.url =
        resolve_url({}, bare ? "http:" + std::string(wanted) : std::string(wanted));
    if (feed.url.empty()) {
      const std::string_view shown = trim(url);
      opml.refused.push_back({feed.line,
                              std::string(shown.substr(0, utf8_cut(shown, 200))),
                              "only http and https URLs can be followed"});
      return;
    }
    if (opml.feeds.size() >= limits::kMaxOpmlFeeds) {
      stop = true;
      opml.refused.push_back({feed.line, feed.url, "too many feeds in one file"});
      return;
    }
    if (!urls_.insert(feed.url).second) {
      return;
    }
    for (const auto& [depth, folder] : folders_) {
      add_tag(feed, folder);
    }
    while (!category.empty()) {
      const std::size_t comma = std::min(category.find(','), category.size());
      std::string_view tag = trim(category.substr(0, comma));
      while (tag.starts_with('/')) {
        tag.remove_prefix(1);
      }
      add_tag(feed, std::string(tag));
      category.remove_prefix(std::min(comma + 1, category.size()));
    }
    opml.feeds.push_back(std::move(feed));
  }

  static void add_tag(OpmlFeed& feed, const std::string& tag) {
    if (!tag.empty() &&
        std::find(feed.tags.begin(), feed.tags.end(), tag) == feed.tags.end()) {
      feed.tags.push_back(tag);
    }
  }

  std::string_view document_;
  std::size_t depth_ = 0;
  std::size_t line_ = 1;
  std::size_t counted_ = 0;
  std::vector<std::pair<std::size_t, std::string>> folders_;  // with their depth
  std::set<std::string> urls_;
};

void write_attribute(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    out.append(" ").append(name).append("=\"");
    append_html_escaped(out, value);
    out += '"';
  }
}

void write_outline(std::string& out, const OpmlFeed& feed, std::string_view indent) {
  out.append(indent).append("<outline type=\"rss\"");
  write_attribute(out, "text", feed.title.empty() ? feed.url : feed.title);
  write_attribute(out, "title", feed.title);
  write_attribute(out, "xmlUrl", feed.url);
  write_attribute(out, "htmlUrl", feed.home_page_url);
  std::string rest;
  for (std::size_t i = 1; i < feed.tags.size(); ++i) {
    rest.append(rest.empty() ? "" : ",").append(feed.tags[i]);
  }
  write_attribute(out, "category", rest);
  out += "/>\n";
}

}  // namespace

Result<Opml> read_opml(std::string_view bytes, std::string_view content_type) {
  const std::string document = to_utf8(bytes, content_type, DocumentKind::xml);
  OpmlHandler handler(document);
  XmlReader reader(handler);
  handler.reader = &reader;
  reader.read(document, true);
  if (!handler.is_opml) {
    return Error{ParseErrc::not_opml, "no <opml> element in it"};
  }
  return std::move(handler.opml);
}

std::string write_opml(const Opml& opml) {
  std::map<std::string, std::vector<const OpmlFeed*>> folders;
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head>";
  out += "<title>";
  append_html_escaped(out, opml.title);
  out += "</title></head>\n<body>\n";
  for (const OpmlFeed& feed : opml.feeds) {
    if (feed.tags.empty()) {
      write_outline(out, feed, "  ");
    } else {
      folders[feed.tags.front()].push_back(&feed);
    }
  }
  for (const auto& [name, feeds] : folders) {
    out += "  <outline";
    write_attribute(out, "text", name);
    out += ">\n";
    for (const OpmlFeed* feed : feeds) {
      write_outline(out, *feed, "    ");
    }
    out += "  </outline>\n";
  }
  return out + "</body>\n</opml>\n";
}

}  // namespace siftd
