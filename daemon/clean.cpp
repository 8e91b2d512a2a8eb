#include "daemon/commands.hpp"

namespace siftd {

int clean_command(const CleanOptions&) { return kUsage; }

}  // namespace siftd
