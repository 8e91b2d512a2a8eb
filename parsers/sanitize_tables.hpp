#pragma once

#include <cstdint>
#include <string_view>

// The allow-list itself. For parsers/sanitize only.
namespace siftd {

enum class Treatment : std::uint8_t {
  unwrap,  // not on the list: the tags go, the content stays
  keep,
  drop,  // goes with its content
};

// What an element closes when it begins, as HTML's optional end tags want it.
enum class Group : std::uint8_t { none, block, list_item, term, cell, row, table_part };

// Which attributes an element may have beside the global ones.
enum AttributeSet : std::uint8_t {
  no_more = 0,
  for_link = 1,
  for_image = 2,
  for_quote = 4,
  for_time = 8,
  for_list = 16,
  for_cell = 32,
  for_media = 64,
};

struct ElementRule {
  std::string_view name;
  Treatment treatment = Treatment::unwrap;
  Group group = Group::none;
  std::uint8_t attributes = no_more;
  bool is_void = false;
  bool parts_words = false;  // a block: words on its two sides are two words
};

struct AttributeRule {
  std::string_view name;
  std::uint8_t sets = 0;  // AttributeSet; 0xFF: every element
  bool is_url = false;
};

// The rule of an element by its name in any case; null: HTML does not know it.
const ElementRule* element_rule(std::string_view name);
// null: on no element.
const AttributeRule* attribute_rule(std::string_view name);

// Whether an absolute URL is a known counter of readers and not a picture.
bool is_tracker(std::string_view url);

}  // namespace siftd
