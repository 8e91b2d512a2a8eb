#pragma once

#include <string>
#include <string_view>

#include "parsers/page_findings.hpp"

namespace siftd {

// What pages call things: the words in classes and ids, the names of meta elements, the
// folders of addresses.

// What a class or id attribute says of its element.
struct ElementNames {
  bool author = false;
  bool date = false;
  bool comment = false;  // it is one of a reader's, or holds them
};
ElementNames read_names(std::string_view attribute);

// Whether an address is that of an author's own page.
bool leads_to_person(std::string_view address);

// The field for which a meta element of that name (in lower case) has a value, or null.
std::string Findings::*field_of_meta(std::string_view name);
// Whether a meta element of that name (in lower case) names the authors.
bool names_author(std::string_view name);
// Whether it is one of those that give the family name first: "Lee, Ann".
bool has_family_name_first(std::string_view name);

}  // namespace siftd
