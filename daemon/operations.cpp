#include "daemon/operations.hpp"

#include <boost/system/errc.hpp>

namespace siftd {

boost::system::error_code make_error_code(OperationErrc code) {
  namespace errc = boost::system::errc;
  switch (code) {
    case OperationErrc::not_found:
      return errc::make_error_code(errc::no_such_file_or_directory);
    case OperationErrc::exists:
      return errc::make_error_code(errc::file_exists);
    case OperationErrc::invalid:
      return errc::make_error_code(errc::invalid_argument);
    case OperationErrc::unavailable:
      break;
  }
  return errc::make_error_code(errc::resource_unavailable_try_again);
}

}  // namespace siftd
