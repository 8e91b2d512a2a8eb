#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace siftd {

// One subscription of an OPML file.
struct OpmlFeed {
  std::string url;    // absolute http(s), as resolve_url() writes it
  std::string title;  // plain text; empty: none
  std::string home_page_url;
  std::vector<std::string> tags;  // the outlines around it, then its categories
  std::size_t line = 0;           // where it stands, from 1; not written

  bool operator==(const OpmlFeed&) const = default;
};

// An outline that was not taken, for one line to the operator.
struct OpmlRefusal {
  std::size_t line = 0;
  std::string url;  // as written
  std::string why;
};

struct Opml {
  std::string title;
  std::vector<OpmlFeed> feeds;  // in document order, each URL once
  std::vector<OpmlRefusal> refused;
};

// Reads OPML 1.0 to 2.0, nested to any depth that XmlReader allows. Only http and
// https are taken: other readers' "exec:" and "filter:" lines run programs, and file:
// reads files. Everything else is refused with its line. An Error: no OPML at all.
// `content_type` as in to_utf8().
Result<Opml> read_opml(std::string_view bytes, std::string_view content_type = {});

// OPML 2.0 in UTF-8; a feed's first tag becomes the outline around it.
std::string write_opml(const Opml& opml);

}  // namespace siftd
