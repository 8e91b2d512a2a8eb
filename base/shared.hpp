#pragma once

#include <memory>
#include <utility>

namespace siftd {

// A value that its copies share until one of them is changed (copy on write): for what
// is the same a hundred thousand times. Reads like a pointer to const. One object is
// used by one thread at a time; its copies may be in others.
template <class T>
class Shared {
 public:
  // T's own default; all of them share one.
  Shared() : value_(standard()) {}
  explicit Shared(T value) : value_(std::make_shared<T>(std::move(value))) {}

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

  // To change this one; the copies keep the value that they have.
  T& edit() {
    if (value_.use_count() != 1) {
      value_ = std::make_shared<T>(*value_);
    }
    return *value_;
  }

  friend bool operator==(const Shared& a, const Shared& b) {
    return a.value_ == b.value_ || *a.value_ == *b.value_;
  }

 private:
  static const std::shared_ptr<T>& standard() {
    static const std::shared_ptr<T> value = std::make_shared<T>();
    return value;
  }

  std::shared_ptr<T> value_;
};

}  // namespace siftd
