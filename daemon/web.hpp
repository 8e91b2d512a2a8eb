#pragma once

#include <string_view>

namespace siftd {

// A file of the status page (daemon/web/), compiled in by cmake/embed.cmake.
struct WebFile {
  std::string_view path;  // as requested: "/", "/page.js"
  std::string_view content_type;
  std::string_view body;
  std::string_view etag;  // quoted
};

// Null: there is no such file.
const WebFile* find_web_file(std::string_view path);

}  // namespace siftd
