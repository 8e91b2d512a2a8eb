#include "fetchers/file_fetcher.hpp"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "fetchers/fetch_error.hpp"

namespace siftd {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

int hex(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 &&
        hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Error failed(int error) {
  return fetch_error(FetchErrc::file_failed, std::generic_category().message(error));
}

std::string etag_of(const struct stat& file) {
  return "\"" + std::to_string(file.st_mtim.tv_sec) + "." +
         std::to_string(file.st_mtim.tv_nsec) + "-" + std::to_string(file.st_size) + "\"";
}

std::optional<Error> read_all(int descriptor, std::size_t limit, std::string& out) {
  char buffer[64 * 1024];
  while (true) {
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return failed(errno);
    }
    if (got == 0) {
      return std::nullopt;
    }
    out.append(buffer, static_cast<std::size_t>(got));
    if (out.size() > limit) {
      return fetch_error(FetchErrc::too_large, "the file is larger than max_body");
    }
  }
}

}  // namespace

Result<Page> fetch_file(const Target& target, const Request& request) {
  if (!target.host.empty() && target.host != "localhost") {
    return fetch_error(FetchErrc::bad_url, "a file: URL must not name a host");
  }
  const std::string path =
      percent_decoded(std::string_view(target.path).substr(0, target.path.find('?')));
  if (path.find('\0') != std::string::npos) {
    return fetch_error(FetchErrc::bad_url, "the path holds a zero byte");
  }
  Page page;
  page.url = target.url;
  const Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.number() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      page.status = 404;
      return page;
    }
    return failed(errno);
  }
  struct stat info {};
  if (::fstat(file.number(), &info) != 0) {
    return failed(errno);
  }
  if (!S_ISREG(info.st_mode)) {
    return fetch_error(FetchErrc::file_failed, "it is no regular file");
  }
  page.etag = etag_of(info);
  if (!request.etag.empty() && request.etag == page.etag) {
    page.status = 304;
    return page;
  }
  if (std::optional<Error> error = read_all(file.number(), request.max_body, page.body)) {
    return std::move(*error);
  }
  return page;
}

}  // namespace siftd
