#include "daemon/commands.hpp"

namespace siftd {

int fetch_command(const FetchOptions&) { return kUsage; }

}  // namespace siftd
