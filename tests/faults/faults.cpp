// Stands in for the C library's calls, for SQLite's as well as for ours: a shared
// library takes what the program defines first.
#include "tests/faults/faults.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

namespace siftd {

namespace {

std::string directory;
Fault fault;
std::atomic<bool> is_armed = false;
std::atomic<long> calls = 0;

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

bool is_below(const char* path) {
  return std::strncmp(path, directory.c_str(), directory.size()) == 0;
}

bool is_watched(int file) {
  if (!is_armed) {
    return false;
  }
  std::array<char, 64> link{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", file);
  std::array<char, 4096> path{};
  return ::readlink(link.data(), path.data(), path.size() - 1) > 0 &&
         is_below(path.data());
}

enum class Verdict { go_on, fail, tear_and_die };

Verdict judge() {
  const long call = ++calls;
  if (fault.kind == Fault::Kind::none || call < fault.at ||
      call >= fault.at + fault.calls) {
    return Verdict::go_on;
  }
  if (fault.kind == Fault::Kind::kill) {
    if (fault.is_torn) {
      return Verdict::tear_and_die;
    }
    ::kill(::getpid(), SIGKILL);
  }
  errno = fault.kind == Fault::Kind::no_space ? ENOSPC : EIO;
  return Verdict::fail;
}

// For calls that write `size` bytes: `half` writes the first of them.
template <class Half>
bool fails(int file, const Half& half) {
  if (!is_watched(file)) {
    return false;
  }
  const Verdict verdict = judge();
  if (verdict == Verdict::tear_and_die) {
    half();
    ::kill(::getpid(), SIGKILL);
  }
  return verdict == Verdict::fail;
}

bool fails(int file) {
  return fails(file, [] {});
}

bool fails(const char* path) {
  if (!is_armed || !is_below(path)) {
    return false;
  }
  const Verdict verdict = judge();
  if (verdict == Verdict::tear_and_die) {
    ::kill(::getpid(), SIGKILL);  // nothing to tear
  }
  return verdict == Verdict::fail;
}

}  // namespace

void arm(const std::string& where, const Fault& what) {
  directory = where;
  fault = what;
  calls = 0;
  is_armed = true;
}

long calls_counted() {
  return calls;
}

}  // namespace siftd

using siftd::fails;
using siftd::real;

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  static auto* const next = real<ssize_t(int, const void*, size_t)>("write");
  return fails(file, [&] { next(file, bytes, size / 2); }) ? -1 : next(file, bytes, size);
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  static auto* const next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return fails(file, [&] { next(file, bytes, size / 2, at); })
             ? -1
             : next(file, bytes, size, at);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  static auto* const next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return fails(file, [&] { next(file, bytes, size / 2, at); })
             ? -1
             : next(file, bytes, size, at);
}

ssize_t writev(int file, const struct iovec* pieces, int count) {
  static auto* const next = real<ssize_t(int, const struct iovec*, int)>("writev");
  return fails(file) ? -1 : next(file, pieces, count);
}

int fsync(int file) {
  static auto* const next = real<int(int)>("fsync");
  return fails(file) ? -1 : next(file);
}

int fdatasync(int file) {
  static auto* const next = real<int(int)>("fdatasync");
  return fails(file) ? -1 : next(file);
}

int ftruncate(int file, off_t size) noexcept {
  static auto* const next = real<int(int, off_t)>("ftruncate");
  return fails(file) ? -1 : next(file, size);
}

int ftruncate64(int file, off64_t size) noexcept {
  static auto* const next = real<int(int, off64_t)>("ftruncate64");
  return fails(file) ? -1 : next(file, size);
}

int rename(const char* from, const char* to) noexcept {
  static auto* const next = real<int(const char*, const char*)>("rename");
  return fails(to) ? -1 : next(from, to);
}

int unlink(const char* path) noexcept {
  static auto* const next = real<int(const char*)>("unlink");
  return fails(path) ? -1 : next(path);
}

}  // extern "C"
