#include "sifters/site_lines.hpp"

#include <algorithm>
#include <utility>
#include <xxhash.h>

#include "base/limits.hpp"
#include "sifters/text.hpp"

namespace siftd {

namespace {

constexpr char kVersion = 1;
constexpr unsigned kKnown = 3;  // sightings, this one included, from which a line goes
constexpr unsigned kMostSightings = 250;
// The share of vocabulary from which two articles are of one story: of news in English,
// 96% of the pairs about different events lie below it, 80% of those about one above.
constexpr double kSameStory = 0.22;
constexpr std::size_t kWordsToJudge = 5;  // with fewer there is no telling
// Shorter lines and sentences go only beside others or at an end of the article: a
// subheading that comes back is not boilerplate.
constexpr std::size_t kStrongLetters = 25;
constexpr std::size_t kStrongWords = 4;

template <class T>
void put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  }
}

template <class T>
bool take(std::string_view& in, T& value) {
  if (in.size() < sizeof(T)) {
    return false;
  }
  std::uint64_t read = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    read |= static_cast<std::uint64_t>(static_cast<unsigned char>(in[i])) << (8 * i);
  }
  value = static_cast<T>(read);
  in.remove_prefix(sizeof(T));
  return true;
}

// Somebody's words: three or more between quotation marks.
bool is_quoted(std::string_view folded) {
  const std::size_t open = folded.find('"');
  if (open == std::string_view::npos) {
    return folded.find("\u300C") != std::string_view::npos;
  }
  const std::size_t close = std::min(folded.find('"', open + 1), folded.size());
  const std::string_view inside = folded.substr(open + 1, close - open - 1);
  return std::count(inside.begin(), inside.end(), ' ') >= 2 || inside.size() > 24;
}

// A line, or a sentence of a line that has several.
struct Unit {
  std::size_t from = 0;  // in the text
  std::size_t to = 0;
  std::size_t line = 0;  // its number
  bool is_line = false;
  bool is_strong = false;
  std::size_t letters = 0;
  std::string folded;
  std::uint32_t key = 0;
  SiteLines::Entry* entry = nullptr;  // of an earlier article
  bool counts = false;                // as one more sighting
  bool is_known = false;
  bool is_taken = false;
};

std::vector<Unit> units_of(std::string_view text) {
  std::vector<Unit> units;
  const auto add = [&](std::string_view part, std::size_t line, bool is_line) {
    Unit unit;
    unit.from = static_cast<std::size_t>(part.data() - text.data());
    unit.to = unit.from + part.size();
    unit.line = line;
    unit.is_line = is_line;
    unit.folded = fold(part);
    unit.key =
        static_cast<std::uint32_t>(XXH3_64bits(unit.folded.data(), unit.folded.size()));
    const Measure m = measure(part);
    unit.letters = m.letters;
    unit.is_strong = m.is_dense ? m.letters >= kStrongLetters / 2
                                : m.letters >= kStrongLetters && m.words >= kStrongWords;
    units.push_back(std::move(unit));
  };
  std::size_t number = 0;
  for (const std::string_view line : split_lines(text)) {
    if (line.empty()) {
      continue;
    }
    add(line, number, true);
    const auto sentences = split_sentences(line);
    if (sentences.size() > 1) {
      for (const std::string_view sentence : sentences) {
        add(sentence, number, false);
      }
    }
    ++number;
  }
  return units;
}

}  // namespace

// One article against what its site said before.
class Sighting {
 public:
  Sighting(SiteLines& site, std::uint64_t article, std::string_view text,
           const Rules& rules)
      : site_(site),
        rules_(rules),
        units_(units_of(text)),
        id_(static_cast<std::uint32_t>(article ^ article >> 32)) {}

  // The units to take out are marked when it returns.
  std::vector<Unit>& run() {
    meet();
    enter_article();
    count();
    add_new();
    choose();
    return units_;
  }

 private:
  // Finds what stood in earlier articles; collects the words of the rest.
  void meet() {
    std::size_t known_line = static_cast<std::size_t>(-1);
    for (std::size_t i = 0; i < units_.size(); ++i) {
      Unit& unit = units_[i];
      const auto entry = site_.entries_.find(unit.key);
      unit.entry = entry == site_.entries_.end() ? nullptr : &entry->second;
      letters_ += unit.is_line ? unit.letters : 0;
      if (unit.entry != nullptr && unit.line != known_line) {
        note_shared(*unit.entry, unit.letters);
      }
      if (unit.is_line && unit.entry != nullptr) {
        known_line = unit.line;
      }
      const bool has_sentences =
          unit.is_line && i + 1 < units_.size() && !units_[i + 1].is_line;
      if (unit.entry == nullptr && unit.line != known_line && !has_sentences) {
        add_topic_words(unit.folded, words_);
      }
    }
  }

  void note_shared(const SiteLines::Entry& entry, std::size_t letters) {
    shared_[entry.first] += letters;
    if (entry.last != entry.first) {
      shared_[entry.last] += letters;
    }
  }

  void enter_article() {
    if (const SiteLines::Article* seen = site_.find_id(id_)) {
      number_ = seen->number;
      TopicSketch sorted(words_);  // for share_of()
      return;
    }
    number_ = site_.next_++;
    if (site_.ring_.size() >= limits::kMaxSiteArticles) {
      site_.ring_.erase(site_.ring_.begin());
    }
    site_.ring_.push_back({id_, number_, TopicSketch(words_)});
    ++site_.unsaved_;
  }

  // A line counts in an article that tells another story than those it stood in.
  void count() {
    for (Unit& unit : units_) {
      if (unit.entry == nullptr || !may_be_learned(unit)) {
        continue;
      }
      SiteLines::Entry& entry = *unit.entry;
      const bool is_again = entry.first == number_ || entry.last == number_;
      if (!is_again && entry.sightings < kMostSightings &&
          (entry.sightings >= kKnown ||
           (is_other_story(entry.first) && is_other_story(entry.last)))) {
        ++entry.sightings;
        entry.last = number_;
        site_.is_urgent_ = site_.is_urgent_ || entry.sightings <= kKnown;
      }
      unit.is_known = entry.sightings >= kKnown;
    }
  }

  // What is new here is remembered: the head and more of the tail of a long article.
  void add_new() {
    const std::size_t head = limits::kMaxLearnedUnits / 3;
    const std::size_t tail = limits::kMaxLearnedUnits - head;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      const Unit& unit = units_[i];
      if (unit.entry == nullptr && unit.letters != 0 &&
          (i < head || i + tail >= units_.size())) {
        site_.entries_.try_emplace(unit.key, SiteLines::Entry{number_, number_, 1});
      }
    }
  }

  // Marks what is taken: the most often seen first, up to the share.
  void choose() {
    mark_weak();
    std::vector<Unit*> candidates;
    std::size_t total = 0;
    std::size_t line_known = static_cast<std::size_t>(-1);
    for (Unit& unit : units_) {
      total += unit.is_line ? unit.letters : 0;
      if (unit.is_known && unit.line != line_known) {
        candidates.push_back(&unit);
        line_known = unit.is_line ? unit.line : line_known;
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Unit* a, const Unit* b) {
                       return a->entry->sightings > b->entry->sightings;
                     });
    std::size_t taken = 0;
    for (Unit* unit : candidates) {
      const double share = unit->entry->sightings >= limits::kFirmSightings
                               ? limits::kMaxFirmShare
                               : limits::kMaxLearnedShare;
      if (static_cast<double>(taken + unit->letters) <=
          share * static_cast<double>(total)) {
        taken += unit->letters;
        unit->is_taken = true;
      }
    }
  }

  // A weak unit stays known only at an end of the text or beside a known one.
  void mark_weak() {
    const auto keep = [&](std::size_t i, bool& beside) {
      Unit& unit = units_[i];
      if (unit.is_known && !unit.is_strong && !beside) {
        unit.is_known = false;
      }
      beside = unit.is_known;
    };
    std::vector<bool> was(units_.size());
    for (std::size_t i = 0; i < units_.size(); ++i) {
      was[i] = units_[i].is_known;
    }
    bool beside = true;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      keep(i, beside);
    }
    std::vector<bool> from_front(units_.size());
    for (std::size_t i = 0; i < units_.size(); ++i) {
      from_front[i] = units_[i].is_known;
      units_[i].is_known = was[i];
    }
    beside = true;
    for (std::size_t i = units_.size(); i-- > 0;) {
      keep(i, beside);
    }
    for (std::size_t i = 0; i < units_.size(); ++i) {
      units_[i].is_known = units_[i].is_known || from_front[i];
    }
  }

  bool may_be_learned(const Unit& unit) const {
    if (is_quoted(unit.folded)) {
      return false;
    }
    const Rules::Rule* rule = rules_.match(unit.folded, "", "");
    return rule == nullptr || rule->kind != RuleKind::keep;
  }

  bool is_other_story(std::uint16_t number) {
    for (const auto& [judged, other] : judged_) {
      if (judged == number) {
        return other;
      }
    }
    // What has half of its text in common is a copy, or of one series.
    const SiteLines::Article* article = site_.find(number);
    const bool other =
        words_.size() >= kWordsToJudge && shared_[number] * 2 <= letters_ &&
        (article == nullptr || article->sketch.share_of(words_) < kSameStory);
    judged_.emplace_back(number, other);
    return other;
  }

  SiteLines& site_;
  const Rules& rules_;
  std::vector<Unit> units_;
  std::uint32_t id_;
  std::uint16_t number_ = 0;
  std::vector<std::uint32_t> words_;  // of what this site did not say before
  std::size_t letters_ = 0;
  std::unordered_map<std::uint16_t, std::size_t> shared_;  // letters, by article
  std::vector<std::pair<std::uint16_t, bool>> judged_;
};

namespace {

// Nothing is left of the line whose last unit this is.
bool is_last_of_taken_line(const std::vector<Unit>& units, std::size_t i) {
  if (i + 1 < units.size() && units[i + 1].line == units[i].line) {
    return false;
  }
  for (std::size_t j = i + 1; j-- > 0 && units[j].line == units[i].line;) {
    if (!units[j].is_taken && !units[j].is_line) {
      return false;
    }
  }
  return true;
}

// The text without the units that are taken; what is between two of one line goes
// with the second.
Cleaned without(const std::vector<Unit>& units, Cleaned cleaned) {
  const std::string text = std::move(cleaned.text);
  std::string out;
  std::size_t at = 0;  // copied up to here
  const auto cut = [&](std::size_t from, std::size_t to) {
    out.append(text, at, from - at);
    at = to;
  };
  std::uint32_t gone = 0;  // whole lines
  for (std::size_t i = 0; i < units.size(); ++i) {
    const Unit& unit = units[i];
    if (!unit.is_taken) {
      continue;
    }
    const std::size_t next = i + 1 < units.size() && units[i + 1].line == unit.line
                                 ? units[i + 1].from
                                 : unit.to;
    cut(unit.from, unit.is_line ? unit.to : next);
    const bool is_line = unit.is_line || is_last_of_taken_line(units, i);
    cleaned.removed.push_back({"site-memory", text.substr(unit.from, unit.to - unit.from),
                               static_cast<std::uint32_t>(unit.line) - gone, is_line});
    gone += is_line ? 1 : 0;
  }
  out.append(text, at, std::string::npos);
  cleaned.text.clear();
  std::size_t breaks = 0;
  for (const std::string_view line : split_lines(out)) {
    ++breaks;
    if (line.empty()) {
      continue;
    }
    if (!cleaned.text.empty()) {
      cleaned.text += breaks > 1 ? "\n\n" : "\n";
    }
    cleaned.text += line;
    breaks = 0;
  }
  return cleaned;
}

}  // namespace

Cleaned SiteLines::apply(std::uint64_t article, Cleaned cleaned, const Rules& rules) {
  Sighting sighting(*this, article, cleaned.text, rules);
  const std::vector<Unit>& units = sighting.run();
  if (std::any_of(units.begin(), units.end(), [](const Unit& u) { return u.is_taken; })) {
    cleaned = without(units, std::move(cleaned));
  }
  forget_some();
  return cleaned;
}

const SiteLines::Article* SiteLines::find(std::uint16_t number) const {
  const auto at = std::find_if(ring_.begin(), ring_.end(),
                               [&](const Article& a) { return a.number == number; });
  return at == ring_.end() ? nullptr : &*at;
}

const SiteLines::Article* SiteLines::find_id(std::uint32_t id) const {
  const auto at = std::find_if(ring_.begin(), ring_.end(),
                               [&](const Article& a) { return a.id == id; });
  return at == ring_.end() ? nullptr : &*at;
}

void SiteLines::saved() {
  unsaved_ = 0;
  is_urgent_ = false;
  ++saves_;
}

// Lines seen once go first, the oldest of them; a quarter at a time, so that it is rare.
void SiteLines::forget_some() {
  if (entries_.size() <= limits::kMaxSiteLines) {
    return;
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> order;  // how dear, key
  order.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) {
    const auto age = static_cast<std::uint16_t>(next_ - entry.last);
    order.emplace_back((entry.sightings > 1 ? 0x10000u : 0u) + (0xFFFFu - age), key);
  }
  const auto cut = order.begin() + static_cast<std::ptrdiff_t>(
                                       order.size() - limits::kMaxSiteLines * 3 / 4);
  std::nth_element(order.begin(), cut, order.end());
  std::for_each(order.begin(), cut, [&](const auto& old) { entries_.erase(old.second); });
}

// Version, next number, counts of articles and of lines, then both.
std::string SiteLines::encode() const {
  std::string out(1, kVersion);
  put(out, next_);
  put(out, static_cast<std::uint16_t>(ring_.size()));
  put(out, static_cast<std::uint16_t>(entries_.size()));
  for (const Article& article : ring_) {
    put(out, article.id);
    put(out, article.number);
    put(out, article.sketch.limit);
    for (const std::uint64_t block : article.sketch.bits) {
      put(out, block);
    }
  }
  for (const auto& [key, entry] : entries_) {
    put(out, key);
    put(out, entry.first);
    put(out, entry.last);
    put(out, entry.sightings);
  }
  return out;
}

void SiteLines::decode(std::string_view in) {
  *this = SiteLines();
  std::uint16_t articles = 0;
  std::uint16_t lines = 0;
  char version = 0;
  if (!take(in, version) || version != kVersion || !take(in, next_) ||
      !take(in, articles) || !take(in, lines) || articles > limits::kMaxSiteArticles ||
      lines > limits::kMaxSiteLines || in.size() != articles * 74u + lines * 9u) {
    *this = SiteLines();
    return;
  }
  for (unsigned i = 0; i < articles; ++i) {
    Article& article = ring_.emplace_back();
    take(in, article.id);
    take(in, article.number);
    take(in, article.sketch.limit);
    for (std::uint64_t& block : article.sketch.bits) {
      take(in, block);
    }
  }
  for (unsigned i = 0; i < lines; ++i) {
    std::uint32_t key = 0;
    Entry entry;
    take(in, key);
    take(in, entry.first);
    take(in, entry.last);
    take(in, entry.sightings);
    entries_.emplace(key, entry);
  }
}

}  // namespace siftd
