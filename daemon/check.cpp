#include "daemon/commands.hpp"

namespace siftd {

int check_command(const CheckOptions&) { return kUsage; }

}  // namespace siftd
