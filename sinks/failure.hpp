#pragma once

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <string>

namespace siftd {

// Whether this is the end that the owner of a task asked for, not a failure.
inline bool is_stopped(const std::exception& failure) {
  const auto* error = dynamic_cast<const boost::system::system_error*>(&failure);
  return error != nullptr && error->code() == boost::asio::error::operation_aborted;
}

// For people: without the category and number that Boost adds.
inline std::string sentence(const std::exception& failure) {
  std::string text = failure.what();
  if (dynamic_cast<const boost::system::system_error*>(&failure) != nullptr &&
      text.ends_with(']')) {
    text.resize(text.rfind(" ["));
  }
  return text;
}

}  // namespace siftd
