#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siftd {

struct XmlAttribute {
  std::string_view name;  // with its prefix, as written
  std::string_view raw;   // the value as written

  std::string value() const;  // references decoded, blanks as XML wants them
};

// How text is handed on: not at all, decoded, or as markup (references as written,
// CDATA escaped), which is what XHTML inside a feed wants.
enum class XmlText : std::uint8_t { none, decoded, markup };

// "dc:date" is "dc" and "date"; without a colon the prefix is empty.
std::pair<std::string_view, std::string_view> split_name(std::string_view name);

// Whether HTML has this element without an end tag.
bool is_void_html(std::string_view name);

// Told what an XmlReader finds. Views are good during the call.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;

  virtual void start(std::string_view name,
                     const std::vector<XmlAttribute>& attributes) = 0;
  // The innermost open element ends. `closed` is false when its end tag is missing:
  // another one, or the document's end, closes it.
  virtual void end(std::string_view name, bool closed) = 0;
  // How many open elements, from the innermost, lack their end tags when an element of
  // this name begins: asked before start().
  virtual std::size_t closes_before(std::string_view) { return 0; }

  // Where text goes from now on; the reader appends to it.
  XmlText text_mode = XmlText::none;
  std::string text;
  // The document has ended early: what is closed now was never finished.
  bool cut = false;
  // Set to end reading.
  bool stop = false;
};

// Reads XML as it comes: what is well-formed as XML 1.0 says, what is broken as
// best it can, in one pass over any UTF-8. It knows no DTD (one is passed over) and
// no entity beyond HTML's; it calls nobody. A bare '&' or '<' is text; an attribute
// may lack its quotes or come twice (the first counts); an end tag closes what it can
// (names compare without case) and is passed over when it closes nothing; CDATA that
// nobody closes ends with its element. Bounded: depth, names, attributes
// (base/limits); beyond them input is passed over.
class XmlReader {
 public:
  explicit XmlReader(XmlHandler& handler) : handler_(handler) {}

  // Reads what can be read of a window of the document and returns how many bytes
  // that was; the rest must come again, at the front of the next window. The last
  // window is read whole.
  std::size_t read(std::string_view window, bool last);

  // Whether the document ended inside of a tag, a section or an element.
  bool was_cut() const { return cut_; }
  std::size_t depth() const { return name_starts_.size(); }
  // Where the token being handled begins, in bytes from the document's start.
  std::size_t offset() const { return consumed_ + token_start_; }

 private:
  bool read_text();
  bool read_markup();
  bool read_start_tag();
  bool read_attributes(std::size_t& at);
  bool read_attribute(std::size_t& at);
  bool read_end_tag();
  bool read_cdata();
  bool skip_past(std::string_view end, std::size_t from);
  bool skip_doctype();
  void append_text(std::string_view raw);
  void append_cdata(std::string_view raw);
  void open(std::string_view name);
  void close(std::string_view name);
  void close_top(bool closed);
  std::string_view top() const;
  std::size_t unclosed_cdata_end(std::string_view content) const;
  bool cut();

  XmlHandler& handler_;
  std::string_view in_;
  std::size_t at_ = 0;
  std::size_t token_start_ = 0;
  bool last_ = false;
  bool cut_ = false;
  bool in_cdata_ = false;
  std::size_t consumed_ = 0;  // in earlier windows
  std::string names_;         // of the open elements, one after the other
  std::vector<std::size_t> name_starts_;
  std::vector<XmlAttribute> attributes_;
};

}  // namespace siftd
