#include "daemon/commands.hpp"

namespace siftd {

int feeds_command(const FeedsOptions&) { return kUsage; }

}  // namespace siftd
