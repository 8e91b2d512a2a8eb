#pragma once

#include <cstddef>

namespace siftd {

// Counts what is held while it lives.
class Hold {
 public:
  Hold(std::size_t& sum, std::size_t amount) : sum_(sum), amount_(amount) {
    sum_ += amount_;
  }
  ~Hold() { sum_ -= amount_; }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  std::size_t& sum_;
  std::size_t amount_;
};

}  // namespace siftd
