#include "fetchers/content_coding.hpp"

#include <algorithm>
#include <brotli/decode.h>
#include <cstdint>
#include <utility>
#include <zlib.h>
#include <zstd.h>

#include "base/limits.hpp"
#include "fetchers/fetch_error.hpp"

namespace siftd {

// One coding being undone.
class ContentDecoder::Stage {
 public:
  enum class State { more, ended, damaged };
  virtual ~Stage() = default;

  // Takes from the front of `in`, writes to `out`, whose size it cuts to what was
  // written. `more`: call again with what is left of `in` (perhaps nothing).
  virtual State step(std::string_view& in, char* out, std::size_t& size) = 0;

  std::size_t produced = 0;
  bool has_input = false;
  bool has_ended = false;
};

namespace {

using Stage = ContentDecoder::Stage;

class Inflate : public Stage {
 public:
  // window_bits as zlib has it: 15 zlib, -15 raw, 31 gzip.
  explicit Inflate(int window_bits) : is_gzip_(window_bits > 15) {
    is_ready_ = inflateInit2(&stream_, window_bits) == Z_OK;
  }
  ~Inflate() override {
    if (is_ready_) {
      inflateEnd(&stream_);
    }
  }
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;

  State step(std::string_view& in, char* out, std::size_t& size) override {
    if (!is_ready_) {
      return State::damaged;
    }
    if (at_member_end_) {
      if (in.empty()) {
        size = 0;
        return State::ended;
      }
      // RFC 1952 2.2: members follow one another. Anything else is padding.
      if (!is_gzip_ || static_cast<unsigned char>(in[0]) != 0x1f) {
        in = {};
        size = 0;
        return State::ended;
      }
      inflateReset(&stream_);
      at_member_end_ = false;
    }
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(size);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    in.remove_prefix(in.size() - stream_.avail_in);
    size -= stream_.avail_out;
    if (code == Z_STREAM_END) {
      at_member_end_ = true;
      return in.empty() ? State::ended : State::more;
    }
    return code == Z_OK || code == Z_BUF_ERROR ? State::more : State::damaged;
  }

 private:
  z_stream stream_{};
  bool is_gzip_;
  bool is_ready_ = false;
  bool at_member_end_ = false;
};

class Brotli : public Stage {
 public:
  Brotli() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {}
  ~Brotli() override { BrotliDecoderDestroyInstance(state_); }
  Brotli(const Brotli&) = delete;
  Brotli& operator=(const Brotli&) = delete;

  State step(std::string_view& in, char* out, std::size_t& size) override {
    std::size_t in_left = in.size();
    const auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    std::size_t out_left = size;
    auto* next_out = reinterpret_cast<std::uint8_t*>(out);
    const BrotliDecoderResult result = BrotliDecoderDecompressStream(
        state_, &in_left, &next_in, &out_left, &next_out, nullptr);
    in.remove_prefix(in.size() - in_left);
    size -= out_left;
    if (result == BROTLI_DECODER_RESULT_SUCCESS) {
      in = {};
      return State::ended;
    }
    return result == BROTLI_DECODER_RESULT_ERROR ? State::damaged : State::more;
  }

 private:
  BrotliDecoderState* state_;
};

class Zstd : public Stage {
 public:
  Zstd() : stream_(ZSTD_createDStream()) {
    // RFC 8878 3.1.1.1.2 recommends 8 MiB; a window is memory before any output.
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, 23);
  }
  ~Zstd() override { ZSTD_freeDStream(stream_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  State step(std::string_view& in, char* out, std::size_t& size) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out, size, 0};
    const std::size_t result = ZSTD_decompressStream(stream_, &output, &input);
    in.remove_prefix(input.pos);
    size = output.pos;
    if (ZSTD_isError(result) != 0) {
      return State::damaged;
    }
    return result == 0 && in.empty() ? State::ended : State::more;
  }

 private:
  ZSTD_DStream* stream_;
};

constexpr std::size_t kToTell = 16;  // bytes that sniffing needs

std::string lowercase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return lower;
}

std::vector<std::string> split_codings(std::string_view header) {
  std::vector<std::string> codings;
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    std::string_view token = header.substr(0, comma);
    header.remove_prefix(comma == std::string_view::npos ? header.size() : comma + 1);
    const std::size_t first = token.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
      continue;
    }
    token = token.substr(first, token.find_last_not_of(" \t") - first + 1);
    std::string coding = lowercase(token);
    if (coding.starts_with("x-")) {
      coding.erase(0, 2);
    }
    if (coding != "identity" && coding != "none") {
      codings.push_back(std::move(coding));
    }
  }
  return codings;
}

bool is_gzip(std::string_view data) {
  return data.starts_with("\x1f\x8b");
}
bool is_zstd(std::string_view data) {
  return data.starts_with("\x28\xb5\x2f\xfd");
}
// RFC 1950 2.2: deflate with a window of at most 32 KiB, header divisible by 31.
bool is_zlib(std::string_view data) {
  const auto first = static_cast<unsigned char>(data[0]);
  const auto second = static_cast<unsigned char>(data[1]);
  return (first & 0x0f) == 8 && first >> 4 <= 7 && (first * 256 + second) % 31 == 0;
}

// What feeds, pages and their byte order marks begin with. Codings without a signature
// may begin with any byte, so a good part has to look like a document.
bool looks_like_text(std::string_view data) {
  if (data.starts_with("\xef\xbb\xbf") || data.starts_with("\xff\xfe") ||
      data.starts_with("\xfe\xff")) {
    return true;
  }
  const std::size_t first = data.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return data.size() >= kToTell;
  }
  data = data.substr(first, kToTell);
  const bool is_plain = std::all_of(data.begin(), data.end(), [](char c) {
    return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\r' || c == '\n';
  });
  return is_plain && (data[0] == '<' || data[0] == '{');
}

bool is_known(std::string_view coding) {
  return coding == "gzip" || coding == "deflate" || coding == "br" || coding == "zstd";
}

// What `data` really is, given that it is said to be `coding` ("": nothing said).
// Empty: as it stands.
std::string_view sniff(std::string_view coding, std::string_view data) {
  if (is_gzip(data)) {
    return "gzip";
  }
  if (is_zstd(data)) {
    return "zstd";
  }
  if (coding == "gzip" || coding == "zstd" || looks_like_text(data)) {
    return {};
  }
  return coding;
}

std::unique_ptr<Stage> make_stage(std::string_view coding, std::string_view data) {
  if (coding == "gzip") {
    return std::make_unique<Inflate>(15 + 16);
  }
  if (coding == "deflate") {
    return std::make_unique<Inflate>(is_zlib(data) ? 15 : -15);
  }
  if (coding == "br") {
    return std::make_unique<Brotli>();
  }
  return std::make_unique<Zstd>();
}

Error damaged() {
  return fetch_error(FetchErrc::bad_encoding, "the compressed body is damaged");
}

Error too_large(std::size_t limit) {
  return fetch_error(FetchErrc::too_large, "the body is larger than max_body, " +
                                               std::to_string(limit) + " bytes");
}

}  // namespace

ContentDecoder::ContentDecoder(std::string_view content_encoding, std::size_t max_decoded)
    : max_decoded_(max_decoded) {
  std::vector<std::string> codings = split_codings(content_encoding);
  if (codings.empty()) {
    codings.emplace_back();  // nothing said, but perhaps something done
  }
  for (auto coding = codings.rbegin(); coding != codings.rend(); ++coding) {
    levels_.emplace_back().said = std::move(*coding);
  }
}
ContentDecoder::~ContentDecoder() = default;
ContentDecoder::ContentDecoder(ContentDecoder&&) noexcept = default;
ContentDecoder& ContentDecoder::operator=(ContentDecoder&&) noexcept = default;

std::optional<Error> ContentDecoder::append(std::string_view data,
                                            std::string& out) const {
  if (data.size() > max_decoded_ - std::min(out.size(), max_decoded_)) {
    return too_large(max_decoded_);
  }
  out.append(data);
  return std::nullopt;
}

std::optional<Error> ContentDecoder::feed(std::size_t index, std::string_view data,
                                          std::string& out) {
  if (index == levels_.size()) {
    return append(data, out);
  }
  Level& level = levels_[index];
  if (!level.has_begun) {
    level.held.append(data);
    return level.held.size() < kToTell ? std::nullopt : begin(index, out);
  }
  return level.stage ? run(index, data, out) : feed(index + 1, data, out);
}

std::optional<Error> ContentDecoder::begin(std::size_t index, std::string& out) {
  Level& level = levels_[index];
  level.has_begun = true;
  const std::string held = std::exchange(level.held, {});
  const std::string_view coding =
      held.size() < 2 ? std::string_view() : sniff(level.said, held);
  if (!coding.empty() && !is_known(coding)) {
    return fetch_error(
        FetchErrc::bad_encoding,
        "the content coding \"" + std::string(coding.substr(0, 40)) + "\" is not known");
  }
  if (!coding.empty()) {
    level.stage = make_stage(coding, held);
  }
  return feed(index, held, out);
}

std::optional<Error> ContentDecoder::run(std::size_t index, std::string_view data,
                                         std::string& out) {
  Stage& stage = *levels_[index].stage;
  char buffer[32 * limits::kKiB];
  stage.has_input = stage.has_input || !data.empty();
  std::size_t written = sizeof buffer;
  while (!data.empty() || (written == sizeof buffer && !stage.has_ended)) {
    const std::size_t before = data.size();
    written = sizeof buffer;
    const Stage::State state = stage.step(data, buffer, written);
    if (state == Stage::State::damaged) {
      return damaged();
    }
    stage.has_ended = state == Stage::State::ended;
    stage.produced += written;
    if (stage.produced > max_decoded_) {
      return too_large(max_decoded_);
    }
    if (written > 0) {
      if (std::optional<Error> error = feed(index + 1, {buffer, written}, out)) {
        return error;
      }
    } else if (data.size() == before) {
      break;  // it needs more than there is
    }
  }
  return std::nullopt;
}

std::optional<Error> ContentDecoder::write(std::string_view data, std::string& out) {
  if (levels_.size() > limits::kMaxContentCodings) {
    return fetch_error(FetchErrc::bad_encoding,
                       std::to_string(levels_.size()) + " content codings are stacked");
  }
  return feed(0, data, out);
}

std::optional<Error> ContentDecoder::finish(std::string& out) {
  for (std::size_t index = 0; index < levels_.size(); ++index) {
    if (levels_[index].has_begun) {
      continue;
    }
    if (std::optional<Error> error = begin(index, out)) {
      return error;
    }
  }
  for (const Level& level : levels_) {
    if (level.stage && level.stage->has_input && !level.stage->has_ended) {
      return fetch_error(FetchErrc::truncated, "the compressed body was cut");
    }
  }
  return std::nullopt;
}

}  // namespace siftd
