#include "daemon/commands.hpp"

namespace siftd {

int status_command(const StatusOptions&) { return kUsage; }

}  // namespace siftd
