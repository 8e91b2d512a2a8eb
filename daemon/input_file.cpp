#include "daemon/input_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace siftd {

InputFile::InputFile(const std::string& name)
    : descriptor_(name.empty() || name == "-"
                      ? STDIN_FILENO
                      : open(name.c_str(), O_RDONLY | O_CLOEXEC)) {}

InputFile::~InputFile() {
  if (descriptor_ > STDIN_FILENO) {
    close(descriptor_);
  }
}

std::size_t InputFile::read(char* to, std::size_t most) {
  for (;;) {
    ssize_t got = ::read(descriptor_, to, most);
    if (got >= 0)
      return static_cast<std::size_t>(got);
    if (errno != EINTR)
      throw std::system_error(errno, std::generic_category());
  }
}

}  // namespace siftd
