#include "daemon/commands.hpp"

namespace siftd {

int tail_command(const TailOptions&) { return kUsage; }

}  // namespace siftd
