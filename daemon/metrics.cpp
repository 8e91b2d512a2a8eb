#include "daemon/metrics.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace siftd {

void Histogram::observe(std::chrono::duration<double> value) {
  const double seconds = std::max(0.0, value.count());
  const auto* bucket = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  if (bucket != kBounds.end()) {
    ++buckets_[static_cast<std::size_t>(bucket - kBounds.begin())];
  }
  ++count_;
  sum_ += seconds;
}

std::uint64_t Histogram::at_most(std::size_t i) const {
  std::uint64_t sum = 0;
  for (std::size_t k = 0; k <= i; ++k) {
    sum += buckets_[k];
  }
  return sum;
}

void LabelledCounter::add(std::string_view label, std::uint64_t n) {
  auto found = values_.find(label);
  if (found == values_.end()) {
    const bool is_full = values_.size() >= limits::kMaxLabelValues;
    found = values_.emplace(is_full ? std::string("other") : std::string(label), 0).first;
  }
  found->second += n;
}

std::uint64_t LabelledCounter::total() const {
  std::uint64_t sum = 0;
  for (const auto& [label, count] : values_) {
    sum += count;
  }
  return sum;
}

}  // namespace siftd
