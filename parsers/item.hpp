#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace siftd {

struct Author {
  std::string name;
  std::string url;
  std::string avatar;
  std::string email = {};
  bool operator==(const Author&) const = default;
};

struct Attachment {
  std::string url;
  std::string mime_type;
  std::string title;
  std::optional<std::uint64_t> size_in_bytes;
  std::optional<double> duration_in_seconds;
  bool operator==(const Attachment&) const = default;
};

// One entry of a feed, as its publisher wrote it: text is UTF-8, links are
// absolute http(s), HTML is sanitised, but boilerplate and repeats are still
// there. Parsers make items; sifters turn them into events.
struct Item {
  std::string id;   // guid, atom:id or JSON Feed id as given; empty: none
  std::string url;  // the article's page; empty: none
  std::string external_url;
  std::string title;              // plain text
  std::string summary;            // plain text
  std::string content_html;       // sanitised; the fullest form that the feed carries
  std::string content_text;       // only when the feed itself gave plain text
  bool has_full_content = false;  // the feed has a field for the whole text and filled it
  std::vector<Author> authors;
  std::vector<std::string> tags;
  std::optional<std::chrono::sys_seconds> published;
  std::optional<std::chrono::sys_seconds> updated;
  std::string image;
  std::string banner_image;
  std::string language;  // BCP 47; empty: the feed's
  std::vector<Attachment> attachments;
  // What JSON Feed has no field for: one JSON object's members, ready to be
  // written under "_siftd"; empty: nothing.
  std::string extensions_json;

  bool operator==(const Item&) const = default;
};

}  // namespace siftd
