#include <iostream>

#include "daemon/commands.hpp"
#include "daemon/config.hpp"

namespace siftd {

int check_command(const CheckOptions& options) {
  const LoadedConfig loaded = load_config(options.config);
  for (const ConfigError& error : loaded.errors) {
    std::cerr << error.to_string() << '\n';
  }
  if (!loaded.errors.empty()) {
    return kBadConfig;
  }
  for (const ConfigError& warning : loaded.warnings) {
    std::cerr << "warning: " << warning.to_string() << '\n';
  }
  std::cout << print_config(loaded.config) << std::flush;
  if (!std::cout) {
    std::cerr << "siftd: standard output cannot be written\n";
    return kCannotCreate;
  }
  return kDone;
}

}  // namespace siftd
