#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parsers/item.hpp"
#include "parsers/parse.hpp"

// A feed or an item as the XML says it, before any judgement: what feed_xml decodes and
// feed_adapt turns into Item and FeedInfo. For those two only.
namespace siftd {

enum class TextKind : std::uint8_t { none, plain, html, xhtml };

struct FeedText {
  std::string value;
  TextKind kind = TextKind::none;
  std::string base;  // what its links are relative to
  bool empty() const { return value.empty(); }
};

struct FeedLink {
  std::string url;  // absolute
  std::string rel;  // lower case; "alternate" when none was said
  std::string type;
  std::string title;
  std::string length;
};

struct FeedMedia {
  std::string url;
  std::string type;
  std::string medium;
  std::string title;
  std::optional<std::uint64_t> size;
  std::optional<double> duration;
};

// A time with how much the element that said it is to be believed: lower is better.
struct RankedTime {
  std::optional<std::chrono::sys_seconds> time;
  int rank = 100;
};

struct GeoShape {
  std::string type;                               // GeoJSON's; empty: none
  std::vector<std::pair<double, double>> points;  // longitude, latitude
};

// Something that goes under _siftd as it is: _siftd.group.name = value.
struct Extra {
  std::string_view group;
  std::string name;
  std::string value;
};

// Channels and items have nearly everything in common, and where they have not,
// feeds put it there all the same.
struct FeedDraft {
  FeedText title, media_title, itunes_title;
  FeedText description;  // RSS
  FeedText summary;      // Atom
  FeedText content;      // whatever holds a whole text
  FeedText media_description, itunes_summary, itunes_subtitle;
  FeedText rights;
  std::string id;
  bool id_is_permalink = false;
  std::string link;       // RSS: text
  std::string orig_link;  // where FeedBurner's link leads
  std::string content_src;
  std::vector<FeedLink> links;
  std::vector<Author> authors, creators, itunes_authors, contributors;
  std::vector<std::string> tags;
  RankedTime published, updated, created;
  std::string image, icon, language, generator;
  std::vector<Attachment> enclosures;
  std::vector<FeedMedia> media;
  std::vector<std::string> thumbnails;
  std::string comments, comment_feed;
  std::string source_title, source_url;
  std::string in_reply_to, license;
  std::optional<double> duration;
  GeoShape geo;
  std::optional<double> latitude, longitude;
  std::vector<Extra> extras;
  bool text_cut = false;  // a text was longer than the limit
};

// What only a channel says.
struct ChannelDraft : FeedDraft {
  std::string format;
  std::string update_period;
  std::optional<int> update_frequency;
  std::optional<int> ttl;
  std::vector<int> skip_hours;
  std::vector<int> skip_days;  // Monday = 0
  std::vector<SitemapLink> sitemaps;
};

// `feed_url`: where the document came from, for what the document does not say.
Item adapt_item(FeedDraft draft);
FeedInfo adapt_feed(ChannelDraft draft);

// The members of "_siftd" for what JSON Feed has no field for.
std::string item_extensions(const FeedDraft& draft);
std::string feed_extensions(const ChannelDraft& draft);

// "me@example.org (Ann Lee)", "Ann Lee <me@example.org>", "Ann Lee", "me@example.org".
Author author_of(std::string_view text);

}  // namespace siftd
