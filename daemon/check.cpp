#include <iostream>

#include "daemon/commands.hpp"
#include "daemon/config.hpp"
#include "daemon/salvage.hpp"

namespace siftd {

namespace {

int check_stored(const std::filesystem::path& dir) {
  try {
    const std::vector<std::string> found = check_state(dir);
    for (const std::string& damage : found) {
      std::cerr << "siftd: " << dir.string() << ": " << damage << '\n';
    }
    std::cerr << "siftd: " << dir.string()
              << (found.empty()
                      ? ": the state is sound\n"
                      : ": the state is damaged; siftd moves it aside at its next "
                        "start and takes over what can be read\n");
    return found.empty() ? kDone : kSomeFailed;
  } catch (const StoreError& error) {
    std::cerr << "siftd: " << error.what() << '\n';
    return kNoInput;
  }
}

}  // namespace

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
  return options.state ? check_stored(loaded.config.state_dir) : int{kDone};
}

}  // namespace siftd
