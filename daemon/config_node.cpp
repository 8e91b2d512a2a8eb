#include "daemon/config_node.hpp"

#include <algorithm>
#include <toml++/toml.h>

namespace siftd {
namespace {

// From toml++'s tree to ours; `lines` stand before the text in its file. toml++ bounds
// the nesting (256), so recursion here is bounded as well.
class Converter {
 public:
  explicit Converter(int lines) : lines_(lines) {}

  ConfigNode convert(const toml::node& node) const {
    ConfigNode result;
    result.line = line(node.source());
    result.column = column(node.source());
    if (const toml::table* table = node.as_table()) {
      result.kind = ConfigNode::Kind::table;
      convert_table(*table, result);
    } else if (const toml::array* array = node.as_array()) {
      result.kind = ConfigNode::Kind::array;
      for (const toml::node& element : *array) {
        result.elements.push_back(convert(element));
      }
    } else if (const auto* text = node.as_string()) {
      result.kind = ConfigNode::Kind::string;
      result.text = text->get();
    } else if (const auto* integer = node.as_integer()) {
      result.kind = ConfigNode::Kind::integer;
      result.integer = integer->get();
      result.number = static_cast<double>(integer->get());
    } else if (const auto* number = node.as_floating_point()) {
      result.kind = ConfigNode::Kind::number;
      result.number = number->get();
    } else if (const auto* boolean = node.as_boolean()) {
      result.kind = ConfigNode::Kind::boolean;
      result.boolean = boolean->get();
    } else {
      result.kind = ConfigNode::Kind::time;
    }
    return result;
  }

  int line(const toml::source_region& region) const {
    return static_cast<int>(region.begin.line) + lines_;
  }
  static int column(const toml::source_region& region) {
    return static_cast<int>(region.begin.column);
  }

 private:
  void convert_table(const toml::table& table, ConfigNode& result) const {
    for (const auto& [key, value] : table) {
      result.members.push_back({std::string(key.str()), convert(value),
                                line(key.source()), column(key.source())});
    }
    // toml++ sorts by name; people read from the top.
    std::stable_sort(result.members.begin(), result.members.end(),
                     [](const ConfigNode::Member& a, const ConfigNode::Member& b) {
                       return std::pair(a.line, a.column) < std::pair(b.line, b.column);
                     });
  }

  int lines_;
};

// toml++ says "Error while parsing key-value pair: ..."; the first words help nobody.
std::string without_preamble(std::string_view description) {
  constexpr std::string_view kPreamble = "Error while parsing ";
  if (description.starts_with(kPreamble)) {
    description.remove_prefix(kPreamble.size());
  }
  return std::string(description);
}

}  // namespace

const ConfigNode::Member* ConfigNode::find(std::string_view key) const {
  const auto found =
      std::find_if(members.begin(), members.end(),
                   [&](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &*found;
}

std::string_view kind_name(ConfigNode::Kind kind) {
  switch (kind) {
    case ConfigNode::Kind::table:
      return "a table";
    case ConfigNode::Kind::array:
      return "an array";
    case ConfigNode::Kind::string:
      return "a string";
    case ConfigNode::Kind::integer:
      return "an integer";
    case ConfigNode::Kind::number:
      return "a number";
    case ConfigNode::Kind::boolean:
      return "true or false";
    case ConfigNode::Kind::time:
      return "a date or time";
  }
  return "something else";
}

std::variant<ConfigNode, ConfigError> read_toml(std::string_view text,
                                                const std::string& file, int first_line) {
  const Converter converter(first_line - 1);
  try {
    return converter.convert(toml::parse(text, file));
  } catch (const toml::parse_error& mistake) {
    ConfigError error;
    error.file = file;
    error.line = converter.line(mistake.source());
    error.column = Converter::column(mistake.source());
    error.what = "not TOML: " + without_preamble(mistake.description());
    return error;
  }
}

}  // namespace siftd
