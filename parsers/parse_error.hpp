#pragma once

#include <boost/system/error_code.hpp>

namespace siftd {

// Why a document could not be parsed.
enum class ParseErrc {
  empty = 1,   // nothing but blanks
  not_a_feed,  // of no format that siftd knows
  html_page,   // a page; it may name a feed (discover_feeds)
  not_opml,
};

const boost::system::error_category& parse_category();

inline boost::system::error_code make_error_code(ParseErrc code) {
  return {static_cast<int>(code), parse_category()};
}

}  // namespace siftd

template <>
struct boost::system::is_error_code_enum<siftd::ParseErrc> : std::true_type {};
