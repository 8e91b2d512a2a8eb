#include "daemon/dedup_line.hpp"

#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <string_view>
#include <utility>

#include "parsers/chars.hpp"
#include "parsers/date.hpp"

namespace siftd {

namespace {

// Of one line.
struct Document {
  std::string id = "null";  // as JSON
  std::string title;
  std::string text;
  std::string time;
};

// Takes the known strings out of one JSON object; skips all else, however deep.
class DocumentHandler
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, DocumentHandler> {
 public:
  explicit DocumentHandler(Document& document) : document_(document) {}

  bool StartObject() {
    ++depth_;
    return true;
  }
  bool EndObject(rapidjson::SizeType) {
    --depth_;
    return true;
  }
  bool StartArray() {
    if (depth_ == 0)
      return false;
    ++depth_;
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return true;
  }
  bool Key(const char* name, rapidjson::SizeType size, bool) {
    if (depth_ != 1)
      return true;
    std::string_view key(name, size);
    field_ = key == "id"      ? Field::id
             : key == "text"  ? Field::text
             : key == "title" ? Field::title
             : key == "time"  ? Field::time
                              : Field::none;
    return true;
  }
  bool String(const char* value, rapidjson::SizeType size, bool) {
    if (depth_ != 1)
      return depth_ != 0;
    switch (std::exchange(field_, Field::none)) {
      case Field::id:
        set_id(value, size);
        break;
      case Field::text:
        document_.text.assign(value, size);
        break;
      case Field::title:
        document_.title.assign(value, size);
        break;
      case Field::time:
        document_.time.assign(value, size);
        break;
      case Field::none:
        break;
    }
    return true;
  }
  // Numbers, as they are written.
  bool RawNumber(const char* value, rapidjson::SizeType size, bool) {
    if (depth_ != 1)
      return depth_ != 0;
    if (std::exchange(field_, Field::none) == Field::id)
      document_.id.assign(value, size);
    return true;
  }
  bool Default() {
    field_ = Field::none;
    return depth_ != 0;
  }

 private:
  enum class Field { none, id, text, title, time };

  void set_id(const char* value, rapidjson::SizeType size) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.String(value, size);
    document_.id.assign(buffer.GetString(), buffer.GetSize());
  }

  Document& document_;
  Field field_ = Field::none;
  int depth_ = 0;
};

}  // namespace

DedupLine read_dedup_line(char* line) {
  Document document;
  DocumentHandler handler(document);
  rapidjson::Reader reader;
  rapidjson::InsituStringStream stream(line);
  constexpr unsigned kFlags = rapidjson::kParseInsituFlag |
                              rapidjson::kParseNumbersAsStringsFlag |
                              rapidjson::kParseIterativeFlag;
  DedupLine ready;
  // Ours validates eight bytes at once, RapidJSON's reader one by one.
  const std::string_view bytes(line);
  const bool is_utf8 = valid_utf8_prefix(bytes) == bytes.size();
  if (!is_utf8 || !reader.Parse<kFlags>(stream, handler)) {
    ready.error = "not a JSON object";
    return ready;
  }
  ready.id = std::move(document.id);
  ready.print = fingerprint(document.title, document.text);
  if (!document.time.empty())
    ready.time = parse_date(document.time);
  return ready;
}

}  // namespace siftd
