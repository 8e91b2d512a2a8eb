#include "parsers/feed_json.hpp"

#include <cstdio>
#include <xxhash.h>

#include "parsers/date.hpp"
#include "parsers/json_writer.hpp"

namespace siftd {
namespace {

std::string id_of(const Item& item) {
  if (!item.id.empty()) {
    return item.id;
  }
  if (!item.url.empty()) {
    return item.url;
  }
  const std::string text = item.title + '\n' + item.content_html + item.content_text;
  char id[32];
  std::snprintf(id, sizeof id, "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(text.data(), text.size())));
  return id;
}

void write_authors(JsonWriter& json, const std::vector<Author>& authors) {
  if (authors.empty()) {
    return;
  }
  json.key("authors");
  json.begin_array();
  for (const Author& author : authors) {
    json.begin_object();
    json.member("name", author.name);
    json.member("url", author.url);
    json.member("avatar", author.avatar);
    if (!author.email.empty()) {
      json.key("_siftd");
      json.begin_object();
      json.member("email", author.email);
      json.end_object();
    }
    json.end_object();
  }
  json.end_array();
}

void write_attachments(JsonWriter& json, const std::vector<Attachment>& attachments) {
  if (attachments.empty()) {
    return;
  }
  json.key("attachments");
  json.begin_array();
  for (const Attachment& attachment : attachments) {
    json.begin_object();
    json.member("url", attachment.url);
    // JSON Feed requires a type.
    json.member("mime_type", attachment.mime_type.empty() ? "application/octet-stream"
                                                          : attachment.mime_type);
    json.member("title", attachment.title);
    if (attachment.size_in_bytes) {
      json.key("size_in_bytes");
      json.number(static_cast<std::int64_t>(*attachment.size_in_bytes));
    }
    if (attachment.duration_in_seconds) {
      json.key("duration_in_seconds");
      json.number(*attachment.duration_in_seconds);
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void append_json_item(std::string& out, const Item& item) {
  JsonWriter json(out);
  json.begin_object();
  json.member("id", id_of(item));
  json.member("url", item.url);
  json.member("external_url", item.external_url);
  json.member("title", item.title);
  json.member("content_html", item.content_html);
  json.member("content_text", item.content_text);
  if (item.content_html.empty() && item.content_text.empty()) {
    json.key("content_text");  // one of the two must be there
    json.string("");
  }
  json.member("summary", item.summary);
  json.member("image", item.image);
  json.member("banner_image", item.banner_image);
  if (item.published) {
    json.member("date_published", format_rfc3339(*item.published));
  }
  if (item.updated) {
    json.member("date_modified", format_rfc3339(*item.updated));
  }
  write_authors(json, item.authors);
  if (!item.tags.empty()) {
    json.key("tags");
    json.begin_array();
    for (const std::string& tag : item.tags) {
      json.string(tag);
    }
    json.end_array();
  }
  json.member("language", item.language);
  write_attachments(json, item.attachments);
  if (!item.extensions_json.empty()) {
    json.key("_siftd");
    json.begin_object();
    json.raw(item.extensions_json);
    json.end_object();
  }
  json.end_object();
}

void append_json_feed_members(std::string& out, const FeedInfo& info) {
  JsonWriter json(out);
  json.key("title");  // required
  json.string(info.title);
  json.member("home_page_url", info.home_page_url);
  json.member("feed_url", info.feed_url);
  json.member("description", info.description);
  json.member("next_url", info.next_url);
  json.member("icon", info.icon);
  json.member("favicon", info.favicon);
  write_authors(json, info.authors);
  json.member("language", info.language);
  if (info.expired) {
    json.key("expired");
    json.boolean(true);
  }
  if (!info.hubs.empty()) {
    json.key("hubs");
    json.begin_array();
    for (const std::string& hub : info.hubs) {
      json.begin_object();
      json.member("type", "WebSub");
      json.member("url", hub);
      json.end_object();
    }
    json.end_array();
  }
  json.key("_siftd");
  json.begin_object();
  json.member("format", info.format);
  if (info.truncated) {
    json.key("truncated");
    json.boolean(true);
    json.member("truncated_why", info.truncated_why);
  }
  json.raw(info.extensions_json);
  json.end_object();
}

}  // namespace siftd
