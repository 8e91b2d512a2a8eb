#include "sifters/stop_words.hpp"

namespace siftd {

namespace {

// Words that say nothing about the subject, folded as read_words() folds: the
// function words of the languages that most feeds are in, and the verbs and
// units of any news report.
constexpr std::string_view kCommon =
    // English
    "a about above according across after again against ago all almost along already "
    "also "
    "although always am among an and announced another any anyone anything are around as "
    "ask "
    "asked at away back be became because become been before began behind being below "
    "best "
    "better between big both bring but by call called came can change come comes coming "
    "could "
    "day days did do does doing done down due during each early either end enough even "
    "ever "
    "every everyone everything expected far few find first five following for former "
    "found four "
    "from full further gave get gets getting give given go goes going good got had half "
    "has "
    "have having he help her here hers herself high him himself his hour hours how "
    "however i "
    "if in including inside instead into is it its itself just keep kept know known "
    "large "
    "largest last late later latest least left less let like likely little live long "
    "longer "
    "look looking lot low made main make makes making man many may me mean means "
    "meanwhile men "
    "might million billion minute minutes month months more morning most much must my "
    "near "
    "nearly need needs new news next night nine now number of off often old on once one "
    "only "
    "open or other others our out outside over own part past people per percent place "
    "plan "
    "plans point possible put quite rather read real really recent recently report "
    "reported "
    "reports rest right said same saw say saying says second see seen sent set seven "
    "several "
    "she should show showed since six small so some someone something soon statement "
    "still "
    "such take taken taking tell ten than thank that the their them themselves then "
    "there "
    "these they thing things think this those though thousand three through throughout "
    "time "
    "times to today together told tomorrow too took toward towards try two under until "
    "up upon "
    "us use used using very via want wanted was way we week weekend weeks well went were "
    "what "
    "when where whether which while who whole whom whose why will with within work world "
    "would "
    "year years yes yesterday yet you young your im ive youre hes shes theyre weve thats "
    "whats "
    "theres id ill youll "
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat "
    "sun "
    "january february march april june july august september october november december "
    "jan "
    "feb mar apr jun jul aug sep sept oct nov dec am pm est edt gmt utc bst "
    "mr mrs ms dr photo image video file advertisement copyright reserved rights "
    "subscribe "
    "newsletter share facebook twitter email comments updated published read click "
    // German
    "aber als am an auch auf aus bei bereits bis da dabei damit dann das dass dem den "
    "der des "
    "die dies diese diesem diesen dieser doch durch ein eine einem einen einer eines er "
    "es "
    "etwa fur gegen habe haben hat hatte hatten ich ihr ihre im immer in ist ja jahr "
    "jahre "
    "jahren kann konnen man mehr mit muss nach noch nun nur ob oder ohne sagte schon sei "
    "sein "
    "seine seit sich sie sind so soll uber um und uns unter viel viele vom von vor war "
    "waren "
    "was weil wenn wer werden wie wieder will wir wird wurde wurden zu zum zur zwei "
    "zwischen "
    "uhr euro prozent millionen "
    // French
    "ainsi alors apres au aussi autre aux avant avec avoir beaucoup bien ce cela ces "
    "cest cet "
    "cette comme contre dans de depuis des deux dire donc dont du elle elles en encore "
    "entre "
    "est et etait ete etre fait faire fois il ils je la le les leur leurs lors lui mais "
    "meme "
    "moins nous on ont ou par pendant peu peut plus plusieurs pour quand que qui sa sans "
    "selon ses si son sont sous sur tous tout toute toutes tres trois un une vers vous "
    "ans "
    "annee jour jours apres heures "
    // Spanish
    "ahora ante anos ano asi aunque bajo cada como con cual cuando de del desde dia dias "
    "dijo "
    "donde dos durante el ella ellos en entre era es esa ese eso esta estaba estan este "
    "esto "
    "fue fueron gran ha hace hacia hasta hay la las le lo los mas mayor me mientras "
    "millones "
    "muy nos o otra otro otros para parte pero personas por porque primera puede que "
    "quien se "
    "segun ser si sido sin sobre solo son su sus tambien tanto tiene tienen todo todos "
    "tras "
    "tres tuvo un una uno unos y ya "
    // Italian
    "agli ai al alla alle anche ancora anni anno che chi ci con cosi da dagli dai dal "
    "dalla "
    "degli dei del della delle dello di dopo due e ed era essere fa fino gia gli ha "
    "hanno i il "
    "invece io la le lo loro ma nei nel nella nelle o ogni oggi per perche piu poi prima "
    "quale quando quanto quella quello questa questi questo sara se senza si sia sono "
    "sua su "
    "sul sulla suo tra tre tutti tutto un una uno "
    // Portuguese
    "ao aos apos as ate com como da das de depois do dos e ela ele em entre era essa "
    "esse esta "
    "este foi foram ha isso ja mais mas mesmo milhoes muito na nas no nos o os ou para "
    "pela "
    "pelo pode por porque quando que quem se segundo sem ser seu seus so sobre sua "
    "tambem tem "
    "tres um uma voce "
    // Dutch
    "aan al als bij dan dat de deze die door dus een en er haar had heeft het hij hun ik "
    "in is "
    "jaar kan maar meer met naar nog nu of om omdat onder ook op over te tegen tot uit "
    "van "
    "veel voor waar was wat wel werd wie wil worden wordt zei zich zij zijn zo zou "
    // Russian, Ukrainian
    "а без более был была были было быть в вам вас ведь во вот все всего вы где год года "
    "году "
    "да для до его ее если есть еще же за и из или им их к как ко когда который которая "
    "которые которых кто ли лет мы на над него нее них но о об он она они от по под "
    "после при "
    "про с сам себя со сообщил так также там того тоже только том тот ты у уже что чтобы "
    "это "
    "этого этой этом я та й з із що це як від та про був була який ";

constexpr std::string_view kNegations =
    "not no never none nor neither cannot without cant wont dont doesnt didnt isnt arent "
    "wasnt "
    "werent hasnt havent hadnt wouldnt couldnt shouldnt aint mustnt denies deny denied "
    "unlikely "
    "nicht kein keine keinen keiner nie niemals ohne pas jamais aucun aucune ne nunca "
    "ningun "
    "ninguna non mai nessun nessuna nao nem niet geen nooit не нет ни нельзя без ";

}  // namespace

StopWords::StopWords() {
  add(kCommon, Stop::common);
  add(kNegations, Stop::negation);
  // Spelled numbers stand for figures; "one" is too much else.
  auto number = static_cast<std::uint8_t>(Stop::two);
  for (std::string_view word :
       {"two ", "three ", "four ", "five ", "six ", "seven ", "eight ", "nine ", "ten ",
        "eleven ", "twelve ", "thirteen ", "fourteen ", "fifteen ", "sixteen ",
        "seventeen ", "eighteen ", "nineteen "}) {
    add(word, static_cast<Stop>(number++));
  }
}

void StopWords::add(std::string_view list, Stop kind) {
  std::uint64_t hash = kWordSeed;
  for (char c : list) {
    if (c != ' ') {
      hash = add_byte(hash, static_cast<unsigned char>(c));
      continue;
    }
    std::size_t i = slot_of(hash);
    while (keys_[i] != 0 && keys_[i] != hash) {
      i = (i + 1) % kSlots;
    }
    keys_[i] = hash;
    kinds_[i] = kind;
    hash = kWordSeed;
  }
}

const StopWords& StopWords::built_in() {
  static const StopWords words;
  return words;
}

}  // namespace siftd
