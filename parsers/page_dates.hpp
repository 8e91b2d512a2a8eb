#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "parsers/metadata.hpp"
#include "parsers/page_findings.hpp"

namespace siftd {

// When a page was published and changed: what the marks say, in the order of how far
// they can be trusted, then `address` (the page's), then the text. Fills published and
// modified of `metadata`, with what belongs to them. Pure.
void read_dates(const Findings& found, std::string_view address, PageMetadata& metadata);

// Where the marks name two days, the one that readers see is meant: `seen` settles
// which when it is one of the two, as the calendar of the page's own zone has it.
// Returns whether it was.
bool settle_published(PageMetadata& metadata, std::chrono::sys_seconds seen);

// A date somewhere in a short text ("Stand: 22.04.2024, 06:00 Uhr"): the first that
// parse_date() takes of what looks like one.
std::optional<std::chrono::sys_seconds> date_within(std::string_view text);

}  // namespace siftd
