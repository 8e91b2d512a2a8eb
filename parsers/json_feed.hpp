#pragma once

#include <functional>
#include <string_view>

#include "base/result.hpp"
#include "parsers/item.hpp"
#include "parsers/parse.hpp"

namespace siftd {

// JSON Feed 1.0 and 1.1 as it is written: members of the wrong type are read as far as
// they make sense. `text` is UTF-8, `base` the document's URL or empty.
Result<FeedInfo> parse_json_feed(std::string_view text, std::string_view base,
                                 const std::function<void(Item)>& on_item);

}  // namespace siftd
