#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace siftd {

// Undoes the content codings of one body (RFC 9110 8.4) as it arrives: gzip,
// deflate (zlib or raw), br, zstd, two of them stacked at most. What contradicts
// its label is sniffed: plain text said to be gzip is plain text, gzip or zstd that
// nobody mentioned is undone. What is damaged or cut is an error, never a part.
// Each stage's output is bounded, so no bomb grows memory past the limit.
class ContentDecoder {
 public:
  // `content_encoding` is the header's value, several joined by commas.
  ContentDecoder(std::string_view content_encoding, std::size_t max_decoded);
  ~ContentDecoder();
  ContentDecoder(ContentDecoder&&) noexcept;
  ContentDecoder& operator=(ContentDecoder&&) noexcept;

  // Appends what `data` decodes to. FetchErrc::too_large or bad_encoding.
  std::optional<Error> write(std::string_view data, std::string& out);
  // The body has ended: is it whole? Appends what was held back.
  std::optional<Error> finish(std::string& out);

  class Stage;

 private:
  // One coding, the outermost first; without a stage its input goes through as it is.
  struct Level {
    std::string said;
    std::string held;  // the first bytes, until there are enough to tell
    bool has_begun = false;
    std::unique_ptr<Stage> stage;
  };

  std::optional<Error> feed(std::size_t level, std::string_view data, std::string& out);
  std::optional<Error> begin(std::size_t level, std::string& out);
  std::optional<Error> run(std::size_t level, std::string_view data, std::string& out);
  std::optional<Error> append(std::string_view data, std::string& out) const;

  std::vector<Level> levels_;
  std::size_t max_decoded_;
};

// "Accept-Encoding" for all that is understood here.
inline constexpr std::string_view kAcceptEncoding = "gzip, deflate, br, zstd";

}  // namespace siftd
