#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace siftd {

// Appends a JSON string with its quotes. UTF-8 in; control characters are escaped,
// and U+2028 and U+2029, which end lines elsewhere.
void append_json_string(std::string& out, std::string_view text);

// Appends JSON to a string: members and elements with their commas, no white space.
// The caller keeps objects and arrays balanced.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);
  void string(std::string_view text);
  void number(std::int64_t value);
  void number(double value);  // finite
  void boolean(bool value);
  void raw(std::string_view json);  // one value, or an object's members

  // key() and string(), when there is something to say.
  void member(std::string_view name, std::string_view text) {
    if (!text.empty()) {
      key(name);
      string(text);
    }
  }

 private:
  void open(char bracket);
  void close(char bracket);
  void comma();

  std::string& out_;
  bool first_ = true;  // nothing stands yet in the innermost object or array
};

}  // namespace siftd
