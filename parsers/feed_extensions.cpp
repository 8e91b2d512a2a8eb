// What JSON Feed has no field for, as the members of "_siftd" (docs/feeds.md).
#include <algorithm>
#include <vector>

#include "parsers/chars.hpp"
#include "parsers/date.hpp"
#include "parsers/feed_draft.hpp"
#include "parsers/html_text.hpp"
#include "parsers/json_writer.hpp"

namespace siftd {
namespace {

std::string line_of(const FeedText& text) {
  return text.kind == TextKind::plain ? collapse_spaces(text.value)
                                      : text_of_html(text.value);
}

void write_time(JsonWriter& json, std::string_view name, const RankedTime& time) {
  if (time.time) {
    json.member(name, format_rfc3339(*time.time));
  }
}

void write_people(JsonWriter& json, std::string_view name,
                  const std::vector<Author>& people) {
  if (people.empty()) {
    return;
  }
  json.key(name);
  json.begin_array();
  for (const Author& person : people) {
    json.begin_object();
    json.member("name", person.name);
    json.member("url", person.url);
    if (!person.email.empty()) {
      json.key("_siftd");
      json.begin_object();
      json.member("email", person.email);
      json.end_object();
    }
    json.end_object();
  }
  json.end_array();
}

void write_strings(JsonWriter& json, std::string_view name,
                   const std::vector<std::string>& values) {
  if (values.empty()) {
    return;
  }
  json.key(name);
  json.begin_array();
  for (const std::string& value : values) {
    json.string(value);
  }
  json.end_array();
}

void write_point(JsonWriter& json, const std::pair<double, double>& point) {
  json.begin_array();
  json.number(point.first);
  json.number(point.second);
  json.end_array();
}

// A GeoJSON geometry (RFC 7946), longitude first; and "Box", two corners.
void write_geo(JsonWriter& json, const FeedDraft& draft) {
  GeoShape geo = draft.geo;
  if (geo.points.empty() && draft.latitude && draft.longitude) {
    geo = {"Point", {{*draft.longitude, *draft.latitude}}};
  }
  if (geo.points.empty() || geo.type.empty()) {
    return;
  }
  json.key("geo");
  json.begin_object();
  json.member("type", geo.type);
  json.key("coordinates");
  if (geo.type == "Point") {
    write_point(json, geo.points.front());
  } else {
    const bool polygon = geo.type == "Polygon";
    json.begin_array();
    if (polygon) {
      json.begin_array();
    }
    for (const auto& point : geo.points) {
      write_point(json, point);
    }
    if (polygon) {
      json.end_array();
    }
    json.end_array();
  }
  json.end_object();
}

void write_extras(JsonWriter& json, const FeedDraft& draft) {
  std::vector<std::string_view> groups;
  for (const Extra& extra : draft.extras) {
    if (std::find(groups.begin(), groups.end(), extra.group) == groups.end()) {
      groups.push_back(extra.group);
    }
  }
  for (const std::string_view group : groups) {
    std::vector<std::string_view> names;
    if (!group.empty()) {
      json.key(group);
      json.begin_object();
    }
    for (const Extra& extra : draft.extras) {
      if (extra.group == group &&
          std::find(names.begin(), names.end(), extra.name) == names.end()) {
        names.push_back(extra.name);
        json.member(extra.name, extra.value);
      }
    }
    if (!group.empty()) {
      json.end_object();
    }
  }
}

void write_media(JsonWriter& json, const FeedDraft& draft) {
  const auto is_picture = [](const FeedMedia& media) {
    return media.medium == "image" || media.type.starts_with("image/");
  };
  const bool pictures = std::any_of(draft.media.begin(), draft.media.end(), is_picture);
  std::vector<Extra> credits;
  if (draft.thumbnails.size() < 2 && !pictures) {
    return;  // the one picture is the item's image
  }
  json.key("media");
  json.begin_object();
  if (!draft.thumbnails.empty()) {
    json.key("thumbnails");
    json.begin_array();
    for (const std::string& url : draft.thumbnails) {
      json.begin_object();
      json.member("url", url);
      json.end_object();
    }
    json.end_array();
  }
  if (pictures) {
    json.key("images");
    json.begin_array();
    for (const FeedMedia& media : draft.media) {
      if (is_picture(media)) {
        json.begin_object();
        json.member("url", media.url);
        json.member("mime_type", media.type);
        json.end_object();
      }
    }
    json.end_array();
  }
  json.end_object();
}

// Where Atom's threading extension (RFC 4685) leads people.
std::string replies_of(const FeedDraft& draft) {
  for (const FeedLink& link : draft.links) {
    if (link.rel == "replies" && link.type.find("atom") == link.type.npos) {
      return link.url;
    }
  }
  return "";
}

void write_common(JsonWriter& json, const FeedDraft& draft) {
  write_people(json, "contributors", draft.contributors);
  if (!draft.rights.empty()) {
    json.member("rights", line_of(draft.rights));
  }
  json.member("license", draft.license);
  write_geo(json, draft);
}

}  // namespace

std::string item_extensions(const FeedDraft& draft) {
  std::string out;
  JsonWriter json(out);
  write_common(json, draft);
  json.member("comments", draft.comments.empty() ? replies_of(draft) : draft.comments);
  json.member("comment_feed", draft.comment_feed);
  json.member("in_reply_to", draft.in_reply_to);
  write_time(json, "created", draft.created);
  if (!draft.source_title.empty() || !draft.source_url.empty()) {
    json.key("source");
    json.begin_object();
    json.member("title", draft.source_title);
    json.member("url", draft.source_url);
    json.end_object();
  }
  write_media(json, draft);
  write_extras(json, draft);
  return out;
}

std::string feed_extensions(const ChannelDraft& draft) {
  static constexpr std::string_view kDays[] = {
      "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  std::string out;
  JsonWriter json(out);
  json.member("id", draft.id);
  write_time(json, "published", draft.published);
  write_time(json, "updated", draft.updated);
  json.member("generator", draft.generator);
  write_strings(json, "tags", draft.tags);
  write_common(json, draft);
  if (draft.ttl) {
    json.key("ttl");
    json.number(std::int64_t{*draft.ttl});
  }
  json.member("update_period", draft.update_period);
  if (draft.update_frequency) {
    json.key("update_frequency");
    json.number(std::int64_t{*draft.update_frequency});
  }
  if (!draft.skip_hours.empty()) {
    json.key("skip_hours");
    json.begin_array();
    for (const int hour : draft.skip_hours) {
      json.number(std::int64_t{hour});
    }
    json.end_array();
  }
  if (!draft.skip_days.empty()) {
    json.key("skip_days");
    json.begin_array();
    for (const int day : draft.skip_days) {
      json.string(kDays[day]);
    }
    json.end_array();
  }
  std::vector<std::string> sitemaps;
  for (const SitemapLink& sitemap : draft.sitemaps) {
    sitemaps.push_back(sitemap.url);
  }
  write_strings(json, "sitemaps", sitemaps);
  write_extras(json, draft);
  return out;
}

}  // namespace siftd
