#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/feed_draft.hpp"
#include "parsers/feed_names.hpp"
#include "parsers/xml.hpp"

namespace siftd {

// Makes drafts out of RSS, RDF, Atom, CDF and sitemaps: one vocabulary, since feeds
// mix them. Elements are told apart by where they stand (channel, item, image,
// person, source), not by which format the document claims to be.
class FeedXml : public XmlHandler {
 public:
  // `base`: the document's URL, absolute or empty.
  FeedXml(std::string_view base, const std::function<void(Item)>& on_item);

  void start(std::string_view name, const std::vector<XmlAttribute>& attributes) override;
  void end(std::string_view name, bool closed) override;
  std::size_t closes_before(std::string_view name) override;

  ChannelDraft channel;
  bool is_feed = false;    // one of the known roots was there
  std::size_t items = 0;   // handed on
  bool item_cut = false;   // the document ended inside of an item
  std::string over_limit;  // which limit was passed; empty: none

 private:
  enum class Context : std::uint8_t { item, person, image, source, media, text_input };
  struct Scope {
    Context context;
    std::size_t depth;
  };
  struct Binding {
    std::string prefix;
    Namespace space;
    std::size_t depth;
  };
  struct Name {
    Namespace space;
    std::string_view local;
    Element element;
  };
  struct Inherited {  // xml:base, xml:lang
    std::string value;
    std::size_t depth;
  };

  // Names and what is inherited (feed_xml.cpp)
  void bind(const std::vector<XmlAttribute>& attributes);
  void unbind();
  Name resolve(std::string_view name) const;
  std::string_view base() const;
  std::string_view attribute(std::string_view local) const;
  std::string attribute_value(std::string_view local) const;
  std::string resolved(std::string_view reference) const;

  // Structure (feed_xml.cpp)
  void open(const Name& name);
  bool open_root(const Name& name);
  bool open_context(const Name& name);
  void close(Element element, bool closed);
  void close_scope(const Scope& scope);
  void begin_item(const Name& name);
  void end_item();
  bool in(Context context) const;
  FeedDraft& draft();

  // Text (feed_text.cpp)
  void capture(Element element, TextKind kind);
  void child_markup(std::string_view name, const std::vector<XmlAttribute>& attributes);
  void finish_capture();
  TextKind text_kind(const Name& name) const;
  FeedText taken_text();
  bool is_capturing() const { return capture_depth_ != 0; }

  // What an element means when it begins (feed_open.cpp)
  void open_element(const Name& name);
  bool open_empty_element(const Name& name);
  void open_link();
  void open_enclosure();
  void open_media();
  void open_category(const Name& name);
  void open_content(const Name& name);

  // and when it ends (feed_take.cpp)
  void take(Element element);
  bool take_text(Element element);
  bool take_time(Element element);
  bool take_person(Element element);
  bool take_channel(Element element);
  bool take_geo(Element element);
  void take_other(Element element);
  void take_in_image(Element element);
  void take_in_source(Element element);
  void end_person();
  void add_tag(std::string_view tag);
  void extra(std::string_view group, std::string_view name, std::string_view value);

  const std::function<void(Item)>& on_item_;
  std::size_t depth_ = 0;
  std::vector<Element> elements_;  // open, innermost last
  std::vector<Scope> scopes_;
  std::vector<Binding> bindings_;
  std::vector<Inherited> bases_;
  std::vector<Inherited> languages_;
  const std::vector<XmlAttribute>* attributes_ = nullptr;

  FeedDraft item_;
  bool in_item_ = false;
  bool atom_text_ = false;  // the root is Atom's: unmarked text is plain
  bool is_rdf_ = false;
  std::string version_;

  Element captured_ = Element::unknown;
  std::size_t capture_depth_ = 0;
  TextKind capture_kind_ = TextKind::none;
  bool capture_base64_ = false;
  std::size_t capture_bases_ = 0;
  std::string captured_name_;  // local, where several elements share a meaning

  Author person_;
  Element person_element_ = Element::unknown;
  SitemapLink sitemap_;  // of an index, as far as it was read
  std::string image_url_;
  std::string source_title_, source_url_;
};

}  // namespace siftd
