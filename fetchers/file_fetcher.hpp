#pragma once

#include <cstddef>

#include "base/result.hpp"
#include "fetchers/page.hpp"
#include "fetchers/target.hpp"

namespace siftd {

// Reads a file: URL, whose host is empty or "localhost". Only regular files, so that
// no pipe or device holds the loop; the validators are made of mtime and size.
// FetchErrc::file_failed or too_large; a missing file is a Page of status 404.
Result<Page> fetch_file(const Target& target, const Request& request);

}  // namespace siftd
