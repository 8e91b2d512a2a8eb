#include "daemon/commands.hpp"

namespace siftd {

int dedup_command(const DedupOptions&) { return kUsage; }

}  // namespace siftd
