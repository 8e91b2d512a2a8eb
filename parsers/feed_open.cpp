// What a feed's elements mean when they begin: what their attributes say, and how
// their text is to be read.
#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/feed_values.hpp"
#include "parsers/feed_xml.hpp"

namespace siftd {
namespace {

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
      } else if (name.element == Element::sitemap) {
        sitemap_ = {};
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

}  // namespace siftd
