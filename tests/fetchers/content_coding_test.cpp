#include "fetchers/content_coding.hpp"

#include <brotli/encode.h>
#include <string>
#include <zstd.h>

#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"
#include "tests/deflated.hpp"

using namespace siftd;

namespace {

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string brotli(const std::string& text) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size()) + 64;
  std::string out(size, '\0');
  REQUIRE(BrotliEncoderCompress(5, 22, BROTLI_MODE_TEXT, text.size(),
                                reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                reinterpret_cast<std::uint8_t*>(out.data())) ==
          BROTLI_TRUE);
  out.resize(size);
  return out;
}

struct Decoded {
  std::string text;
  std::optional<Error> error;
};

Decoded decode(const std::string& header, const std::string& data,
               std::size_t step = 1 << 14, std::size_t limit = 1 << 20) {
  ContentDecoder decoder(header, limit);
  Decoded decoded;
  for (std::size_t i = 0; i < data.size() && !decoded.error; i += step) {
    decoded.error = decoder.write(std::string_view(data).substr(i, step), decoded.text);
  }
  if (!decoded.error) {
    decoded.error = decoder.finish(decoded.text);
  }
  return decoded;
}

std::string feed() {
  std::string text = "<?xml version=\"1.0\"?><rss><channel>";
  for (int i = 0; i < 2000; ++i) {
    text += "<item><title>Story " + std::to_string(i * 7919 % 1000) + "</title></item>";
  }
  return text + "</channel></rss>";
}

}  // namespace

TEST_CASE("codings: each is undone, however the bytes arrive") {
  const std::string text = feed();
  const std::size_t step = GENERATE(1u, 2u, 3u, 7u, 1000u, 1u << 20);
  const std::pair<std::string, std::string> cases[] = {
      {"", text},
      {"identity", text},
      {"gzip", deflated(text)},
      {"x-gzip", deflated(text)},
      {"GZIP", deflated(text)},
      {"deflate", deflated(text, 15)},
      {"deflate", deflated(text, -15)},
      {"zstd", zstd(text)},
      {"br", brotli(text)},
      {"gzip, br", brotli(deflated(text))},
      {"gzip, gzip", deflated(deflated(text))},
      {"gzip,zstd", zstd(deflated(text))},
      {"zstd, gzip", deflated(zstd(text))},
  };
  for (const auto& [header, data] : cases) {
    INFO(header << " in steps of " << step);
    const Decoded decoded = decode(header, data, step);
    CHECK_FALSE(decoded.error);
    CHECK((decoded.text == text));
  }
}

TEST_CASE("codings: hostile 18: a label that the body contradicts is not believed") {
  const std::string text = feed();
  const std::pair<std::string, std::string> cases[] = {
      {"gzip", text},
      {"deflate", text},
      {"br", text},
      {"zstd", text},
      {"gzip, gzip", text},
      {"", deflated(text)},
      {"br", deflated(text)},
      {"utf-8", text},
      {"zstd", deflated(text)},
      {"gzip", zstd(text)},
      {"gzip, gzip", deflated(text)},
      {"none", text},
  };
  for (const auto& [header, data] : cases) {
    INFO(header);
    const Decoded decoded = decode(header, data);
    CHECK_FALSE(decoded.error);
    CHECK((decoded.text == text));
  }
  CHECK(decode("gzip", "\xef\xbb\xbf<rss/>").text == "\xef\xbb\xbf<rss/>");
  CHECK(decode("br", "\r\n <rss/>").text == "\r\n <rss/>");
  CHECK_FALSE(decode("gzip", "").error);
  CHECK_FALSE(decode("br", "").error);
}

TEST_CASE("codings: hostile 18: several members of gzip are one body, padding is none") {
  const std::string two = deflated("<rss>") + deflated("</rss>");
  CHECK(decode("gzip", two).text == "<rss></rss>");
  CHECK(decode("gzip", two, 1).text == "<rss></rss>");
  const Decoded padded = decode("gzip", deflated("<rss/>") + std::string(512, '\0'));
  CHECK_FALSE(padded.error);
  CHECK(padded.text == "<rss/>");
}

TEST_CASE("codings: hostile 18: what is damaged, cut or stacked too deep is an error") {
  const std::string text = feed();
  std::string bad_sum = deflated(text);
  bad_sum[bad_sum.size() - 6] = static_cast<char>(bad_sum[bad_sum.size() - 6] ^ 0x55);
  CHECK(decode("gzip", bad_sum).error->code == FetchErrc::bad_encoding);
  for (const std::string& whole : {deflated(text), deflated(text, 15), zstd(text)}) {
    const std::string cut = whole.substr(0, whole.size() / 2);
    const std::string header = whole == zstd(text)  ? "zstd"
                               : whole[0] == '\x1f' ? "gzip"
                                                    : "deflate";
    INFO(header);
    const Decoded decoded = decode(header, cut);
    REQUIRE(decoded.error);
    CHECK(decoded.error->code == FetchErrc::truncated);
  }
  CHECK(decode("gzip, gzip, gzip", deflated(deflated(deflated(text)))).error->code ==
        FetchErrc::bad_encoding);
  CHECK(decode("compress", "\x1f\x9d\x90").error->code == FetchErrc::bad_encoding);
}

TEST_CASE("codings: hostile 17: a bomb ends at the limit, at either stage") {
  const std::string zeros(64u << 20, ' ');
  const std::string bombs[][2] = {
      {"gzip", deflated(zeros)},
      {"deflate", deflated(zeros, 15)},
      {"zstd", zstd(zeros)},
      {"br", brotli(zeros)},
      {"gzip, gzip", deflated(deflated(zeros))},
      {"gzip", deflated(zeros) + deflated(zeros)},
  };
  for (const auto& [header, data] : bombs) {
    INFO(header);
    const Decoded decoded = decode(header, data, 1 << 14, 1 << 20);
    REQUIRE(decoded.error);
    CHECK(decoded.error->code == FetchErrc::too_large);
    CHECK(decoded.text.size() <= 1u << 20);
  }
  // An outer coding that gives far more than the inner one makes of it.
  const std::string empties = [] {
    std::string many;
    const std::string empty = deflated("");
    for (int i = 0; i < 200000; ++i) {
      many += empty;
    }
    return many;
  }();
  CHECK(decode("gzip, gzip", deflated(empties)).error->code == FetchErrc::too_large);
}

TEST_CASE("codings: exactly the limit is not too large") {
  const std::string text(1 << 20, 'x');
  CHECK_FALSE(decode("", text).error);
  CHECK_FALSE(decode("zstd", zstd(text)).error);
  CHECK(decode("", text + "x").error->code == FetchErrc::too_large);
}

TEST_CASE("codings: a stream cut at any byte is never taken for a whole one") {
  const std::string text = "<rss><channel><title>short</title></channel></rss>";
  for (const std::string& whole : {deflated(text), zstd(text)}) {
    for (std::size_t size = 5; size < whole.size(); ++size) {
      const Decoded decoded = decode("gzip", whole.substr(0, size));
      INFO(size);
      CHECK(decoded.error);
    }
  }
}
