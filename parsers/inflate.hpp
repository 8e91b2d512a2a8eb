#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace siftd {

// Whether bytes begin as gzip does (RFC 1952).
bool is_gzip(std::string_view bytes);

// Unpacks gzip, all its members; at most limits::kMaxInflated bytes. nullopt: damaged
// or larger.
std::optional<std::string> gunzip(std::string_view bytes);

}  // namespace siftd
