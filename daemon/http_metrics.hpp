#pragma once

#include <string>
#include <vector>

#include "daemon/operations.hpp"

namespace siftd {

// /metrics: Prometheus text exposition format 0.0.4.
std::string prometheus_text(const DaemonView& daemon, const Metrics& metrics,
                            const std::vector<FeedView>& feeds,
                            const std::vector<SinkView>& sinks, std::uint64_t oldest,
                            std::uint64_t newest);

}  // namespace siftd
