#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>
#include <string>

namespace siftd {

// Why an operation failed: a code to branch on and a sentence for the log.
struct Error {
  boost::system::error_code code;
  std::string detail;
};

// A value, or the Error that stood in its way. g++ 12 has no std::expected;
// boost::system::result has the same shape, so the alias is the only thing
// to change later. Not for void: return std::optional<Error> there.
template <class T>
using Result = boost::system::result<T, Error>;

// Called by Result::value() when there is none; code that can go on tests
// the Result instead.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw boost::system::system_error(error.code, error.detail);
}

}  // namespace siftd
