#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace siftd {

// Reads JSON in one pass, without a tree and without recursion, and forgives what
// hand-made JSON gets wrong: missing and trailing commas, raw line ends and controls
// in strings, lone surrogates (U+FFFD), unknown escapes, bytes behind the end. UTF-8
// in; the text must outlive the reader.
//
//   if (json.enter_object()) while (json.next_key(key)) { ...one value... }
//
// Each value must be read or skipped before the next key or element.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  enum class Type : std::uint8_t { object, array, string, scalar, none };
  Type peek();

  // True: the value is one, and its members come next. False: it was not, and has
  // been skipped.
  bool enter_object() { return enter('{'); }
  bool enter_array() { return enter('['); }
  // False at the object's or array's end, which is taken.
  bool next_key(std::string& key);
  bool next_element();

  // The value as text: a string's content, a number or boolean as written; "" for
  // null, and for objects and arrays, which are skipped.
  std::string text();
  void skip();

  // Whether the text ended before the JSON did.
  bool was_cut() const { return cut_; }

 private:
  bool enter(char bracket);
  void skip_blanks();
  void skip_blanks_and_commas();
  void read_string(std::string& out);
  void skip_string();
  void read_escape(std::string& out);
  std::uint32_t read_hex4();

  std::string_view text_;
  std::size_t at_ = 0;
  bool cut_ = false;
};

}  // namespace siftd
