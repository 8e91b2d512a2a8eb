#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace siftd {

// Bytes that are kept for long and seldom changed: 8 bytes in the object, and what the
// text needs, which is nothing when it is empty. (std::string takes 32, or 32 and a
// buffer.) Texts of 4 GiB and more are cut.
class CompactText {
 public:
  CompactText() = default;
  // Not explicit: as a std::string takes what is written between quotes.
  CompactText(std::string_view text) : bytes_(copy(text)) {}  // NOLINT
  CompactText(const std::string& text) : CompactText(std::string_view(text)) {}
  CompactText(const char* text) : CompactText(std::string_view(text)) {}
  CompactText(const CompactText& other) : CompactText(other.view()) {}
  CompactText(CompactText&&) noexcept = default;
  CompactText& operator=(const CompactText& other) {
    return other.view() == view() ? *this : *this = CompactText(other);
  }
  CompactText& operator=(CompactText&&) noexcept = default;
  ~CompactText() = default;

  // Valid until this is changed or goes.
  std::string_view view() const {
    if (!bytes_) {
      return {};
    }
    std::uint32_t size = 0;
    std::memcpy(&size, bytes_.get(), sizeof size);
    return {bytes_.get() + sizeof size, size};
  }
  operator std::string_view() const { return view(); }  // NOLINT
  std::string str() const { return std::string(view()); }

  bool empty() const { return !bytes_; }
  void clear() { bytes_.reset(); }

  // With another one, and with everything that is text.
  template <std::convertible_to<std::string_view> Text>
  friend bool operator==(const CompactText& a, const Text& b) {
    return a.view() == std::string_view(b);
  }
  friend bool operator<(const CompactText& a, const CompactText& b) {
    return a.view() < b.view();
  }
  friend std::string operator+(std::string a, const CompactText& b) {
    return std::move(a.append(b.view()));
  }

 private:
  static std::unique_ptr<char[]> copy(std::string_view text) {
    if (text.empty()) {
      return nullptr;
    }
    text = text.substr(0, std::numeric_limits<std::uint32_t>::max());
    const auto size = static_cast<std::uint32_t>(text.size());
    std::unique_ptr<char[]> bytes(new char[sizeof size + text.size()]);
    std::memcpy(bytes.get(), &size, sizeof size);
    std::memcpy(bytes.get() + sizeof size, text.data(), text.size());
    return bytes;
  }

  std::unique_ptr<char[]> bytes_;  // the size, then the text
};

}  // namespace siftd
