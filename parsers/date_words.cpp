#include "parsers/date_words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <unordered_set>
#include <vector>

#include "parsers/chars.hpp"

namespace siftd {
namespace {

// Lower case for Latin (with its first extension), Greek and Cyrillic letters, and
// Greek accents away: what month names need. Other characters stay.
std::string folded(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto lead = static_cast<unsigned char>(word[i]);
    if (lead < 0xC3 || lead > 0xD1 || i + 1 == word.size()) {
      out += ascii_lower(word[i]);
      continue;
    }
    const auto trail = static_cast<unsigned char>(word[++i]);
    std::uint32_t c = (lead & 0x1Fu) << 6 | (trail & 0x3Fu);
    if ((c >= 0xC0 && c <= 0xDE) || (c >= 0x391 && c <= 0x3A9) ||
        (c >= 0x410 && c <= 0x42F)) {
      c += 0x20;
    } else if (c >= 0x400 && c <= 0x40F) {
      c += 0x50;
    } else if (c >= 0x100 && c <= 0x137) {
      c |= 1;
    } else if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) {
      c += c & 1;
    } else if (c >= 0x14A && c <= 0x177) {
      c |= 1;
    }
    switch (c) {
      case 0x3AC:
      case 0x386:
        c = 0x3B1;
        break;
      case 0x3AD:
      case 0x388:
        c = 0x3B5;
        break;
      case 0x3AE:
      case 0x389:
        c = 0x3B7;
        break;
      case 0x3AF:
      case 0x38A:
      case 0x3CA:
      case 0x390:
        c = 0x3B9;
        break;
      case 0x3CC:
      case 0x38C:
        c = 0x3BF;
        break;
      case 0x3CD:
      case 0x38E:
      case 0x3CB:
        c = 0x3C5;
        break;
      case 0x3CE:
      case 0x38F:
        c = 0x3C9;
        break;
      default:
        break;
    }
    append_utf8(out, c);
  }
  return out;
}

// The words of a list "a b c", in its order.
std::vector<std::string_view> words_of(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    words.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

// Stems: a longer word may follow. English, German, French, Spanish, Portuguese,
// Italian, Dutch, Scandinavian, Finnish, Polish, Czech, Hungarian, Romanian,
// Croatian, Turkish, Greek, Russian, Ukrainian, Indonesian.
constexpr std::string_view kMonthStems[12] = {
    "jan jän janv ene gen sty stycz led ian sij oca tammi ιαν янв січ",
    "feb fév fev février febr lut úno únor şub sub velj helmi φεβ фев лют",
    "mar mär mær maa mrt mrz márc bře března ožu mart μαρ мар бер",
    "apr avr abr ápr kwi dub duben tra nisan huhti απρ апр кві",
    "may mai mag maj maio mei máj kvě května svi mayıs touko μαι μαϊ май мая тра",
    "jun juin giu jún cze czerwi črv červen lip haz kesä ιουν июн чер",
    "jul juil lug júl heinä lipc lipiec lipiec črvc červenec srp tem ιουλ июл лип",
    "aug aoû aou ago ágo sie srpen srpna kol ağu elo αυγ авг сер",
    "sep sept set szept wrz zář září ruj eyl syys σεπ сен вер",
    "oct okt oct ott out paź říj října lis eki loka οκτ окт жов",
    "nov kas listopad lis stu kasım marras νοε νοέ ноя лис",
    "dec déc dez dic des dés gru pro prosin pros ara joulu δεκ дек гру"};

struct Exact {
  std::string_view word;
  int month;
};
// Where the stems above collide: whole words decide first.
constexpr Exact kExactMonths[] = {
    {"listopad", 11},  {"listopada", 11},   {"lis", 11},      {"lipiec", 7},
    {"lipca", 7},      {"lip", 7},          {"lipanj", 6},    {"lipnja", 6},
    {"srpanj", 7},     {"srpnja", 7},       {"srpen", 8},     {"srpna", 8},
    {"srp", 8},        {"červen", 6},       {"června", 6},    {"červenec", 7},
    {"července", 7},   {"travanj", 4},      {"travnja", 4},   {"травня", 5},
    {"тра", 5},        {"марта", 3},        {"марток", 3},    {"mayo", 5},
    {"maja", 5},       {"maggio", 5},       {"magg", 5},      {"mars", 3},
    {"mart", 3},       {"marzo", 3},        {"março", 3},     {"marras", 11},
    {"marraskuu", 11}, {"marraskuuta", 11}, {"липня", 7},     {"листопада", 11},
    {"лис", 11},       {"серпня", 8},       {"сентября", 9},  {"червня", 6},
    {"prosinec", 12},  {"prosince", 12},    {"prosinac", 12}, {"prosinca", 12},
    {"juni", 6},       {"juli", 7},         {"setembro", 9},  {"ağustos", 8},
    {"maaliskuu", 3},  {"maaliskuuta", 3}};

constexpr std::string_view kFillers =
    // weekdays, whole or short
    "mon tue tues wed weds thu thur thurs fri sat sun monday tuesday wednesday thursday "
    "friday saturday sunday mo di mi do fr sa so montag dienstag mittwoch donnerstag "
    "freitag samstag sonnabend sonntag lun mar mer jeu ven sam dim lundi mardi mercredi "
    "jeudi vendredi samedi dimanche lunes martes miercoles miércoles jueves viernes "
    "sabado sábado domingo mie mié jue vie sab sáb dom lunedi lunedì martedi martedì "
    "mercoledi mercoledì giovedi giovedì venerdi venerdì sabato domenica gio segunda "
    "terça terca quarta quinta sexta seg ter qua qui sex feira ma wo vr za zo maandag "
    "dinsdag woensdag donderdag vrijdag zaterdag zondag man tir ons tor lør søn mån tis "
    "lör sön mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag lördag "
    "söndag ti ke to pe la su pon wt wto śr śro czw pt pią sob nie niedz poniedziałek "
    "wtorek środa czwartek piątek sobota niedziela po út st čt pá ne pondělí úterý "
    "středa "
    "čtvrtek pátek neděle h k sze cs p szo v hétfő kedd szerda csütörtök péntek szombat "
    "vasárnap paz pzt sal çar per cum cmt δευ τρι τετ πεμ παρ σαβ κυρ δευτερα τριτη "
    "τεταρτη πεμπτη παρασκευη σαββατο κυριακη пн вт ср чт пт сб вс пнд втр срд чтв птн "
    "суб вск понедельник вторник среда четверг пятница суббота воскресенье нд пон пят "
    // what stands between
    "at on of the de del du le la à a às um uhr kl klo o alle ore à om г года год в і "
    "den am den klockan den dne hod hours hrs";

struct Zone {
  std::string_view name;
  int minutes;
};
constexpr Zone kZones[] = {
    {"z", 0},      {"ut", 0},     {"utc", 0},     {"gmt", 0},     {"wet", 0},
    {"est", -300}, {"edt", -240}, {"cst", -360},  {"cdt", -300},  {"mst", -420},
    {"mdt", -360}, {"pst", -480}, {"pdt", -420},  {"et", -300},   {"ct", -360},
    {"mt", -420},  {"pt", -480},  {"akst", -540}, {"akdt", -480}, {"hst", -600},
    {"ast", -240}, {"adt", -180}, {"at", -240},   {"nst", -210},  {"ndt", -150},
    {"bst", 60},   {"west", 60},  {"cet", 60},    {"cest", 120},  {"met", 60},
    {"mez", 60},   {"mesz", 120}, {"mest", 120},  {"eet", 120},   {"eest", 180},
    {"msk", 180},  {"msd", 240},  {"trt", 180},   {"gst", 240},   {"pkt", 300},
    {"ist", 330},  {"npt", 345},  {"ict", 420},   {"wib", 420},   {"wita", 480},
    {"wit", 540},  {"hkt", 480},  {"sgt", 480},   {"pht", 480},   {"awst", 480},
    {"jst", 540},  {"kst", 540},  {"acst", 570},  {"acdt", 630},  {"aest", 600},
    {"aedt", 660}, {"nzst", 720}, {"nzdt", 780},  {"brt", -180},  {"brst", -120},
    {"art", -180}, {"clt", -240}, {"clst", -180}, {"cot", -300},  {"pet", -300},
    {"vet", -240}, {"sast", 120}, {"cat", 120},   {"eat", 180},   {"wat", 60},
    {"idt", 180},  {"irst", 210}};

// The stems by their first byte, earlier months first: most words are settled by one
// look.
struct Stem {
  std::string_view text;
  int month = 0;
};
const std::vector<Stem>& stems_from(char first) {
  static const auto stems = [] {
    std::array<std::vector<Stem>, 256> by_byte;
    for (int month = 0; month < 12; ++month) {
      for (const std::string_view stem : words_of(kMonthStems[month])) {
        by_byte[static_cast<unsigned char>(stem.front())].push_back({stem, month + 1});
      }
    }
    return by_byte;
  }();
  return stems[static_cast<unsigned char>(first)];
}

bool is_one_of(std::initializer_list<std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::optional<int> month_of(std::string_view word) {
  const std::string name = folded(word);
  for (const Exact& exact : kExactMonths) {
    if (exact.word == name) {
      return exact.month;
    }
  }
  if (name.size() < 3) {
    return std::nullopt;
  }
  for (const Stem& stem : stems_from(name.front())) {
    if (name.starts_with(stem.text)) {
      return stem.month;
    }
  }
  return std::nullopt;
}

std::optional<bool> half_day(std::string_view word) {
  const std::string name = folded(word);
  if (is_one_of({"am", "오전", "上午", "午前", "πμ"}, name)) {
    return false;
  }
  if (is_one_of({"pm", "오후", "下午", "午後", "μμ"}, name)) {
    return true;
  }
  return std::nullopt;
}

bool is_filler_word(std::string_view word) {
  static const auto fillers = [] {
    const std::vector<std::string_view> words = words_of(kFillers);
    return std::unordered_set<std::string_view>(words.begin(), words.end());
  }();
  return fillers.contains(folded(word));
}

std::optional<std::chrono::seconds> zone_offset(std::string_view abbreviation) {
  const std::string name = to_ascii_lower(abbreviation);
  for (const Zone& zone : kZones) {
    if (zone.name == name) {
      return std::chrono::minutes(zone.minutes);
    }
  }
  return std::nullopt;
}

}  // namespace siftd
