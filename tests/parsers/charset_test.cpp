#include "parsers/charset.hpp"

#include <iconv.h>
#include <string>

#include "parsers/chars.hpp"
#include "tests/catch.hpp"

namespace {

using namespace siftd;

// Encodes for the tests; what siftd does is the way back.
std::string encoded(const std::string& text, const char* charset) {
  const iconv_t converter = iconv_open(charset, "UTF-8");
  std::string input = text;
  std::string output(text.size() * 6 + 16, '\0');
  char* in = input.data();
  char* out = output.data();
  std::size_t left = input.size();
  std::size_t room = output.size();
  iconv(converter, &in, &left, &out, &room);
  iconv(converter, nullptr, nullptr, &out, &room);
  iconv_close(converter);
  output.resize(output.size() - room);
  return output;
}

std::string declared(const std::string& label, const std::string& text) {
  return "<?xml version=\"1.0\" encoding=\"" + label + "\"?><t>" + text + "</t>";
}

}  // namespace

TEST_CASE("charset: what the declaration says is decoded", "[charset]") {
  const auto [label, charset, text] =
      GENERATE(table<const char*, const char*, const char*>({
          {"windows-1251", "CP1251", "Новости дня"},
          {"KOI8-R", "KOI8-R", "Новости дня"},
          {"koi8-u", "KOI8-U", "Новини ґанку"},
          {"iso-8859-2", "ISO-8859-2", "Žluťoučký kůň"},
          {"ISO-8859-1", "CP1252", "“Quoted” – €5"},
          {"us-ascii", "CP1252", "“Quoted” – €5"},
          {"windows-1253", "CP1253", "Ειδήσεις"},
          {"windows-1256", "CP1256", "الأخبار"},
          {"tis-620", "CP874", "ข่าว"},
          {"Shift_JIS", "CP932", "ニュース速報"},
          {"EUC-JP", "EUC-JP", "ニュース速報"},
          {"ISO-2022-JP", "ISO-2022-JP", "ニュース速報"},
          {"gb2312", "GB18030", "新闻標題"},
          {"GBK", "GBK", "新闻標題"},
          {"big5", "BIG5", "新聞標題"},
          {"EUC-KR", "EUC-KR", "뉴스 속보"},
          {"utf8", "UTF-8", "Новости"},
      }));
  CAPTURE(label);
  const std::string bytes = encoded(declared(label, text), charset);
  CHECK(to_utf8(bytes, "", DocumentKind::xml) == declared(label, text));
}

TEST_CASE("charset: UTF-16 and UTF-32 are seen with and without a mark", "[charset]") {
  const char* charset =
      GENERATE("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE");
  CAPTURE(charset);
  const std::string text = declared("utf-16", "Žluťoučký ☃ 𝄞");
  CHECK(to_utf8(encoded(text, charset), "text/xml; charset=utf-8", DocumentKind::xml) ==
        text);
}

TEST_CASE("charset: the bytes outvote a wrong label", "[charset]") {
  const std::string utf8 = declared("iso-8859-1", "Новости дня");
  CHECK(to_utf8(utf8, "", DocumentKind::xml) == utf8);
  CHECK(to_utf8(utf8, "text/xml; charset=windows-1251", DocumentKind::xml) == utf8);
  // Declared UTF-8, and is not.
  const std::string western = declared("utf-8", "Él “dijo” así");
  CHECK(to_utf8(encoded(western, "CP1252"), "", DocumentKind::xml) == western);
  // The header's label cannot be, the declaration's can.
  const std::string russian = declared("windows-1251", "Новости дня");
  CHECK(to_utf8(encoded(russian, "CP1251"), "text/xml; charset=utf-8",
                DocumentKind::xml) == russian);
}

TEST_CASE("charset: the header goes before the declaration", "[charset]") {
  const std::string text = declared("iso-8859-1", "Новости дня");
  CHECK(to_utf8(encoded(text, "KOI8-R"), "text/xml; charset=\"koi8-r\"",
                DocumentKind::xml) == text);
}

TEST_CASE("charset: strays in UTF-8 are read as windows-1252", "[charset]") {
  CHECK(to_utf8("žluťoučký \x93k\xF9\xF2\x94", "", DocumentKind::json) ==
        "žluťoučký “kùò”");
}

TEST_CASE("charset: HTML names its charset in a meta element", "[charset]") {
  const std::string page =
      "<html><head><meta http-equiv=Content-Type content=\"text/html; "
      "charset=windows-1251\">"
      "<title>Новости</title>";
  CHECK(to_utf8(encoded(page, "CP1251"), "text/html", DocumentKind::html) == page);
}

TEST_CASE("charset: without any label the text's look decides", "[charset]") {
  std::string text = "<t>";
  for (int i = 0; i < 20; ++i) {
    text += "В Москве открылась новая станция метро, сообщили вчера в мэрии города. ";
  }
  CHECK(to_utf8(encoded(text, "CP1251"), "", DocumentKind::xml) == text);
}

TEST_CASE("charset: any bytes give valid UTF-8, whole or in pieces", "[charset]") {
  const char* charset = GENERATE("UTF-8", "UTF-16LE", "CP1252", "CP932", "GB18030",
                                 "UTF-32BE", "ISO-2022-JP", "EUC-KR");
  CAPTURE(charset);
  std::string bytes;
  unsigned state = 1;
  for (int i = 0; i < 5000; ++i) {
    state = state * 1103515245u + 12345u;
    bytes += static_cast<char>(state >> 16);
  }
  std::string whole;
  Utf8Decoder(charset).decode(bytes, true, whole);
  CHECK(valid_utf8_prefix(whole) == whole.size());
  std::string pieces;
  Utf8Decoder decoder(charset);
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    decoder.decode(std::string_view(bytes).substr(i, 7), i + 7 >= bytes.size(), pieces);
  }
  CHECK(valid_utf8_prefix(pieces) == pieces.size());
  CHECK((pieces == whole || std::string_view(charset) == "UTF-8"));
}
