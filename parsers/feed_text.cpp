// How FeedXml reads the text of an element: plain, HTML, XHTML or base64.
#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/entities.hpp"
#include "parsers/feed_xml.hpp"
#include "parsers/url.hpp"

namespace siftd {
namespace {

bool is_binary(std::string_view type) {
  return type.find('/') != type.npos && !starts_with_ignoring_case(type, "text/") &&
         !type.ends_with("xml");
}

std::string base64_decoded(std::string_view text) {
  std::string out;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : text) {
    int value;
    if (c >= 'A' && c <= 'Z') {
      value = c - 'A';
    } else if (c >= 'a' && c <= 'z') {
      value = c - 'a' + 26;
    } else if (is_ascii_digit(c)) {
      value = c - '0' + 52;
    } else if (c == '+' || c == '-') {
      value = 62;
    } else if (c == '/' || c == '_') {
      value = 63;
    } else if (c == '=') {
      break;
    } else {
      continue;
    }
    buffer = (buffer << 6 | static_cast<unsigned>(value)) & 0xFFFFFF;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(buffer >> bits & 0xFF);
    }
  }
  return out;
}

}  // namespace

// What an element's text is: as it says, else as its format wants it.
TextKind FeedXml::text_kind(const Name& name) const {
  const std::string type = to_ascii_lower(attribute_value("type"));
  const std::string mode = to_ascii_lower(attribute_value("mode"));
  const bool is_atom = name.space == Namespace::atom || atom_text_;
  if (type == "xhtml" || type == "application/xhtml+xml" ||
      (mode == "xml" && (type == "text/html" || type == "html"))) {
    return TextKind::xhtml;
  }
  if (type == "html" || type == "text/html") {
    return TextKind::html;
  }
  if (type == "text" || type == "text/plain" || type == "plain") {
    return mode == "escaped" && !is_atom ? TextKind::html : TextKind::plain;
  }
  if (type.ends_with("/xml") || type.ends_with("+xml")) {
    return TextKind::xhtml;
  }
  if (is_binary(type)) {
    return TextKind::html;  // when it decodes to text at all
  }
  if (name.element == Element::xhtml_body) {
    return TextKind::xhtml;
  }
  if (mode == "escaped") {
    return TextKind::html;
  }
  return is_atom && name.space != Namespace::content && name.space != Namespace::dc
             ? TextKind::plain
             : TextKind::html;
}

void FeedXml::capture(Element element, TextKind kind) {
  captured_ = element;
  capture_depth_ = depth_;
  capture_kind_ = kind;
  // RFC 4287, 4.1.3.3: other types than text and XML come in base64.
  capture_base64_ = equals_ignoring_case(attribute("mode"), "base64") ||
                    (kind == TextKind::html && is_binary(attribute_value("type")));
  capture_bases_ = bases_.size();
  text.clear();
  text_mode = kind == TextKind::xhtml ? XmlText::markup : XmlText::decoded;
}

// An element inside of a text: HTML that nobody escaped, or XHTML.
void FeedXml::child_markup(std::string_view name,
                           const std::vector<XmlAttribute>& attributes) {
  // The <div> around XHTML is no part of it, nor is one around escaped HTML. Its end
  // tag will close nothing.
  if (depth_ == capture_depth_ + 1 && capture_kind_ != TextKind::plain &&
      equals_ignoring_case(split_name(name).second, "div") && trim(text).empty()) {
    return;
  }
  if (text_mode == XmlText::decoded) {
    if (capture_kind_ == TextKind::plain) {
      std::string escaped;
      append_html_escaped(escaped, text);
      text = std::move(escaped);
    }
    capture_kind_ = TextKind::xhtml;
    text_mode = XmlText::markup;
  }
  text.append("<").append(split_name(name).second);
  for (const XmlAttribute& attribute : attributes) {
    if (attribute.name.starts_with("xml")) {
      continue;
    }
    text.append(" ").append(attribute.name).append("=\"");
    const std::string_view local = attribute.name;
    if (bases_.size() > capture_bases_ && (local == "href" || local == "src")) {
      append_html_escaped(text, resolve_url(base(), attribute.value()));
    } else {
      for (const char c : attribute.raw) {
        if (c == '"') {
          text += "&quot;";
        } else {
          text += c;
        }
      }
    }
    text += '"';
  }
  text += '>';
}

void FeedXml::finish_capture() {
  text_mode = XmlText::none;
  const Element element = captured_;
  if (capture_base64_) {
    std::string decoded = base64_decoded(text);
    const bool is_text = valid_utf8_prefix(decoded) == decoded.size() &&
                         decoded.find('\0') == decoded.npos;
    text = is_text ? std::move(decoded) : "";
  }
  if (text.size() > limits::kMaxItemText) {
    text.resize(utf8_cut(text, limits::kMaxItemText));
    draft().text_cut = true;
  }
  capture_depth_ = 0;
  take(element);
  if (!scopes_.empty() && !in(Context::item)) {
    // Back among a person's or picture's elements: loose text begins anew.
    text.clear();
    text_mode = XmlText::decoded;
  }
}

FeedText FeedXml::taken_text() {
  return {std::move(text), capture_kind_, std::string(base())};
}

}  // namespace siftd
