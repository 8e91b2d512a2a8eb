#include "parsers/json_feed.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/date.hpp"
#include "parsers/entities.hpp"
#include "parsers/json_reader.hpp"
#include "parsers/json_writer.hpp"
#include "parsers/parse_error.hpp"
#include "parsers/sanitize.hpp"
#include "parsers/url.hpp"

namespace siftd {
namespace {

class JsonFeed {
 public:
  JsonFeed(std::string_view text, std::string_view base,
           const std::function<void(Item)>& on_item)
      : json_(text), base_(base), on_item_(on_item) {}

  Result<FeedInfo> read() {
    if (!json_.enter_object()) {
      return Error{ParseErrc::not_a_feed, "JSON, but no object"};
    }
    std::string key;
    while (!full_ && json_.next_key(key)) {
      member(key);
    }
    if (!is_feed_) {
      return Error{ParseErrc::not_a_feed, "JSON, but no JSON Feed: no version, no items"};
    }
    info_.format = "json" + version_;
    info_.truncated = json_.was_cut() || full_;
    info_.truncated_why =
        full_ ? "more than " + std::to_string(limits::kMaxFeedItems) + " items"
        : info_.truncated ? "the document ends early"
                          : "";
    return std::move(info_);
  }

 private:
  std::string line() { return collapse_spaces(json_.text()); }
  // Plain text by the specification; many write HTML's references all the same.
  std::string plain() { return collapse_spaces(decode_references(json_.text())); }
  std::string url() {
    const std::string written = json_.text();
    return trim(written).empty() ? "" : resolve_url(base_, written);
  }

  void member(const std::string& key) {
    if (key == "version") {
      const std::string version = json_.text();
      is_feed_ = is_feed_ || version.find("jsonfeed.org/version") != version.npos;
      const std::size_t slash = version.rfind('/');
      const std::string_view number = std::string_view(version).substr(slash + 1);
      version_ = number == "1" || number == "1.0" ? "1.0" : number == "1.1" ? "1.1" : "";
    } else if (key == "title") {
      info_.title = plain();
    } else if (key == "home_page_url") {
      info_.home_page_url = url();
      base_ = base_.empty() ? info_.home_page_url : base_;
    } else if (key == "feed_url") {
      info_.feed_url = url();
      info_.self = info_.feed_url;
      base_ = base_.empty() ? info_.feed_url : base_;
    } else if (key == "description") {
      info_.description = plain();
    } else if (key == "language") {
      info_.language = line();
    } else if (key == "icon") {
      info_.icon = url();
    } else if (key == "favicon") {
      info_.favicon = url();
    } else if (key == "next_url") {
      info_.next_url = url();
    } else if (key == "expired") {
      info_.expired = json_.text() == "true";
    } else if (key == "authors" || key == "author") {
      read_authors(info_.authors, key == "authors");
    } else if (key == "hubs") {
      read_hubs();
    } else if (key == "items") {
      read_items();
    } else {
      json_.skip();
    }
  }

  void read_items() {
    if (!json_.enter_array()) {
      return;
    }
    while (json_.next_element()) {
      if (json_.peek() != JsonReader::Type::object) {
        json_.skip();
        continue;
      }
      if (count_ >= limits::kMaxFeedItems) {
        full_ = true;
        return;
      }
      read_item();
    }
  }

  void read_item() {
    Item item;
    std::string html;
    std::string key;
    bool known = false;
    json_.enter_object();
    while (json_.next_key(key)) {
      known |= item_member(item, html, key);
    }
    if (json_.was_cut() || !known) {
      return;
    }
    is_feed_ = true;
    ++count_;
    if (html.size() > limits::kMaxItemText) {
      html.resize(utf8_cut(html, limits::kMaxItemText));
    }
    if (!html.empty()) {
      item.content_html.reserve(html.size());
      sanitize_html(html, base_, item.content_html);
    }
    item.has_full_content = !item.content_html.empty() || !item.content_text.empty();
    if (item.authors.empty()) {
      item.authors = info_.authors;  // JSON Feed 1.1: the feed's stand for its items'
    }
    if (item.image.empty()) {
      item.image = item.banner_image;
    }
    if (item.url.empty() && item.external_url.empty()) {
      item.url = resolve_url({}, item.id);  // ids often are the permalink
    }
    if (on_item_) {
      on_item_(std::move(item));
    }
  }

  // True when the member is one that makes an item.
  bool item_member(Item& item, std::string& html, const std::string& key) {
    const auto keep = [](std::string& field, std::string value) {
      if (field.empty()) {
        field = std::move(value);  // of doubled members the first counts
      }
      return true;
    };
    if (key == "id") {
      return keep(item.id, std::string(trim(json_.text())));
    }
    if (key == "url") {
      return keep(item.url, url());
    }
    if (key == "title") {
      return keep(item.title, plain());
    }
    if (key == "content_html") {
      return keep(html, json_.text());
    }
    if (key == "content_text") {
      return keep(item.content_text, json_.text());
    }
    if (key == "summary") {
      return keep(item.summary, plain());
    }
    if (key == "external_url") {
      keep(item.external_url, url());
    } else if (key == "image") {
      keep(item.image, url());
    } else if (key == "banner_image") {
      keep(item.banner_image, url());
    } else if (key == "date_published") {
      item.published = parse_date(json_.text());
    } else if (key == "date_modified") {
      item.updated = parse_date(json_.text());
    } else if (key == "language") {
      keep(item.language, line());
    } else if (key == "authors" || key == "author") {
      read_authors(item.authors, key == "authors");
    } else if (key == "tags") {
      read_tags(item.tags);
    } else if (key == "attachments") {
      read_attachments(item.attachments);
    } else {
      json_.skip();
    }
    return false;
  }

  // Version 1.0 has "author"; those who write both mean "authors" first.
  void read_authors(std::vector<Author>& authors, bool in_front) {
    auto at = static_cast<std::ptrdiff_t>(in_front ? 0 : authors.size());
    const auto add = [&] {
      Author author;
      if (json_.peek() == JsonReader::Type::object) {
        json_.enter_object();
        std::string key;
        while (json_.next_key(key)) {
          std::string& field = key == "name"     ? author.name
                               : key == "url"    ? author.url
                               : key == "avatar" ? author.avatar
                                                 : scratch_;
          field = key == "name"                     ? plain()
                  : key == "url" || key == "avatar" ? url()
                                                    : line();
        }
      } else {
        author.name = plain();
      }
      const auto known =
          std::find_if(authors.begin(), authors.end(),
                       [&](const Author& other) { return other.name == author.name; });
      if (author == Author{} || authors.size() >= limits::kMaxItemPeople) {
        return;
      }
      if (known != authors.end()) {
        if (known - authors.begin() < at || !in_front) {
          return;
        }
        authors.erase(known);
      }
      authors.insert(authors.begin() + at++, std::move(author));
    };
    if (json_.peek() != JsonReader::Type::array) {
      add();
      return;
    }
    json_.enter_array();
    while (json_.next_element()) {
      add();
    }
  }

  void read_tags(std::vector<std::string>& tags) {
    const auto add = [&] {
      std::string tag = plain();
      if (!tag.empty() && tags.size() < limits::kMaxItemTags &&
          std::find(tags.begin(), tags.end(), tag) == tags.end()) {
        tags.push_back(std::move(tag));
      }
    };
    if (json_.peek() != JsonReader::Type::array) {
      add();
      return;
    }
    json_.enter_array();
    while (json_.next_element()) {
      add();
    }
  }

  static std::optional<double> number_of(const std::string& text) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    const bool fits = error == std::errc() && stop == end && std::isfinite(value) &&
                      value >= 0 && value < 9e15;
    return fits ? std::optional(value) : std::nullopt;
  }

  void read_attachments(std::vector<Attachment>& attachments) {
    if (!json_.enter_array()) {
      return;
    }
    std::string key;
    while (json_.next_element()) {
      if (!json_.enter_object()) {
        continue;
      }
      Attachment attachment;
      while (json_.next_key(key)) {
        if (key == "url") {
          attachment.url = url();
        } else if (key == "mime_type") {
          attachment.mime_type = line();
        } else if (key == "title") {
          attachment.title = plain();
        } else if (key == "size_in_bytes") {
          if (const auto size = number_of(json_.text())) {
            attachment.size_in_bytes = static_cast<std::uint64_t>(*size);
          }
        } else if (key == "duration_in_seconds") {
          attachment.duration_in_seconds = number_of(json_.text());
        } else {
          json_.skip();
        }
      }
      if (!attachment.url.empty() && attachments.size() < limits::kMaxAttachments) {
        attachments.push_back(std::move(attachment));
      }
    }
  }

  void read_hubs() {
    if (!json_.enter_array()) {
      return;
    }
    std::string key;
    while (json_.next_element()) {
      if (!json_.enter_object()) {
        continue;
      }
      while (json_.next_key(key)) {
        if (key != "url") {
          json_.skip();
        } else if (std::string hub = url();
                   !hub.empty() && info_.hubs.size() < limits::kMaxAttachments) {
          info_.hubs.push_back(std::move(hub));
        }
      }
    }
  }

  JsonReader json_;
  std::string base_;
  const std::function<void(Item)>& on_item_;
  FeedInfo info_;
  std::string version_ = "1.1";
  std::string scratch_;
  std::size_t count_ = 0;
  bool is_feed_ = false;
  bool full_ = false;
};

}  // namespace

Result<FeedInfo> parse_json_feed(std::string_view text, std::string_view base,
                                 const std::function<void(Item)>& on_item) {
  return JsonFeed(text, base, on_item).read();
}

}  // namespace siftd
