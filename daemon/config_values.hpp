#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace siftd {

// The words that values of the configuration are written in. Pure functions.

// "64MiB", "10 GiB", "512kB", "1000": bytes. Units of 1000 (kB MB GB TB) and of
// 1024 (KiB MiB GiB TiB). Nothing: not a size, or beyond 2^62.
std::optional<std::uint64_t> parse_size(std::string_view text);

// "250ms", "90s", "15m", "1h30m", "14d", "2w". A bare number has no unit and is
// nothing, as is a negative one and more than a hundred years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest of the forms above that means the same.
std::string format_size(std::uint64_t bytes);
std::string format_duration(std::chrono::milliseconds duration);

// An IPv4 or IPv6 network as "10.20.0.0/16"; a bare address is a network of one.
bool is_network(std::string_view text);

// "host:port" with a name, an IPv4 address or an IPv6 address in brackets.
bool is_host_and_port(std::string_view text);

// The one of `known` that `word` was probably meant to be; empty: none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace siftd
