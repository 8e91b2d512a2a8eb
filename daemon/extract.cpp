#include "daemon/commands.hpp"

namespace siftd {

int extract_command(const ExtractOptions&) { return kUsage; }

}  // namespace siftd
