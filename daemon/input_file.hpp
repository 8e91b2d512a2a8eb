#pragma once

#include <cstddef>
#include <string>

namespace siftd {

// A file, or standard input, as it is read.
class InputFile {
 public:
  // An empty name or "-" is standard input.
  explicit InputFile(const std::string& name);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }  // else errno says why not

  // At least one byte; 0 at the end. Throws std::system_error with what read(2) says.
  std::size_t read(char* to, std::size_t most);

 private:
  int descriptor_;
};

}  // namespace siftd
