#include "sifters/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sifters/vocabulary_words.hpp"

namespace siftd {

namespace {

// The words and pairs with their marks. Most that are looked up are none of them: a
// few of their bytes say so before the whole is hashed.
class Dictionary {
 public:
  template <std::size_t kSize>
  explicit Dictionary(const VocabularyEntry (&entries)[kSize]) {
    for (const VocabularyEntry& entry : entries) {
      std::string_view rest = entry.words;
      while (!rest.empty()) {
        const std::size_t bar = rest.find('|');
        marks_[rest.substr(0, bar)] |= entry.mark;
        hints_.set(hint_of(rest.substr(0, bar)));
        rest = bar == std::string_view::npos ? "" : rest.substr(bar + 1);
      }
    }
  }

  std::uint32_t find(std::string_view word) const {
    if (word.size() < 2 || !hints_[hint_of(word)]) {
      return 0;
    }
    const auto found = marks_.find(word);
    return found == marks_.end() ? 0 : found->second;
  }

 private:
  static constexpr std::size_t kHints = 16384;

  static std::size_t hint_of(std::string_view word) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(word[i]));
    };
    const std::size_t last = word.size() - 1;
    return (byte(0) * 31 + byte(1) * 1031 + byte(last) * 257 + byte(last / 2) * 5003 +
            word.size() * 7919) %
           kHints;
  }

  std::unordered_map<std::string_view, std::uint32_t> marks_;
  std::bitset<kHints> hints_;
};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// The stems by their first letter.
using Stems = std::array<std::vector<std::pair<std::string_view, std::uint32_t>>, 26>;
Stems read_stems() {
  Stems stems;
  for (const VocabularyEntry& entry : kVocabularyStems) {
    std::string_view rest = entry.words;
    while (!rest.empty()) {
      const std::size_t bar = rest.find('|');
      stems[static_cast<std::size_t>(rest[0] - 'a')].emplace_back(rest.substr(0, bar),
                                                                  entry.mark);
      rest = bar == std::string_view::npos ? "" : rest.substr(bar + 1);
    }
  }
  return stems;
}

// `word` is in lower case and not empty.
std::uint32_t look_up_stem(std::string_view word) {
  static const Stems stems = read_stems();
  for (const auto& [stem, mark] : stems[static_cast<std::size_t>(word[0] - 'a')]) {
    if (word.starts_with(stem)) {
      return mark;
    }
  }
  return 0;
}

std::uint32_t look_up(std::string_view word, bool is_pair) {
  static const Dictionary words(kVocabulary);
  const std::uint32_t marks = words.find(word);
  return marks == 0 && word.size() > 6 && !is_pair ? look_up_stem(word) : marks;
}

// One class name: tells of its words and of its pairs of neighbours. WordPress puts
// an article's own topics there ("tag-newsletter", "category-sport"), and state and
// layout come as "has-sidebar", "no-comments": those say nothing about the element.
class NameReader {
 public:
  std::uint32_t read(std::string_view name) {
    if (name.empty() || name.size() > kLongest) {
      return 0;
    }
    constexpr std::string_view kPrefixes[] = {"tag-",   "category-", "has-",
                                              "no-",    "with-",     "without-",
                                              "topic-", "post_tag-", "js-has"};
    for (const std::string_view prefix : kPrefixes) {
      if (name[0] == prefix[0] && name.starts_with(prefix)) {
        return 0;
      }
    }
    marks_ = 0;
    size_ = 0;
    std::size_t words = 0;
    for (std::size_t at = 0; at < name.size(); ++words) {
      at = read_word(name, at);
    }
    return words > kMostWords ? 0 : marks_;
  }

 private:
  std::size_t read_word(std::string_view name, std::size_t at) {
    while (at < name.size() && !is_upper(name[at]) && !is_lower(name[at])) {
      ++at;
    }
    if (at == name.size()) {
      return at;
    }
    // The buffer holds "previous word": the new one goes behind it.
    if (size_ > 0) {
      pair_[size_++] = ' ';
    }
    const std::size_t start = size_;
    bool was_lower = false;
    while (at < name.size() &&
           (is_lower(name[at]) || (is_upper(name[at]) && !was_lower))) {
      was_lower = is_lower(name[at]);
      pair_[size_++] = was_lower ? name[at] : static_cast<char>(name[at] - 'A' + 'a');
      ++at;
    }
    const std::string_view both(pair_.data(), size_);
    marks_ |= look_up(both.substr(start), false);
    if (start != 0) {
      marks_ |= look_up(both, true);
      size_ -= start;
      std::memmove(pair_.data(), pair_.data() + start, size_);
    }
    return at;
  }

  // More words than a name has: an anchor made of a heading's text.
  static constexpr std::size_t kMostWords = 7;
  static constexpr std::size_t kLongest = 200;

  std::uint32_t marks_ = 0;
  std::array<char, 2 * kLongest + 1> pair_;  // two words, a blank between them
  std::size_t size_ = 0;
};

std::uint32_t marks_of_tag(Tag tag) {
  switch (tag) {
    case Tag::article:
    case Tag::main:
      return kMarkArticle;
    case Tag::nav:
    case Tag::menu:
      return kMarkNav;
    case Tag::aside:
    case Tag::footer:
    case Tag::dialog:
      return kMarkFrame;
    case Tag::figcaption:
    case Tag::figure:
      return kMarkCaption;
    case Tag::button:
    case Tag::select:
    case Tag::textarea:
    case Tag::input:
    case Tag::option:
    case Tag::label:
      return kMarkForm;
    case Tag::noscript:
    case Tag::script:
    case Tag::style:
    case Tag::template_:
    case Tag::iframe:
    case Tag::object:
    case Tag::canvas:
    case Tag::svg:
    case Tag::audio:
    case Tag::video:
    case Tag::map:
    case Tag::head:
    case Tag::rp:
      return kMarkHidden;
    default:
      return 0;
  }
}

std::uint32_t marks_of_role(std::string_view role) {
  if (role == "navigation" || role == "menu" || role == "menubar" || role == "search") {
    return kMarkNav;
  }
  if (role == "complementary" || role == "contentinfo" || role == "banner" ||
      role == "dialog" || role == "alertdialog" || role == "tooltip") {
    return kMarkChrome;
  }
  if (role == "main" || role == "article") {
    return kMarkArticle;
  }
  return 0;
}

bool is_invisible(std::string_view style) {
  std::string plain;
  for (const char c : style.substr(0, 1000)) {
    if (!is_space(c)) {
      plain.push_back(is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  return plain.find("display:none") != std::string::npos ||
         plain.find("visibility:hidden") != std::string::npos;
}

std::uint32_t marks_of_item(std::string_view property) {
  if (property == "articleBody") {
    return kMarkBody;
  }
  if (property == "author" || property == "datePublished") {
    return kMarkByline;
  }
  return property == "comment" ? std::uint32_t{kMarkComments} : 0;
}

constexpr std::size_t kLongestNames = 2000;

std::uint32_t marks_of_classes(std::uint32_t number, std::string_view value,
                               KnownMarks& known) {
  std::optional<std::uint32_t>& marks = known[number];
  if (!marks) {
    marks = marks_of_names(value.substr(0, kLongestNames));
  }
  return *marks;
}

// Of all attributes but class.
std::uint32_t marks_of_attribute(Attr attr, std::string_view value) {
  switch (attr) {
    case Attr::id:
      return std::count(value.begin(), value.end(), '-') <= 3
                 ? marks_of_names(value.substr(0, 200))
                 : 0;
    case Attr::test_id:
    case Attr::component:
      return marks_of_names(value.substr(0, kLongestNames));
    case Attr::role:
      return marks_of_role(value);
    case Attr::itemprop:
      return marks_of_item(value);
    case Attr::hidden:
      return kMarkHidden;
    case Attr::style:
      return is_invisible(value) ? std::uint32_t{kMarkHidden} : 0;
    case Attr::aria_hidden:
      return value == "true" ? std::uint32_t{kMarkHidden} : 0;
    default:
      return 0;
  }
}

}  // namespace

std::uint32_t marks_of_names(std::string_view names) {
  static const Dictionary hiding(kHidingNames);
  NameReader reader;
  std::uint32_t marks = 0;
  std::size_t at = 0;
  while (at < names.size()) {
    while (at < names.size() && is_space(names[at])) {
      ++at;
    }
    std::size_t end = at;
    while (end < names.size() && !is_space(names[end])) {
      ++end;
    }
    const std::string_view name = names.substr(at, end - at);
    marks |= reader.read(name);
    marks |= hiding.find(name);
    at = end;
  }
  return marks;
}

std::uint32_t marks_of(const HtmlTree& tree, HtmlTree::Index node, KnownMarks& known) {
  const Tag tag = tree[node].tag;
  std::uint32_t marks = marks_of_tag(tag);
  if (tree[node].attributes == 0 || tag == Tag::html || tag == Tag::body) {
    return marks;
  }
  if (known.empty()) {
    known.resize(tree.class_values() + std::size_t{1});
  }
  tree.each_attribute(node, [&](Attr attr, std::string_view value) {
    marks |= attr == Attr::class_ ? marks_of_classes(tree[node].classes, value, known)
                                  : marks_of_attribute(attr, value);
  });
  return marks;
}

}  // namespace siftd
