#include "daemon/commands.hpp"

namespace siftd {

int run_command(const RunOptions&) { return kUsage; }

}  // namespace siftd
