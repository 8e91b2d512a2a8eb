#include "parsers/parse_error.hpp"

#include <string>

namespace siftd {
namespace {

// Boost's destructor is protected, so nothing is deleted through the base.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class ParseCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "siftd.parse"; }
  std::string message(int code) const override {
    switch (static_cast<ParseErrc>(code)) {
      case ParseErrc::empty:
        return "empty document";
      case ParseErrc::not_a_feed:
        return "not a feed";
      case ParseErrc::html_page:
        return "an HTML page, not a feed";
      case ParseErrc::not_opml:
        return "not OPML";
    }
    return "unknown";
  }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& parse_category() {
  static const ParseCategory category;
  return category;
}

}  // namespace siftd
