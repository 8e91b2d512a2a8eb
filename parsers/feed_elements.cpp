// What each element of a feed means: the second half of FeedXml.
#include <algorithm>
#include <charconv>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/date.hpp"
#include "parsers/entities.hpp"
#include "parsers/feed_xml.hpp"
#include "parsers/sanitize.hpp"
#include "parsers/url.hpp"

namespace siftd {
namespace {

std::optional<std::uint64_t> size_of(std::string_view text) {
  text = trim(text);
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return value;
}

// "61", "61.5", "1:01", "1:01:01"
std::optional<double> duration_of(std::string_view text) {
  text = trim(text);
  double total = 0;
  int parts = 0;
  while (parts < 3) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    double value = 0;
    const char* end = part.data() + part.size();
    const auto [stop, error] = std::from_chars(part.data(), end, value);
    if (error != std::errc() || stop != end || value < 0 || value > 1e9) {
      return std::nullopt;
    }
    total = total * 60 + value;
    ++parts;
    if (colon == text.npos) {
      return total;
    }
    text.remove_prefix(colon + 1);
  }
  return std::nullopt;
}

std::optional<int> integer_of(std::string_view text) {
  const auto value = size_of(text);
  return value && *value < 1'000'000'000 ? std::optional(static_cast<int>(*value))
                                         : std::nullopt;
}

// The numbers of a coordinate list, parted by blanks or commas.
std::vector<double> numbers_of(std::string_view text) {
  std::vector<double> numbers;
  while (numbers.size() < limits::kMaxGeoNumbers) {
    const std::size_t start = text.find_first_not_of(" \t\r\n,;");
    if (start == text.npos) {
      break;
    }
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(" \t\r\n,;"), text.size());
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + end, value);
    if (error != std::errc() || stop != text.data() + end) {
      return {};
    }
    numbers.push_back(value);
    text.remove_prefix(end);
  }
  return numbers;
}

std::optional<int> weekday_of(std::string_view text) {
  static constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu",
                                               "fri", "sat", "sun"};
  for (int i = 0; i < 7; ++i) {
    if (starts_with_ignoring_case(text, kDays[i])) {
      return i;
    }
  }
  return std::nullopt;
}

void set_time(RankedTime& slot, std::string_view text, int rank) {
  if (rank <= slot.rank) {  // of doubled elements the last one counts
    if (const auto time = parse_date(text)) {
      slot = {time, rank};
    }
  }
}

void set_if_empty(std::string& field, std::string value) {
  if (field.empty()) {
    field = std::move(value);
  }
}

}  // namespace

void FeedXml::open_element(const Name& name) {
  captured_name_ = std::string(name.local);
  if (open_empty_element(name)) {
    return;
  }
  switch (name.element) {
    case Element::unknown:
    case Element::skip_hours:
    case Element::skip_days:
    case Element::media_group:
    case Element::items_sequence:
    case Element::sitemap:
    case Element::gml_line:
    case Element::gml_polygon:
      if (name.element == Element::gml_line) {
        draft().geo.type = "LineString";
      } else if (name.element == Element::gml_polygon) {
        draft().geo.type = "Polygon";
      }
      return;
    case Element::content:
    case Element::encoded:
      open_content(name);
      return;
    case Element::xhtml_body:
      if (in_item_) {
        capture(name.element, TextKind::xhtml);
      }
      return;
    case Element::title:
    case Element::description:
    case Element::summary:
    case Element::subtitle:
    case Element::rights:
      capture(name.element, text_kind(name));
      return;
    case Element::media_title:
    case Element::media_description:
      capture(name.element, equals_ignoring_case(attribute("type"), "html")
                                ? TextKind::html
                                : TextKind::plain);
      return;
    case Element::guid:
      draft().id_is_permalink =
          !equals_ignoring_case(trim(attribute("isPermaLink")), "false");
      capture(name.element, TextKind::plain);
      return;
    default:
      capture(name.element, TextKind::plain);
  }
}

// Elements that say all in their attributes; true when nothing more is wanted.
bool FeedXml::open_empty_element(const Name& name) {
  switch (name.element) {
    case Element::link:
      if (attribute("href").empty()) {
        return false;
      }
      open_link();
      return true;
    case Element::enclosure:
      open_enclosure();
      return true;
    case Element::media_content:
      open_media();
      return true;
    case Element::itunes_link:
      if (equals_ignoring_case(trim(attribute("rel")), "image")) {
        set_if_empty(draft().image, resolved(attribute_value("href")));
      }
      return true;
    case Element::media_thumbnail:
    case Element::itunes_image: {
      std::string url = resolved(attribute_value("url"));
      url = url.empty() ? resolved(attribute_value("href")) : url;
      if (url.empty()) {
        return false;  // its text may be the URL
      }
      if (name.element == Element::itunes_image) {
        set_if_empty(draft().image, std::move(url));
      } else if (draft().thumbnails.size() < limits::kMaxAttachments) {
        draft().thumbnails.push_back(std::move(url));
      }
      return true;
    }
    case Element::category:
    case Element::itunes_category:
      if (attribute("term").empty() && attribute("label").empty() &&
          attribute("text").empty()) {
        return name.element == Element::itunes_category;
      }
      open_category(name);
      return true;
    case Element::in_reply_to:
      draft().in_reply_to = attribute_value("ref");
      return true;
    case Element::license:
      if (attribute("resource").empty()) {
        return false;
      }
      draft().license = resolved(attribute_value("resource"));
      return true;
    case Element::transcript:
    case Element::chapters:
      extra("podcast", name.local, resolved(attribute_value("url")));
      return true;
    case Element::cloud:
      extra("cloud", "domain", attribute_value("domain"));
      return true;
    default:
      return false;
  }
}

void FeedXml::open_link() {
  FeedLink link;
  link.rel = to_ascii_lower(attribute_value("rel"));
  constexpr std::string_view kIana = "http://www.iana.org/assignments/relation/";
  if (link.rel.starts_with(kIana)) {
    link.rel.erase(0, kIana.size());
  }
  link.rel = link.rel.empty() ? "alternate" : link.rel;
  link.type = to_ascii_lower(attribute_value("type"));
  link.title = attribute_value("title");
  link.length = attribute_value("length");
  link.url = resolved(attribute_value("href"));
  if (link.url.empty()) {
    return;
  }
  if (in(Context::source)) {
    if (link.rel == "alternate") {
      set_if_empty(source_url_, link.url);
    }
    return;
  }
  if (in(Context::image) || in(Context::text_input)) {
    return;
  }
  if (draft().links.size() < limits::kMaxAttachments) {
    draft().links.push_back(std::move(link));
  }
}

void FeedXml::open_enclosure() {
  Attachment enclosure;
  enclosure.url = resolved(attribute_value("url"));
  if (enclosure.url.empty()) {
    enclosure.url = resolved(attribute_value("href"));
  }
  enclosure.mime_type = attribute_value("type");
  enclosure.size_in_bytes = size_of(attribute("length"));
  enclosure.title = attribute_value("title");
  if (!enclosure.url.empty() && draft().enclosures.size() < limits::kMaxAttachments) {
    draft().enclosures.push_back(std::move(enclosure));
  }
}

void FeedXml::open_media() {
  FeedMedia media;
  media.url = resolved(attribute_value("url"));
  media.type = attribute_value("type");
  media.medium = to_ascii_lower(attribute_value("medium"));
  media.size = size_of(attribute("fileSize"));
  media.duration = duration_of(attribute("duration"));
  if (!media.url.empty() && draft().media.size() < limits::kMaxAttachments) {
    draft().media.push_back(std::move(media));
  }
}

void FeedXml::open_category(const Name& name) {
  if (in(Context::source)) {
    return;
  }
  if (name.element == Element::itunes_category) {
    add_tag(attribute_value("text"));
    return;
  }
  // The label is for people, but many feeds have none or another shape of the term;
  // some terms are codes.
  const std::string term = attribute_value("term");
  const bool is_code = term.empty() || term.find("://") != term.npos ||
                       term.find_first_not_of("0123456789") == term.npos;
  const std::string label = attribute_value("label");
  add_tag(is_code && !label.empty() ? label : term);
}

void FeedXml::open_content(const Name& name) {
  const std::string src = attribute_value("src");
  if (!src.empty()) {
    draft().content_src = resolved(src);
  }
  capture(name.element, text_kind(name));
}

void FeedXml::take(Element element) {
  if (in(Context::image)) {
    take_in_image(element);
  } else if (in(Context::source)) {
    take_in_source(element);
  } else if (!in(Context::text_input)) {
    (void)(take_text(element) || take_time(element) || take_person(element) ||
           take_geo(element) || take_channel(element) || (take_other(element), true));
  }
}

void FeedXml::take_in_image(Element element) {
  if (element == Element::url || element == Element::location) {
    image_url_ = resolved(text);
  }
}

void FeedXml::take_in_source(Element element) {
  if (element == Element::title) {
    source_title_ =
        capture_kind_ == TextKind::plain ? collapse_spaces(text) : text_of_html(text);
  } else if (element == Element::link && source_url_.empty()) {
    source_url_ = resolved(text);
  }
}

bool FeedXml::take_text(Element element) {
  FeedDraft& to = draft();
  const auto keep = [&](FeedText& field, bool replace = false) {
    if (!trim(text).empty() && (field.empty() || replace)) {
      field = taken_text();
    }
    return true;
  };
  switch (element) {
    case Element::title:
      return keep(to.title);
    case Element::description:
      return keep(to.description);
    case Element::summary:
    case Element::subtitle:
      return keep(to.summary);
    case Element::content:
    case Element::encoded:
    case Element::xhtml_body:
      // Some feeds have both, and the longer one is the whole.
      return keep(to.content, text.size() > to.content.value.size());
    case Element::rights:
      return keep(to.rights);
    case Element::media_title:
    case Element::news_title:
      return keep(to.media_title);
    case Element::media_description:
      return keep(to.media_description);
    case Element::itunes_summary:
      return keep(to.itunes_summary);
    case Element::itunes_subtitle:
      return keep(to.itunes_subtitle);
    default:
      return false;
  }
}

bool FeedXml::take_time(Element element) {
  FeedDraft& to = draft();
  switch (element) {
    case Element::pub_date:
    case Element::publication_date:
      set_time(to.published, text, 1);
      return true;
    case Element::published:
      set_time(to.published, text, 2);
      return true;
    case Element::dcterms_issued:
    case Element::issued:
      set_time(to.published, text, 3);
      return true;
    case Element::dc_date:
      set_time(to.published, text, 4);
      return true;
    case Element::updated:
      set_time(to.updated, text, 1);
      return true;
    case Element::dcterms_modified:
    case Element::modified:
      set_time(to.updated, text, 2);
      return true;
    case Element::last_build_date:
    case Element::last_modified:
      set_time(to.updated, text, 3);
      return true;
    case Element::dcterms_created:
    case Element::created:
      set_time(to.created, text, 1);
      return true;
    default:
      return false;
  }
}

bool FeedXml::take_person(Element element) {
  FeedDraft& to = draft();
  const auto add = [&](std::vector<Author>& people) {
    Author author = author_of(collapse_spaces(decode_references(text)));
    if (author != Author{} && people.size() < limits::kMaxItemPeople) {
      people.push_back(std::move(author));
    }
    return true;
  };
  switch (element) {
    case Element::person_name:
    case Element::itunes_name:
      if (in(Context::person)) {
        person_.name = collapse_spaces(text);
      }
      return true;
    case Element::person_uri:
    case Element::url:
      if (in(Context::person)) {
        person_.url = resolved(text);
      }
      return true;
    case Element::person_email:
    case Element::itunes_email:
      if (in(Context::person)) {
        person_.email = std::string(trim(text));
      }
      return true;
    case Element::creator:
      return add(to.creators);
    case Element::managing_editor:
      return add(to.authors);
    case Element::publisher:
    case Element::web_master:
      return add(to.itunes_authors);
    case Element::dc_contributor:
      return add(to.contributors);
    case Element::itunes_author:
      return add(to.itunes_authors);
    default:
      return false;
  }
}

void FeedXml::end_person() {
  if (person_ == Author{}) {
    return;
  }
  FeedDraft& to = draft();
  std::vector<Author>& people = person_element_ == Element::contributor ? to.contributors
                                : person_element_ == Element::author    ? to.authors
                                                                     : to.itunes_authors;
  if (people.size() < limits::kMaxItemPeople) {
    people.push_back(person_);
  }
}

bool FeedXml::take_channel(Element element) {
  switch (element) {
    case Element::ttl:
      channel.ttl = integer_of(text);
      return true;
    case Element::hour:
      // Some count to 24, which is midnight.
      if (const auto hour = integer_of(text); hour && *hour <= 24) {
        channel.skip_hours.push_back(*hour % 24);
      }
      return true;
    case Element::day:
      if (const auto day = weekday_of(trim(text))) {
        channel.skip_days.push_back(*day);
      }
      return true;
    case Element::update_period:
      channel.update_period = to_ascii_lower(trim(text));
      return true;
    case Element::update_frequency:
      channel.update_frequency = integer_of(text);
      return true;
    case Element::generator:
      channel.generator = collapse_spaces(text);
      return true;
    case Element::icon:
    case Element::logo:
      set_if_empty(element == Element::logo || channel.image.empty() ? channel.image
                                                                     : channel.icon,
                   resolved(text));
      return true;
    case Element::complete:
      extra("history", "complete", "true");
      return true;
    default:
      return false;
  }
}

bool FeedXml::take_geo(Element element) {
  GeoShape& geo = draft().geo;
  const auto shape = [&](std::string_view type) {
    const std::vector<double> numbers = numbers_of(text);
    geo.points.clear();
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
      geo.points.emplace_back(numbers[i + 1], numbers[i]);  // written latitude first
    }
    geo.type = geo.points.empty() ? "" : std::string(type);
    return true;
  };
  switch (element) {
    case Element::geo_point:
    case Element::geo_lat_long:
      return shape("Point");
    case Element::geo_line:
      return shape("LineString");
    case Element::geo_polygon:
      return shape("Polygon");
    case Element::geo_box:
      return shape("Box");
    case Element::gml_positions:
      return shape(geo.type.empty() ? "Point" : std::string(geo.type));
    case Element::geo_lat:
    case Element::geo_long: {
      const std::vector<double> numbers = numbers_of(text);
      if (numbers.size() == 1) {
        (element == Element::geo_lat ? draft().latitude : draft().longitude) = numbers[0];
      }
      return true;
    }
    default:
      return false;
  }
}

void FeedXml::take_other(Element element) {
  FeedDraft& to = draft();
  switch (element) {
    case Element::id:
    case Element::guid:
      set_if_empty(to.id, std::string(trim(text)));
      break;
    case Element::link:
    case Element::location:
      if (channel.format == "sitemapindex") {
        if (std::string url = resolved(text);
            !url.empty() && channel.sitemaps.size() < limits::kMaxFeedItems) {
          channel.sitemaps.push_back(std::move(url));
        }
      } else {
        set_if_empty(to.link, resolved(text));
      }
      break;
    case Element::orig_link:
      to.orig_link = resolved(text);
      break;
    case Element::category:
    case Element::subject:
      add_tag(text);
      break;
    case Element::keywords:
    case Element::media_keywords: {
      std::string_view rest = text;
      while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        add_tag(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
      }
      break;
    }
    case Element::comments:
      set_if_empty(to.comments, resolved(text));
      break;
    case Element::comment_feed:
      to.comment_feed = resolved(text);
      break;
    case Element::comment_count:
      extra("", "comment_count", trim(text));
      break;
    case Element::language:
      set_if_empty(to.language, std::string(trim(text)));
      break;
    case Element::license:
      to.license = resolved(text);
      break;
    case Element::itunes_duration:
      to.duration = duration_of(text);
      break;
    case Element::itunes_image:
    case Element::image_location:
    case Element::video_thumbnail:
      set_if_empty(to.image, resolved(text));
      break;
    case Element::media_thumbnail:
      if (const std::string url = resolved(text); !url.empty()) {
        to.thumbnails.push_back(url);
      }
      break;
    case Element::itunes_other:
      extra("itunes", captured_name_, collapse_spaces(text));
      break;
    case Element::new_feed_url:
      extra("itunes", "new_feed_url", resolved(text));
      break;
    case Element::podcast_other:
      extra("podcast", captured_name_, collapse_spaces(text));
      break;
    case Element::media_credit:
    case Element::podcast_person:
      extra("", "credit", collapse_spaces(text));
      break;
    case Element::media_rating:
      extra("", "media_rating", collapse_spaces(text));
      break;
    case Element::docs:
      extra("", "docs", resolved(text));
      break;
    default:
      break;
  }
}

void FeedXml::add_tag(std::string_view raw) {
  std::string tag = text_of_html(raw);
  auto& tags = draft().tags;
  if (!tag.empty() && tags.size() < limits::kMaxItemTags &&
      std::find(tags.begin(), tags.end(), tag) == tags.end()) {
    tags.push_back(std::move(tag));
  }
}

void FeedXml::extra(std::string_view group, std::string_view name,
                    std::string_view value) {
  if (!value.empty() && draft().extras.size() < limits::kMaxAttachments) {
    draft().extras.push_back({group, to_ascii_lower(name), std::string(value)});
  }
}

}  // namespace siftd
