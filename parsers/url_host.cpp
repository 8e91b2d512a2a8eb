#include "parsers/url_host.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstdint>
#include <idn2.h>
#include <optional>
#include <vector>

#include "base/limits.hpp"
#include "parsers/chars.hpp"

namespace siftd {
namespace {

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// One number of an IPv4 address: decimal, 0octal or 0xhex.
std::optional<std::uint64_t> ipv4_number(std::string_view text) {
  int radix = 10;
  if (text.size() >= 2 && text[0] == '0') {
    const bool is_hex = ascii_lower(text[1]) == 'x';
    radix = is_hex ? 16 : 8;
    text.remove_prefix(is_hex ? 2 : 1);
    if (text.empty()) {
      return 0;
    }
  }
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, radix);
  if (error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return value;
}

std::vector<std::string_view> labels_of(std::string_view host) {
  std::vector<std::string_view> labels;
  while (true) {
    const std::size_t dot = host.find('.');
    labels.push_back(host.substr(0, dot));
    if (dot == std::string_view::npos) {
      break;
    }
    host.remove_prefix(dot + 1);
  }
  if (labels.size() > 1 && labels.back().empty()) {
    labels.pop_back();
  }
  return labels;
}

// A host whose last label is a number is an IPv4 address or an error, never a name.
bool ends_in_number(const std::vector<std::string_view>& labels) {
  const std::string_view last = labels.back();
  const bool digits = !last.empty() && last.find_first_not_of("0123456789") == last.npos;
  return digits || (starts_with_ignoring_case(last, "0x") && ipv4_number(last));
}

std::string ipv4_host(const std::vector<std::string_view>& labels) {
  if (labels.size() > 4) {
    return "";
  }
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto number = labels[i].empty() ? std::nullopt : ipv4_number(labels[i]);
    const bool last = i + 1 == labels.size();
    const std::uint64_t most =
        last ? (std::uint64_t{1} << (8 * (5 - labels.size()))) - 1 : 255;
    if (!number || *number > most) {
      return "";
    }
    address += last ? *number : *number << (8 * (3 - i));
  }
  std::string host;
  for (int shift = 24; shift >= 0; shift -= 8) {
    host += std::to_string(address >> shift & 255);
    host += shift > 0 ? "." : "";
  }
  return host;
}

std::string ipv6_host(std::string_view inside) {
  in6_addr address{};
  char text[INET6_ADDRSTRLEN];
  if (inet_pton(AF_INET6, std::string(inside).c_str(), &address) != 1 ||
      inet_ntop(AF_INET6, &address, text, sizeof text) == nullptr) {
    return "";
  }
  return '[' + std::string(text) + ']';
}

std::string idna_host(const std::string& name) {
  char* ascii = nullptr;
  const int flags = IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT;
  if (idn2_to_ascii_8z(name.c_str(), &ascii, flags) != IDN2_OK) {
    return "";
  }
  std::string host(ascii);
  idn2_free(ascii);
  return host;
}

}  // namespace

std::string normal_host(std::string_view raw) {
  if (raw.size() >= 2 && raw.front() == '[' && raw.back() == ']') {
    return ipv6_host(raw.substr(1, raw.size() - 2));
  }
  std::string host = to_ascii_lower(percent_decoded(raw));
  const auto control = [](char c) {
    return static_cast<unsigned char>(c) <= ' ';
  };
  if (std::any_of(host.begin(), host.end(), control)) {
    return "";  // IDNA would end at a NUL
  }
  const auto beyond_ascii = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80;
  };
  if (std::any_of(host.begin(), host.end(), beyond_ascii)) {
    host = idna_host(host);
  }
  // The standard lets more through; no name that resolves has other characters, and
  // IDNA turns some exotic ones into blanks.
  const auto possible = [](char c) {
    return is_ascii_alnum(c) || c == '-' || c == '.' || c == '_';
  };
  if (host.empty() || host.size() > limits::kMaxHostBytes || host == "." ||
      !std::all_of(host.begin(), host.end(), possible)) {
    return "";
  }
  const auto labels = labels_of(host);
  return ends_in_number(labels) ? ipv4_host(labels) : host;
}

}  // namespace siftd
