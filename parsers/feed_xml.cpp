#include "parsers/feed_xml.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/date.hpp"
#include "parsers/entities.hpp"
#include "parsers/url.hpp"

namespace siftd {
namespace {

// Elements whose text is a line, so that an element inside means a missing end tag.
bool is_short(Element element) {
  switch (element) {
    case Element::link:
    case Element::guid:
    case Element::id:
    case Element::pub_date:
    case Element::dc_date:
    case Element::published:
    case Element::updated:
    case Element::title:
    case Element::comments:
    case Element::creator:
    case Element::category:
    case Element::person_name:
    case Element::person_uri:
    case Element::person_email:
      return true;
    default:
      return false;
  }
}

// Elements that no HTML inside a text has.
bool starts_field(Element element) {
  switch (element) {
    case Element::guid:
    case Element::pub_date:
    case Element::description:
    case Element::enclosure:
    case Element::encoded:
    case Element::comments:
    case Element::published:
    case Element::updated:
    case Element::category:
    case Element::creator:
      return true;
    default:
      return false;
  }
}

// 2.01 and 2.1 were never other formats, and what is no number is none.
std::string rss_version(const std::string& written) {
  if (written.starts_with("2")) {
    return "2.0";
  }
  const bool number =
      written.size() <= 4 && written.find_first_not_of("0123456789.") == written.npos;
  return number ? written : "";
}

}  // namespace

FeedXml::FeedXml(std::string_view base, const std::function<void(Item)>& on_item)
    : on_item_(on_item) {
  bases_.push_back({std::string(base), 0});
}

void FeedXml::start(std::string_view name, const std::vector<XmlAttribute>& attributes) {
  ++depth_;
  attributes_ = &attributes;
  bind(attributes);
  if (is_capturing()) {
    elements_.push_back(Element::unknown);
    child_markup(name, attributes);
    return;
  }
  const Name resolved = resolve(name);
  elements_.push_back(resolved.element);
  open(resolved);
}

void FeedXml::end(std::string_view name, bool closed) {
  if (is_capturing() && depth_ > capture_depth_) {
    const std::string_view local = split_name(name).second;
    if (text_mode == XmlText::markup && !is_void_html(local)) {
      text.append("</").append(local).append(">");
    }
  } else {
    if (is_capturing() && depth_ == capture_depth_) {
      finish_capture();
    }
    close(elements_.back(), closed);
  }
  elements_.pop_back();
  unbind();
  --depth_;
}

// A missing end tag: what must be closed before an element of this name can begin.
std::size_t FeedXml::closes_before(std::string_view name) {
  if (!in_item_ && !is_capturing()) {
    return 0;
  }
  const Element element = resolve(name).element;
  if (element == Element::item && in_item_) {
    for (const Scope& scope : scopes_) {
      if (scope.context == Context::item) {
        return depth_ - scope.depth + 1;
      }
    }
  }
  if (!is_capturing() || captured_ == element) {
    return 0;
  }
  const bool ends_line =
      is_short(captured_) &&
      (starts_field(element) || (captured_ != Element::link && element == Element::link &&
                                 capture_kind_ != TextKind::xhtml));
  const bool is_field =
      text_mode == XmlText::decoded && depth_ == capture_depth_ && ends_line;
  return is_field || element == Element::channel ? depth_ - capture_depth_ + 1 : 0;
}

void FeedXml::bind(const std::vector<XmlAttribute>& attributes) {
  for (const XmlAttribute& attribute : attributes) {
    if (attribute.name.size() < 5 || ascii_lower(attribute.name[0]) != 'x') {
      continue;
    }
    const auto [prefix, local] = split_name(attribute.name);
    if (prefix == "xmlns" || (prefix.empty() && local == "xmlns")) {
      const std::string_view bound = prefix.empty() ? std::string_view{} : local;
      Namespace space = namespace_of(bound, attribute.value());
      if (bound.empty() && space == Namespace::unknown && depth_ <= 2) {
        space = Namespace::none;  // a wrong default namespace on the root
      }
      bindings_.push_back({std::string(bound), space, depth_});
    } else if (attribute.name == "xml:base") {
      const std::string outer(base());
      std::string value = resolve_url(outer, attribute.value());
      bases_.push_back({value.empty() ? outer : std::move(value), depth_});
    } else if (attribute.name == "xml:lang") {
      languages_.push_back({attribute.value(), depth_});
    }
  }
}

void FeedXml::unbind() {
  while (!bindings_.empty() && bindings_.back().depth == depth_) {
    bindings_.pop_back();
  }
  while (bases_.back().depth == depth_ && bases_.size() > 1) {
    bases_.pop_back();
  }
  while (!languages_.empty() && languages_.back().depth == depth_) {
    languages_.pop_back();
  }
}

FeedXml::Name FeedXml::resolve(std::string_view name) const {
  const auto [prefix, local] = split_name(name);
  const auto bound =
      std::find_if(bindings_.rbegin(), bindings_.rend(),
                   [wanted = prefix](const Binding& b) { return b.prefix == wanted; });
  Namespace space = Namespace::none;
  if (bound != bindings_.rend()) {
    space = bound->space;
  } else if (!prefix.empty()) {
    space = namespace_of(prefix, {});
  }
  return {space, local, element_of(space, local)};
}

// RSS has no xml:base, and its relative links mean the site more often than the place
// where the feed lies (feeds.example.net).
std::string_view FeedXml::base() const {
  const bool site =
      bases_.size() == 1 && in_item_ && !atom_text_ && !channel.link.empty();
  return site ? std::string_view(channel.link) : std::string_view(bases_.back().value);
}

std::string_view FeedXml::attribute(std::string_view local) const {
  for (const XmlAttribute& attribute : *attributes_) {
    if (equals_ignoring_case(split_name(attribute.name).second, local)) {
      return attribute.raw;
    }
  }
  return {};
}

std::string FeedXml::attribute_value(std::string_view local) const {
  return XmlAttribute{{}, trim(attribute(local))}.value();
}

std::string FeedXml::resolved(std::string_view reference) const {
  return trim(reference).empty() ? "" : resolve_url(base(), reference);
}

bool FeedXml::in(Context context) const {
  return !scopes_.empty() && scopes_.back().context == context;
}

FeedDraft& FeedXml::draft() {
  return in_item_ ? item_ : channel;
}

void FeedXml::open(const Name& name) {
  if (open_root(name) || open_context(name)) {
    return;
  }
  if (is_feed) {
    open_element(name);
  }
}

bool FeedXml::open_root(const Name& name) {
  switch (name.element) {
    case Element::rss:
      channel.format = "rss" + rss_version(attribute_value("version"));
      break;
    case Element::rdf:
      channel.format = "rss1.0";
      for (const Binding& binding : bindings_) {
        if (binding.prefix.empty() &&
            attribute("xmlns").find("0.9") != std::string_view::npos) {
          channel.format = "rss0.90";
        }
      }
      is_rdf_ = true;
      break;
    case Element::feed:
      atom_text_ = true;
      channel.format =
          attribute_value("version") == "0.3" ||
                  attribute("xmlns").find("purl.org/atom") != std::string_view::npos
              ? "atom0.3"
              : "atom1.0";
      break;
    case Element::channel:
      if (in_item_) {
        return false;
      }
      if (!is_feed) {
        channel.format = "cdf";
      }
      if (const std::string home = resolved(attribute_value("href")); !home.empty()) {
        channel.link = home;
      }
      if (attribute("lastmod").size() > 0) {
        channel.updated = {parse_date(attribute_value("lastmod")), 5};
      }
      break;
    case Element::url_set:
      channel.format = "sitemap";
      break;
    case Element::sitemap_index:
      channel.format = "sitemapindex";
      break;
    default:
      return false;
  }
  is_feed = true;
  if (!languages_.empty() && channel.language.empty()) {
    channel.language = languages_.back().value;
  }
  return true;
}

bool FeedXml::open_context(const Name& name) {
  const auto enter = [&](Context context) {
    scopes_.push_back({context, depth_});
    text.clear();
    text_mode = XmlText::decoded;  // what stands in it beside its elements
    return true;
  };
  switch (name.element) {
    case Element::item:
      begin_item(name);
      return true;
    case Element::url:
      if (channel.format == "sitemap" && !in_item_) {
        begin_item(name);
        return true;
      }
      return false;
    case Element::author:
    case Element::contributor:
    case Element::itunes_owner:
      if (!is_feed || in(Context::source)) {
        return false;
      }
      person_ = {};
      person_element_ = name.element;
      return enter(Context::person);
    case Element::image:
      if (!is_feed) {
        return false;
      }
      image_url_ = resolved(attribute_value("href"));
      if (image_url_.empty()) {
        image_url_ = resolved(attribute_value("resource"));
      }
      return enter(Context::image);
    case Element::source:
      if (!in_item_) {
        return false;
      }
      source_url_ = resolved(attribute_value("url"));
      source_title_.clear();
      return enter(Context::source);
    case Element::text_input:
      return enter(Context::text_input);
    default:
      return false;
  }
}

void FeedXml::close(Element, bool closed) {
  while (!scopes_.empty() && scopes_.back().depth == depth_) {
    const Scope scope = scopes_.back();
    scopes_.pop_back();
    if (scope.context == Context::item) {
      // Cut off by the document's end, it may lack half of its text.
      if (closed || !cut) {
        end_item();
      } else {
        item_cut = true;
      }
      in_item_ = false;
    } else {
      close_scope(scope);
    }
    text_mode = XmlText::none;
  }
}

void FeedXml::close_scope(const Scope& scope) {
  const std::string loose = collapse_spaces(text);
  switch (scope.context) {
    case Context::person:
      if (person_ == Author{} && !loose.empty()) {
        person_ = author_of(loose);
      }
      end_person();
      break;
    case Context::image: {
      const std::string url = image_url_.empty() ? resolved(loose) : image_url_;
      (in_item_ ? item_.image : channel.icon) = url.empty() ? draft().image : url;
      break;
    }
    case Context::source:
      item_.source_url = source_url_;
      item_.source_title = source_title_.empty() ? loose : source_title_;
      break;
    default:
      break;
  }
}

void FeedXml::begin_item(const Name& name) {
  is_feed = true;
  item_ = {};
  in_item_ = true;
  scopes_.push_back({Context::item, depth_});
  // CDF says in attributes what others say in elements; RDF's items are named.
  if (channel.format == "cdf") {
    item_.link = resolved(attribute_value("href"));
    item_.updated = {parse_date(attribute_value("lastmod")), 5};
  } else if (is_rdf_) {
    item_.id = attribute_value("about");
  }
  if (!languages_.empty() && languages_.back().depth > 1) {
    item_.language = languages_.back().value;
  }
  if (channel.format.empty()) {
    channel.format = equals_ignoring_case(name.local, "entry") ? "atom1.0" : "rss";
  }
}

void FeedXml::end_item() {
  if (items >= limits::kMaxFeedItems) {
    over_limit = "more than " + std::to_string(limits::kMaxFeedItems) + " items";
    stop = true;
    return;
  }
  ++items;
  if (item_.text_cut) {
    over_limit =
        "a text is longer than " + std::to_string(limits::kMaxItemText) + " bytes";
  }
  if (item_.link.empty() && item_.links.empty() &&
      channel.format.starts_with("sitemap")) {
    return;  // <url> without <loc>, or another format's <item> in an index
  }
  if (on_item_) {
    on_item_(adapt_item(std::move(item_)));
  }
}

}  // namespace siftd
