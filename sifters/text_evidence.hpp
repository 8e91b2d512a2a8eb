#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// A text that another one may be part of: asked which share of a text stands in it,
// whatever their spaces, punctuation (ASCII) and case. A filter of hashed runs of
// bytes: answers may be too high by a few percent, never too low for what is there.
class TextEvidence {
 public:
  TextEvidence() = default;
  explicit TextEvidence(std::string_view text);

  bool is_empty() const { return squeezed_.empty(); }
  std::size_t size() const { return squeezed_.size(); }  // letters and digits, in bytes

  // The share of the text's runs that stand in this one, 0 to 1.
  double share_of(std::string_view text) const;

 private:
  std::string squeezed_;
  std::vector<std::uint64_t> bits_;
};

// Letters and digits alone, ASCII in lower case: a form to compare by.
std::string squeeze_text(std::string_view text);

}  // namespace siftd
