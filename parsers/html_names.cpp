#include "parsers/html_names.hpp"

#include <utility>

#include "parsers/chars.hpp"

namespace siftd {

namespace {

// Of the attributes whose names are longer than eight bytes.
std::optional<Attr> long_attribute(std::string_view name) {
  constexpr std::pair<std::string_view, Attr> kLong[] = {
      {"aria-hidden", Attr::aria_hidden}, {"data-testid", Attr::test_id},
      {"data-test-id", Attr::test_id},    {"data-component", Attr::component},
      {"data-type", Attr::component},
  };
  for (const auto& [ours, attr] : kLong) {
    if (ours.size() == name.size() && equals_ignoring_case(ours, name)) {
      return attr;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Attr> attribute_of(std::string_view name) {
  switch (short_name(name)) {
    case short_name("id"):
      return Attr::id;
    case short_name("class"):
      return Attr::class_;
    case short_name("href"):
      return Attr::href;
    case short_name("src"):
      return Attr::src;
    case short_name("rel"):
      return Attr::rel;
    case short_name("role"):
      return Attr::role;
    case short_name("type"):
      return Attr::type;
    case short_name("name"):
      return Attr::name;
    case short_name("property"):
      return Attr::property;
    case short_name("content"):
      return Attr::content;
    case short_name("itemprop"):
      return Attr::itemprop;
    case short_name("datetime"):
      return Attr::datetime;
    case short_name("style"):
      return Attr::style;
    case short_name("hidden"):
      return Attr::hidden;
    case short_name("lang"):
      return Attr::lang;
    case short_name("data-qa"):
      return Attr::test_id;
    case 0:
      return long_attribute(name);
    default:
      return std::nullopt;
  }
}

bool is_shaping(std::string_view name) {
  switch (short_name(name)) {
    case short_name("encoding"):
    case short_name("color"):
    case short_name("face"):
    case short_name("size"):
      return true;
    default:
      return false;
  }
}

HtmlElement html_element_of(std::string_view name) {
  switch (short_name(name)) {
    case short_name("link"):
    case short_name("img"):
      return HtmlElement::unread;
    case short_name("script"):
    case short_name("style"):
      return HtmlElement::code;
    case short_name("title"):
    case short_name("textarea"):
    case short_name("iframe"):
    case short_name("noframes"):
    case short_name("noembed"):
    case short_name("xmp"):
      return HtmlElement::raw_text;
    case short_name("svg"):
      return HtmlElement::drawing;
    case short_name("pre"):
    case short_name("listing"):
      return HtmlElement::as_it_is;
    case short_name("address"):
    case short_name("article"):
    case short_name("aside"):
    case short_name("body"):
    case short_name("br"):
    case short_name("caption"):
    case short_name("center"):
    case short_name("dd"):
    case short_name("details"):
    case short_name("div"):
    case short_name("dl"):
    case short_name("dt"):
    case short_name("fieldset"):
    case short_name("figure"):
    case short_name("footer"):
    case short_name("form"):
    case short_name("h1"):
    case short_name("h2"):
    case short_name("h3"):
    case short_name("h4"):
    case short_name("h5"):
    case short_name("h6"):
    case short_name("head"):
    case short_name("header"):
    case short_name("hr"):
    case short_name("html"):
    case short_name("legend"):
    case short_name("li"):
    case short_name("main"):
    case short_name("menu"):
    case short_name("nav"):
    case short_name("ol"):
    case short_name("p"):
    case short_name("section"):
    case short_name("summary"):
    case short_name("table"):
    case short_name("tbody"):
    case short_name("td"):
    case short_name("tfoot"):
    case short_name("th"):
    case short_name("thead"):
    case short_name("tr"):
    case short_name("ul"):
      return HtmlElement::line;
    case 0:
      return equals_ignoring_case(name, "blockquote") ||
                     equals_ignoring_case(name, "figcaption")
                 ? HtmlElement::line
             : equals_ignoring_case(name, "plaintext") ? HtmlElement::endless
                                                       : HtmlElement::running;
    default:
      return HtmlElement::running;
  }
}

bool is_drawn(std::string_view name) {
  switch (short_name(name)) {
    case short_name("animate"):
    case short_name("circle"):
    case short_name("clippath"):
    case short_name("defs"):
    case short_name("desc"):
    case short_name("ellipse"):
    case short_name("filter"):
    case short_name("g"):
    case short_name("image"):
    case short_name("line"):
    case short_name("mask"):
    case short_name("path"):
    case short_name("pattern"):
    case short_name("polygon"):
    case short_name("polyline"):
    case short_name("rect"):
    case short_name("stop"):
    case short_name("symbol"):
    case short_name("text"):
    case short_name("title"):
    case short_name("tspan"):
    case short_name("use"):
      return true;
    case 0:
      return equals_ignoring_case(name, "lineargradient") ||
             equals_ignoring_case(name, "radialgradient") ||
             equals_ignoring_case(name, "animatetransform");
    default:
      return false;
  }
}

}  // namespace siftd
