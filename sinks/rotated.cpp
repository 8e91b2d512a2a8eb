// What becomes of rotated files: compressed, and in the end removed.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>
#include <zstd.h>

#include "sinks/log_file.hpp"

namespace siftd {

namespace {

namespace fs = std::filesystem;

constexpr int kLevel = 3;
constexpr std::string_view kCompressed = ".zst";
constexpr std::string_view kUnfinished = ".zst.tmp";

[[noreturn]] void fail(const fs::path& file, const std::string& what) {
  throw std::runtime_error(file.string() + ": " + what + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  Descriptor(const fs::path& file, int flags, mode_t mode = 0)
      : descriptor_(::open(file.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode)) {
    if (descriptor_ < 0) {
      fail(file, "cannot be opened");
    }
  }
  ~Descriptor() { ::close(descriptor_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// ".20260102T030405Z", then perhaps ".001": what LogFile::rotate() adds.
bool is_rotated_suffix(std::string_view suffix) {
  constexpr std::string_view kPattern = ".00000000T000000Z";
  if (suffix.ends_with(kCompressed)) {
    suffix.remove_suffix(kCompressed.size());
  }
  const auto matches = [](std::string_view text, std::string_view pattern) {
    return text.size() == pattern.size() &&
           std::equal(text.begin(), text.end(), pattern.begin(), [](char c, char p) {
             return p == '0' ? c >= '0' && c <= '9' : c == p;
           });
  };
  return matches(suffix.substr(0, kPattern.size()), kPattern) &&
         (suffix.size() == kPattern.size() ||
          matches(suffix.substr(kPattern.size()), ".000"));
}

void write_all(int file, const fs::path& name, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t count = ::write(file, bytes, size);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      fail(name, "cannot be written");
    }
    bytes += count;
    size -= static_cast<std::size_t>(count);
  }
}

void compress_into(const Descriptor& from, const fs::path& source, const Descriptor& to,
                   const fs::path& target) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(),
                                                                        ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::vector<char> input(ZSTD_CStreamInSize());
  std::vector<char> output(ZSTD_CStreamOutSize());
  while (true) {
    const ssize_t count = ::read(from.get(), input.data(), input.size());
    if (count < 0) {
      fail(source, "cannot be read");
    }
    ZSTD_inBuffer in{input.data(), static_cast<std::size_t>(count), 0};
    const ZSTD_EndDirective mode = count == 0 ? ZSTD_e_end : ZSTD_e_continue;
    bool is_done = false;
    while (!is_done) {
      ZSTD_outBuffer out{output.data(), output.size(), 0};
      const std::size_t left = ZSTD_compressStream2(context.get(), &out, &in, mode);
      if (ZSTD_isError(left) != 0) {
        errno = EIO;
        fail(source, ZSTD_getErrorName(left));
      }
      write_all(to.get(), target, output.data(), out.pos);
      is_done = count == 0 ? left == 0 : in.pos == in.size;
    }
    if (count == 0) {
      return;
    }
  }
}

void compress(const fs::path& file) {
  const fs::path unfinished = file.string() + std::string(kUnfinished);
  const fs::path finished = file.string() + std::string(kCompressed);
  try {
    const Descriptor from(file, O_RDONLY);
    struct stat found {};
    if (::fstat(from.get(), &found) != 0) {
      fail(file, "cannot be read");
    }
    const Descriptor to(unfinished, O_WRONLY | O_CREAT | O_TRUNC, found.st_mode & 0777);
    // Without the right to give it away it stays with us: no reason to stop.
    [[maybe_unused]] const int given = ::fchown(to.get(), found.st_uid, found.st_gid);
    compress_into(from, file, to, unfinished);
    if (::fsync(to.get()) != 0) {
      fail(unfinished, "cannot be made durable");
    }
  } catch (const std::runtime_error&) {
    ::unlink(unfinished.c_str());
    throw;
  }
  if (::rename(unfinished.c_str(), finished.c_str()) != 0) {
    fail(unfinished, "cannot be renamed");
  }
  const Descriptor dir(file.parent_path().empty() ? "." : file.parent_path(),
                       O_RDONLY | O_DIRECTORY);
  if (::fsync(dir.get()) != 0 && errno != EINVAL) {
    fail(finished, "cannot be made durable");
  }
  ::unlink(file.c_str());
}

}  // namespace

void tidy_rotated(const fs::path& path, bool is_compressing, std::size_t keep) {
  const fs::path dir = path.parent_path().empty() ? "." : path.parent_path();
  const std::string stem = path.filename().string();
  std::vector<fs::path> rotated;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(stem) &&
        is_rotated_suffix(std::string_view(name).substr(stem.size()))) {
      rotated.push_back(entry.path());
    }
  }
  std::sort(rotated.begin(), rotated.end());
  if (keep > 0 && rotated.size() > keep) {
    const auto end = rotated.end() - static_cast<std::ptrdiff_t>(keep);
    std::for_each(rotated.begin(), end,
                  [](const fs::path& file) { ::unlink(file.c_str()); });
    rotated.erase(rotated.begin(), end);
  }
  for (const fs::path& file : rotated) {
    if (is_compressing && file.extension() != kCompressed) {
      compress(file);
    }
  }
}

}  // namespace siftd
