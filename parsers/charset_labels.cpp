#include "parsers/charset_labels.hpp"

#include <string>

#include "base/limits.hpp"
#include "parsers/chars.hpp"

namespace siftd {
namespace {

struct Label {
  std::string_view name;  // lower case, without '-', '_' and blanks
  const char* charset;    // as iconv calls it
};

// The Encoding Standard's labels that are not their own name, and what else feeds
// say. Only what stands here is given to iconv: its stateful rarities have had holes.
constexpr Label kLabels[] = {
    {"utf8", "UTF-8"},
    {"unicode11utf8", "UTF-8"},
    {"utf8mb4", "UTF-8"},
    {"xunicode20utf8", "UTF-8"},
    {"cp65001", "UTF-8"},
    {"utf16", "UTF-16LE"},
    {"utf16le", "UTF-16LE"},
    {"unicode", "UTF-16LE"},
    {"ucs2", "UTF-16LE"},
    {"iso10646ucs2", "UTF-16LE"},
    {"utf16be", "UTF-16BE"},
    {"utf32", "UTF-32LE"},
    {"utf32le", "UTF-32LE"},
    {"utf32be", "UTF-32BE"},
    {"ucs4", "UTF-32BE"},
    {"csucs4", "UTF-32BE"},
    {"iso10646ucs4", "UTF-32BE"},
    {"ascii", "CP1252"},
    {"usascii", "CP1252"},
    {"latin1", "CP1252"},
    {"l1", "CP1252"},
    {"iso88591", "CP1252"},
    {"88591", "CP1252"},
    {"ansix341968", "CP1252"},
    {"cp819", "CP1252"},
    {"windows1252", "CP1252"},
    {"cp1252", "CP1252"},
    {"ansi", "CP1252"},
    {"win1252", "CP1252"},
    {"iso88592", "ISO-8859-2"},
    {"latin2", "ISO-8859-2"},
    {"l2", "ISO-8859-2"},
    {"iso88593", "ISO-8859-3"},
    {"latin3", "ISO-8859-3"},
    {"iso88594", "ISO-8859-4"},
    {"latin4", "ISO-8859-4"},
    {"iso88595", "ISO-8859-5"},
    {"cyrillic", "ISO-8859-5"},
    {"iso88596", "ISO-8859-6"},
    {"arabic", "ISO-8859-6"},
    {"iso88597", "ISO-8859-7"},
    {"greek", "ISO-8859-7"},
    {"iso88598", "ISO-8859-8"},
    {"iso88598i", "ISO-8859-8"},
    {"hebrew", "ISO-8859-8"},
    {"iso88599", "CP1254"},
    {"latin5", "CP1254"},
    {"windows1254", "CP1254"},
    {"cp1254", "CP1254"},
    {"iso885910", "ISO-8859-10"},
    {"latin6", "ISO-8859-10"},
    {"iso885911", "CP874"},
    {"tis620", "CP874"},
    {"windows874", "CP874"},
    {"iso885913", "ISO-8859-13"},
    {"iso885914", "ISO-8859-14"},
    {"iso885915", "ISO-8859-15"},
    {"latin9", "ISO-8859-15"},
    {"iso885916", "ISO-8859-16"},
    {"windows1250", "CP1250"},
    {"cp1250", "CP1250"},
    {"windows1251", "CP1251"},
    {"cp1251", "CP1251"},
    {"win1251", "CP1251"},
    {"windows1253", "CP1253"},
    {"cp1253", "CP1253"},
    {"windows1255", "CP1255"},
    {"cp1255", "CP1255"},
    {"windows1256", "CP1256"},
    {"cp1256", "CP1256"},
    {"windows1257", "CP1257"},
    {"cp1257", "CP1257"},
    {"windows1258", "CP1258"},
    {"cp1258", "CP1258"},
    {"koi8r", "KOI8-R"},
    {"koi8", "KOI8-R"},
    {"koi", "KOI8-R"},
    {"koi8u", "KOI8-U"},
    {"koi8ru", "KOI8-U"},
    {"ibm866", "CP866"},
    {"cp866", "CP866"},
    {"866", "CP866"},
    {"cp437", "CP437"},
    {"ibm437", "CP437"},
    {"cp850", "CP850"},
    {"cp852", "CP852"},
    {"macintosh", "MACINTOSH"},
    {"mac", "MACINTOSH"},
    {"xmacroman", "MACINTOSH"},
    {"xmaccyrillic", "MAC-CYRILLIC"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"xgbk", "GB18030"},
    {"chinese", "GB18030"},
    {"cp936", "GB18030"},
    {"euccn", "GB18030"},
    {"csgb2312", "GB18030"},
    {"gb231280", "GB18030"},
    {"hzgb2312", "HZ"},
    {"big5", "BIG5-HKSCS"},
    {"big5hkscs", "BIG5-HKSCS"},
    {"cnbig5", "BIG5-HKSCS"},
    {"xxbig5", "BIG5-HKSCS"},
    {"cp950", "BIG5-HKSCS"},
    {"euctw", "EUC-TW"},
    {"shiftjis", "CP932"},
    {"sjis", "CP932"},
    {"xsjis", "CP932"},
    {"mskanji", "CP932"},
    {"windows31j", "CP932"},
    {"cp932", "CP932"},
    {"ms932", "CP932"},
    {"eucjp", "EUC-JP"},
    {"xeucjp", "EUC-JP"},
    {"ujis", "EUC-JP"},
    {"iso2022jp", "ISO-2022-JP"},
    {"csiso2022jp", "ISO-2022-JP"},
    {"iso2022jp1", "ISO-2022-JP"},
    {"iso2022jp2", "ISO-2022-JP-2"},
    {"euckr", "CP949"},
    {"ksc56011987", "CP949"},
    {"ksc5601", "CP949"},
    {"korean", "CP949"},
    {"uhc", "CP949"},
    {"cp949", "CP949"},
    {"windows949", "CP949"},
    {"iso2022kr", "ISO-2022-KR"},
    {"johab", "JOHAB"},
    {"armscii8", "ARMSCII-8"},
    {"viscii", "VISCII"},
    {"ebcdiccpus", "IBM037"},
    {"ibm037", "IBM037"},
    {"cp037", "IBM037"},
    {"csibm037", "IBM037"},
    {"ebcdic", "IBM037"},
};

}  // namespace

const char* charset_of(std::string_view label) {
  std::string plain;
  for (const char c : label.substr(0, limits::kMaxCharsetLabel)) {
    if (is_ascii_alnum(c)) {
      plain += ascii_lower(c);
    }
  }
  for (const Label& known : kLabels) {
    if (known.name == plain) {
      return known.charset;
    }
  }
  return nullptr;
}

}  // namespace siftd
