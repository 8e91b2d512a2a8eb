#pragma once

#include <string>
#include <utility>
#include <vector>

#include "parsers/parse.hpp"

// What the tests of feeds share.
namespace siftd::test {

struct Parsed {
  bool is_feed = false;
  std::string error;
  FeedInfo info;
  std::vector<Item> items;
};

inline Parsed parse(std::string body, std::string url = {},
                    std::string content_type = {}) {
  Page page;
  page.url = std::move(url);
  page.content_type = std::move(content_type);
  page.body = std::move(body);
  Parsed parsed;
  auto info =
      parse_feed(page, [&](Item item) { parsed.items.push_back(std::move(item)); });
  parsed.is_feed = info.has_value();
  if (info) {
    parsed.info = std::move(*info);
  } else {
    parsed.error = info.error().detail;
  }
  return parsed;
}

// The one item of an RSS 2.0 feed with these elements in it.
inline Item rss_item(const std::string& elements, const std::string& namespaces = {}) {
  const Parsed parsed =
      parse("<?xml version=\"1.0\"?><rss version=\"2.0\" " + namespaces +
            "><channel><title>C</title><item>" + elements + "</item></channel></rss>");
  return parsed.items.size() == 1 ? parsed.items[0] : Item{};
}

// The one entry of an Atom feed with these elements in it.
inline Item atom_entry(const std::string& elements) {
  const Parsed parsed =
      parse("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>C</title><entry>" +
            elements + "</entry></feed>");
  return parsed.items.size() == 1 ? parsed.items[0] : Item{};
}

}  // namespace siftd::test
