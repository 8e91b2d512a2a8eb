#include "daemon/commands.hpp"

namespace siftd {

int replay_command(const ReplayOptions&) { return kUsage; }

}  // namespace siftd
