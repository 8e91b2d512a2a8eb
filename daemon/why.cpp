#include "daemon/commands.hpp"

namespace siftd {

int why_command(const WhyOptions&) { return kUsage; }

}  // namespace siftd
