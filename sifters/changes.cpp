#include "sifters/changes.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/limits.hpp"
#include "sifters/stop_words.hpp"
#include "sifters/words.hpp"

// Paragraphs are compared by their words, so that white space and typography do
// not count. Those that only one of the texts has are matched with the paragraph
// of the other that they were made from; what differs in a pair, and what has no
// partner, is then judged: is it more than counters, dates and calls to subscribe?
namespace siftd {

namespace {

struct Paragraph {
  std::string_view text;
  std::vector<Word> words;
  std::vector<std::uint64_t> bag;  // sorted hashes
  std::uint64_t hash = 0;
  bool is_matched = false;
};

constexpr std::uint64_t hash_of(std::string_view word) {
  std::uint64_t hash = kWordSeed;
  for (char c : word)
    hash = add_byte(hash, static_cast<unsigned char>(c));
  return finish_word(hash);
}

using WordSet = std::vector<std::uint64_t>;

WordSet word_set(std::string_view list) {
  std::vector<Word> words;
  read_words(list, words);
  WordSet set;
  for (const Word& word : words)
    set.push_back(word.hash);
  std::sort(set.begin(), set.end());
  return set;
}

bool has(const WordSet& set, std::uint64_t hash) {
  return std::binary_search(set.begin(), set.end(), hash);
}

// The words of lines that say when a page was made and how often it was seen.
const WordSet& clock_words() {
  static const WordSet set = word_set(
      "updated update published posted modified last first on at by am pm a p m and the "
      "of "
      "hours hour hrs hr minutes minute mins min seconds second sec days day weeks week "
      "months month years year ago just now today yesterday read reading time views view "
      "comments comment shares share likes like reactions votes watching viewers listen "
      "date edited created live est edt gmt utc cet cest bst ist pst pdt et "
      "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat "
      "sun "
      "january february march april may june july august september october november "
      "december jan feb mar apr jun jul aug sep sept oct nov dec "
      "aktualisiert veroffentlicht stand uhr vor stunden minuten tagen kommentare "
      "publie mis a jour le il y heures commentaires actualizado publicado hace horas "
      "minutos comentarios aggiornato pubblicato ore minuti commenti");
  return set;
}

// Words of which two in a short paragraph make it a call, a notice or a menu.
const WordSet& notice_words() {
  static const WordSet set = word_set(
      "subscribe subscribers subscription newsletter newsletters cookies cookie "
      "copyright "
      "reserved advertisement advertising sponsored follow facebook twitter instagram "
      "whatsapp telegram youtube app download donate signup login account privacy terms "
      "redistributed republished licence license registered related trending popular "
      "recommended bookmark email inbox alerts abonnieren abonnez suscribete iscriviti");
  return set;
}

// How far apart so many different words are from a mere notice.
constexpr std::size_t kShortParagraph = 40;

bool is_clock_word(const Word& word) {
  return word.is_number || has(clock_words(), word.hash);
}

bool is_immaterial(const Paragraph& paragraph) {
  if (paragraph.words.empty())
    return true;
  if (paragraph.words.size() > kShortParagraph)
    return false;
  bool is_clock =
      std::all_of(paragraph.words.begin(), paragraph.words.end(), is_clock_word);
  // Numbers alone may be a table's row, a score or a result.
  bool has_word = std::any_of(paragraph.words.begin(), paragraph.words.end(),
                              [](const Word& word) { return !word.is_number; });
  if (is_clock && has_word)
    return true;
  auto notices =
      std::count_if(paragraph.words.begin(), paragraph.words.end(),
                    [](const Word& word) { return has(notice_words(), word.hash); });
  return notices >= 2;
}

std::vector<std::string_view> split_paragraphs(std::string_view text) {
  bool has_empty_lines = text.find("\n\n") != std::string_view::npos;
  std::string_view separator = has_empty_lines ? "\n\n" : "\n";
  std::vector<std::string_view> paragraphs;
  while (!text.empty()) {
    bool is_rest = paragraphs.size() + 1 >= limits::kMaxComparedParagraphs;
    std::size_t end = is_rest ? text.size() : std::min(text.find(separator), text.size());
    std::string_view paragraph = text.substr(0, end);
    while (!paragraph.empty() && paragraph.front() == '\n')
      paragraph.remove_prefix(1);
    while (!paragraph.empty() && paragraph.back() == '\n')
      paragraph.remove_suffix(1);
    if (!paragraph.empty())
      paragraphs.push_back(paragraph);
    text.remove_prefix(std::min(end + separator.size(), text.size()));
  }
  return paragraphs;
}

std::vector<Paragraph> read_paragraphs(std::string_view text) {
  std::vector<Paragraph> result;
  for (std::string_view part : split_paragraphs(text)) {
    Paragraph paragraph{.text = part, .words = {}, .bag = {}};
    read_words(part, paragraph.words);
    for (const Word& word : paragraph.words) {
      paragraph.bag.push_back(word.hash);
      paragraph.hash = (paragraph.hash << 7 | paragraph.hash >> 57) * 31 + word.hash;
    }
    std::sort(paragraph.bag.begin(), paragraph.bag.end());
    if (!paragraph.words.empty())
      result.push_back(std::move(paragraph));
  }
  return result;
}

// Marks what both texts have, wherever it stands.
void match_equal(std::vector<Paragraph>& before, std::vector<Paragraph>& after) {
  std::unordered_map<std::uint64_t, std::vector<Paragraph*>> known;
  for (Paragraph& paragraph : before)
    known[paragraph.hash].push_back(&paragraph);
  for (Paragraph& paragraph : after) {
    auto found = known.find(paragraph.hash);
    if (found == known.end() || found->second.empty())
      continue;
    found->second.back()->is_matched = paragraph.is_matched = true;
    found->second.pop_back();
  }
}

std::vector<Paragraph*> unmatched(std::vector<Paragraph>& paragraphs) {
  std::vector<Paragraph*> result;
  for (Paragraph& paragraph : paragraphs) {
    if (!paragraph.is_matched)
      result.push_back(&paragraph);
  }
  return result;
}

std::size_t common_words(const Paragraph& a, const Paragraph& b) {
  std::size_t common = 0;
  for (std::size_t i = 0, k = 0; i < a.bag.size() && k < b.bag.size();) {
    if (a.bag[i] == b.bag[k]) {
      ++common;
      ++i;
      ++k;
    } else {
      (a.bag[i] < b.bag[k] ? i : k) += 1;
    }
  }
  return common;
}

// The words of one paragraph that the other has not, in the order of the text.
std::vector<Word> only_in(const Paragraph& a, const Paragraph& b) {
  std::unordered_map<std::uint64_t, int> known;
  for (std::uint64_t hash : b.bag)
    ++known[hash];
  std::vector<Word> result;
  for (const Word& word : a.words) {
    if (--known[word.hash] < 0)
      result.push_back(word);
  }
  return result;
}

// "3 hours ago" within a sentence ages by itself.
bool tells_age(const Paragraph& paragraph) {
  static constexpr std::uint64_t kAgo = hash_of("ago");
  return std::any_of(paragraph.words.begin(), paragraph.words.end(),
                     [](const Word& word) { return word.hash == kAgo; });
}

bool is_material_pair(const Paragraph& before, const Paragraph& after) {
  if (is_immaterial(before) && is_immaterial(after))
    return false;
  std::vector<Word> gone = only_in(before, after);
  std::vector<Word> come = only_in(after, before);
  if (gone.empty() && come.empty())
    return true;  // the same words in another order
  auto is_age = [](const Word& word) {
    return word.is_number || word.is_common || is_clock_word(word);
  };
  bool is_aging = tells_age(before) && tells_age(after) &&
                  std::all_of(gone.begin(), gone.end(), is_age) &&
                  std::all_of(come.begin(), come.end(), is_age) && gone.size() <= 2 &&
                  come.size() <= 2;
  return !is_aging;
}

struct Pairing {
  std::vector<std::pair<Paragraph*, Paragraph*>> pairs;
};

// Pairs what is left by the words in common: the first partner that shares half.
Pairing pair_changed(const std::vector<Paragraph*>& before,
                     const std::vector<Paragraph*>& after) {
  Pairing result;
  if (before.size() * after.size() > limits::kMaxParagraphPairs)
    return result;
  for (Paragraph* old : before) {
    Paragraph* best = nullptr;
    double best_share = 0.5;
    for (Paragraph* fresh : after) {
      if (fresh->is_matched)
        continue;
      double share = 2.0 * static_cast<double>(common_words(*old, *fresh)) /
                     static_cast<double>(old->bag.size() + fresh->bag.size());
      if (share > best_share) {
        best = fresh;
        best_share = share;
      }
    }
    if (best == nullptr)
      continue;
    old->is_matched = best->is_matched = true;
    result.pairs.push_back({old, best});
  }
  return result;
}

// The same words in the same order, divided into other paragraphs.
bool is_same_flow(const std::vector<Paragraph>& before,
                  const std::vector<Paragraph>& after) {
  auto flow = [](const std::vector<Paragraph>& paragraphs) {
    std::uint64_t hash = 0;
    for (const Paragraph& paragraph : paragraphs) {
      for (const Word& word : paragraph.words)
        hash = (hash << 7 | hash >> 57) * 31 + word.hash;
    }
    return hash;
  };
  return flow(before) == flow(after);
}

// The words that a headline is about: without "LIVE:", "Updated" and the like.
std::vector<std::uint64_t> headline(std::string_view title) {
  static const WordSet kLabels = word_set(
      "live update updated updates breaking watch video exclusive just in photos gallery "
      "analysis opinion");
  std::vector<Word> words;
  read_words(title, words);
  std::vector<std::uint64_t> result;
  for (const Word& word : words) {
    if (!has(kLabels, word.hash))
      result.push_back(word.hash);
  }
  return result;
}

// Another headline, and not the old one with a site's name behind it.
bool is_material_title(std::string_view before, std::string_view after) {
  std::vector<std::uint64_t> a = headline(before);
  std::vector<std::uint64_t> b = headline(after);
  if (a == b || a.empty() || b.empty())
    return false;
  const auto& shorter = a.size() < b.size() ? a : b;
  const auto& longer = a.size() < b.size() ? b : a;
  std::string_view text = a.size() < b.size() ? after : before;
  bool has_mark = text.find(" | ") != text.npos || text.find(" - ") != text.npos ||
                  text.find(" – ") != text.npos || text.find(" — ") != text.npos;
  bool is_prefix = shorter.size() >= 3 && longer.size() <= shorter.size() + 4 &&
                   std::equal(shorter.begin(), shorter.end(), longer.begin());
  return !(is_prefix && has_mark);
}

}  // namespace

Revision compare(std::string_view title_before, std::string_view text_before,
                 std::string_view title_after, std::string_view text_after) {
  Revision revision;
  if (is_material_title(title_before, title_after)) {
    revision.changes.title_before = title_before;
    revision.changes.title_after = title_after;
    revision.is_material = true;
  }
  std::vector<Paragraph> before = read_paragraphs(text_before);
  std::vector<Paragraph> after = read_paragraphs(text_after);
  if (is_same_flow(before, after))
    return revision;
  match_equal(before, after);
  Pairing pairing = pair_changed(unmatched(before), unmatched(after));
  for (auto [old, fresh] : pairing.pairs) {
    revision.changes.changed.push_back(
        {std::string(old->text), std::string(fresh->text)});
    revision.is_material |= is_material_pair(*old, *fresh);
  }
  for (const Paragraph* old : unmatched(before)) {
    revision.changes.removed.emplace_back(old->text);
    revision.is_material |= !is_immaterial(*old);
  }
  for (const Paragraph* fresh : unmatched(after)) {
    revision.changes.added.emplace_back(fresh->text);
    revision.is_material |= !is_immaterial(*fresh);
  }
  return revision;
}

bool TitleHistory::admits(std::string_view title, std::chrono::sys_seconds now) {
  std::uint64_t hash = 0;
  for (std::uint64_t word : headline(title))
    hash = (hash << 7 | hash >> 57) * 31 + word;
  std::erase_if(told_, [now](const Told& told) { return told.time + kMemory < now; });
  auto known = std::find_if(told_.begin(), told_.end(),
                            [hash](const Told& told) { return told.hash == hash; });
  if (known != told_.end())
    return false;
  if (told_.size() == kMost)
    told_.erase(told_.begin());
  told_.push_back({hash, now});
  return true;
}

std::string TitleHistory::encode() const {
  std::string result;
  for (const Told& told : told_) {
    for (std::uint64_t value :
         {told.hash, static_cast<std::uint64_t>(told.time.time_since_epoch().count())}) {
      for (int i = 0; i < 8; ++i)
        result += static_cast<char>(value >> (8 * i) & 0xFF);
    }
  }
  return result;
}

TitleHistory TitleHistory::decode(std::string_view blob) {
  TitleHistory history;
  if (blob.size() % 16 != 0 || blob.size() > kMost * 16)
    return history;
  auto read = [&blob](std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
      value |= std::uint64_t{static_cast<unsigned char>(blob[at + i])} << (8 * i);
    return value;
  };
  for (std::size_t at = 0; at < blob.size(); at += 16) {
    auto seconds = static_cast<std::int64_t>(read(at + 8) & 0x7FFFFFFFFFFF);
    history.told_.push_back(
        {read(at), std::chrono::sys_seconds(std::chrono::seconds(seconds))});
  }
  return history;
}

}  // namespace siftd
