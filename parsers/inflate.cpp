#include "parsers/inflate.hpp"

#include <limits>
#include <vector>
#include <zlib.h>

#include "base/limits.hpp"

namespace siftd {

bool is_gzip(std::string_view bytes) {
  return bytes.starts_with("\x1F\x8B\x08");
}

std::optional<std::string> gunzip(std::string_view bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) {  // gzip framing
    return std::nullopt;
  }
  std::string input(bytes);
  std::string out;
  std::vector<char> buffer(64 * limits::kKiB);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(
      std::min<std::size_t>(input.size(), std::numeric_limits<uInt>::max()));
  int status = Z_OK;
  while (status == Z_OK && out.size() <= limits::kMaxInflated) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    status = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
    if (status == Z_STREAM_END && stream.avail_in > 18) {
      status = inflateReset(&stream);  // another member follows
    }
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END || out.size() > limits::kMaxInflated) {
    return std::nullopt;
  }
  return out;
}

}  // namespace siftd
