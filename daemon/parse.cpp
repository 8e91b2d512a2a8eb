#include "daemon/commands.hpp"

namespace siftd {

int parse_command(const ParseOptions&) { return kUsage; }

}  // namespace siftd
