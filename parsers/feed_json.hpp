#pragma once

#include <string>

#include "parsers/item.hpp"
#include "parsers/parse.hpp"

namespace siftd {

// An item as a JSON Feed 1.1 item, appended. What it lacks is made up: an id from the
// URL, else from a hash of title and text.
void append_json_item(std::string& out, const Item& item);

// The members of a JSON Feed 1.1 object that come with the last item, appended:
// `"title":...,"_siftd":{...}`, without version and items.
void append_json_feed_members(std::string& out, const FeedInfo& info);

}  // namespace siftd
