// What a feed's elements mean when they end: where their text goes.
#include <algorithm>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/date.hpp"
#include "parsers/entities.hpp"
#include "parsers/feed_values.hpp"
#include "parsers/feed_xml.hpp"
#include "parsers/html_text.hpp"

namespace siftd {
namespace {

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
    case Element::last_modified:
      if (channel.format == "sitemapindex") {
        sitemap_.modified = parse_date(text);
        if (!sitemap_.url.empty() && !channel.sitemaps.empty()) {
          channel.sitemaps.back().modified = sitemap_.modified;
        }
      }
      [[fallthrough]];
    case Element::last_build_date:
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
          sitemap_.url = url;
          channel.sitemaps.push_back(sitemap_);
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
