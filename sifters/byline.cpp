#include "sifters/byline.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "parsers/chars.hpp"
#include "parsers/page_dates.hpp"
#include "parsers/person_names.hpp"

namespace siftd {

namespace {

constexpr std::size_t kFar = 15;     // blocks below the headline
constexpr std::size_t kLong = 140;   // a paragraph's weight
constexpr std::size_t kByline = 60;  // weight
constexpr std::size_t kDateline = 80;

// What leads in a byline whose names stand in the next line.
constexpr std::string_view kLeads[] = {"by",     "von",    "par",  "por",  "di",
                                       "author", "autor",  "text", "door", "words by",
                                       "auteur", "autore", "av",   "af",   "written by"};

// "Guest post by", "Ein Beitrag von": what is said to be by somebody.
constexpr std::string_view kKinds[] = {
    "post",     "story",   "article",   "text",    "essay",   "column",    "report",
    "review",   "words",   "written",   "posted",  "opinion", "analysis",  "interview",
    "beitrag",  "artikel", "bericht",   "analyse", "kolumne", "kommentar", "reportage",
    "article",  "texte",   "chronique", "publié",  "escrito", "artículo",  "texto",
    "articolo", "testo",   "artigo"};
constexpr std::string_view kBys[] = {" by ", " von ", " par ", " por ", " di "};

constexpr std::string_view kPublished[] = {
    "published ", "published:", "posted on ",  "veröffentlicht ", "erschienen ",
    "publié ",    "publicado ", "pubblicato ", "gepubliceerd ",   "publicerad ",
    "publisert ", "julkaistu ", "opublikowano"};

constexpr std::string_view kJoins[] = {"and", "und", "et", "y", "e", "og", "och", "en"};

template <std::size_t kSize>
bool is_among(std::string_view word, const std::string_view (&words)[kSize]) {
  return std::any_of(std::begin(words), std::end(words), [&](std::string_view other) {
    return equals_ignoring_case(word, other);
  });
}

bool is_letter(char c) {
  return is_ascii_alpha(c) || static_cast<unsigned char>(c) >= 0x80 || c == '\'' ||
         c == '-' || c == '.';
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_letter(text[at])) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    while (at < text.size() && is_letter(text[at])) {
      ++at;
    }
    words.push_back(text.substr(start, at - start));
  }
  return words;
}

// The persons of a line that holds their full names and nothing else; else none.
std::vector<std::string> names_alone(std::string_view text) {
  const std::string line = collapse_spaces(text);
  if (std::any_of(line.begin(), line.end(), is_ascii_digit) ||
      line.find_first_of("?!:;\"()") != std::string::npos || line.ends_with('.')) {
    return {};
  }
  std::vector<std::string> names = person_names(line);
  std::size_t words = 0;
  for (const std::string& name : names) {
    if (!is_full_name(name)) {
      return {};
    }
    words += words_of(name).size();
  }
  const auto all = words_of(line);
  const auto joins = std::count_if(all.begin(), all.end(), [](std::string_view word) {
    return is_among(word, kJoins);
  });
  if (words + static_cast<std::size_t>(joins) != all.size()) {
    return {};
  }
  return names;
}

class Reading {
 public:
  Reading(const PageBlocks& page, const Choice& choice, PageMetadata& metadata)
      : page_(page), choice_(choice), metadata_(metadata) {}

  void run() {
    if (choice_.headline) {
      read_below_headline();
      if (!metadata_.published) {
        metadata_.published = date_said();
      }
      if (!metadata_.published) {
        metadata_.published = date_around();
      }
    }
    if (wants_authors()) {
      read_signature();
    }
  }

 private:
  bool wants_authors() const {
    return metadata_.authors.empty() || metadata_.authors_are_site;
  }

  // Perhaps below the lead, never below the first paragraph of the text.
  void read_below_headline() {
    const std::size_t end = std::min(page_.blocks.size(), *choice_.headline + kFar);
    bool lead_passed = false;
    for (std::size_t i = *choice_.headline + 1; i < end; ++i) {
      const Block& block = page_.blocks[i];
      if (block.weight > kLong) {
        if (lead_passed) {
          break;
        }
        lead_passed = true;
      }
      if (!metadata_.published && block.weight < kDateline) {
        metadata_.published = date_within(block.text);
      }
      if (block.weight >= kDateline) {
        continue;
      }
      if (metadata_.published_else) {
        if (const auto seen = date_within(block.text)) {
          settle_published(metadata_, *seen);
        }
      }
      if (wants_authors()) {
        take(names_in(i));
      } else {
        complete_first_name(names_below_lead(i));
      }
    }
  }

  // The persons that block `i` names, when it is a byline.
  std::vector<std::string> names_in(std::size_t i) const {
    const Block& block = page_.blocks[i];
    if (block.weight < kByline && begins_byline(block.text)) {
      return person_names(block.text);
    }
    if ((block.rule != nullptr && block.rule != std::string_view("byline")) ||
        block.tag == Tag::tr || block.tag == Tag::li) {
      return {};
    }
    std::vector<std::string> names = names_below_lead(i);
    if (names.empty() && block.weight < kByline) {
      names = names_of_kind(block.text);
    }
    if (names.empty()) {
      names = names_beside_date(i);
    }
    if (names.empty()) {
      names = names_alone(block.text);
      if (names.size() < 2 || !is_bold(block)) {  // one might be a heading
        names.clear();
      }
    }
    std::erase_if(names, [&](const std::string& name) { return is_else(name); });
    return names;
  }

  // "By" in a line of its own, and the names in this one.
  std::vector<std::string> names_below_lead(std::size_t i) const {
    if (i == 0 || page_.blocks[i].weight >= kByline) {
      return {};
    }
    std::string_view lead = page_.blocks[i - 1].text;
    lead = trim(lead.substr(0, lead.find_last_not_of(": ") + 1));
    return is_among(lead, kLeads) ? names_alone(page_.blocks[i].text)
                                  : std::vector<std::string>();
  }

  // "Guest post by Ann Lee", but no "Photo by".
  static std::vector<std::string> names_of_kind(std::string_view text) {
    for (const std::string_view by : kBys) {
      const std::size_t at = find_ignoring_case(text, by);
      if (at == text.npos) {
        continue;
      }
      const auto before = words_of(text.substr(0, at));
      if (before.size() <= 3 &&
          std::any_of(before.begin(), before.end(),
                      [](std::string_view word) { return is_among(word, kKinds); })) {
        return names_alone(text.substr(at + by.size()));
      }
    }
    return {};
  }

  // "Ann Lee | 05.04.2025", or with the date in one of the next lines.
  std::vector<std::string> names_beside_date(std::size_t i) const {
    const std::string_view text = page_.blocks[i].text;
    const std::size_t bar = std::min({text.find('|'), text.find("·"), text.find("•"),
                                      text.find(" - "), text.find('\n')});
    if (bar != text.npos) {
      return date_within(text.substr(bar + 1)) ? names_alone(trim(text.substr(0, bar)))
                                               : std::vector<std::string>();
    }
    std::vector<std::string> names = names_alone(text);
    if (names.empty()) {
      return names;
    }
    for (const std::size_t k : {i - 1, i + 1, i + 2}) {
      if (k < page_.blocks.size() && k != *choice_.headline &&
          page_.blocks[k].weight < kDateline && date_within(page_.blocks[k].text)) {
        return names;
      }
    }
    return {};
  }

  static bool is_bold(const Block& block) {
    return block.heading == 0 && block.strong_weight * 10 >= block.weight * 9;
  }

  // What the page calls its section, a topic, itself; or what its title names.
  bool is_else(std::string_view name) const {
    return equals_ignoring_case(name, metadata_.section) ||
           equals_ignoring_case(name, metadata_.site_name) ||
           find_ignoring_case(metadata_.title, to_ascii_lower(name)) !=
               std::string::npos ||
           std::any_of(
               metadata_.tags.begin(), metadata_.tags.end(),
               [&](const std::string& tag) { return equals_ignoring_case(name, tag); });
  }

  void take(std::vector<std::string> names) {
    if (names.empty()) {
      return;
    }
    metadata_.authors.clear();
    metadata_.authors_are_site = false;
    for (std::string& name : names) {
      metadata_.authors.push_back({std::move(name), "", ""});
    }
  }

  // "Ann" where readers see "Ann Lee".
  void complete_first_name(const std::vector<std::string>& names) {
    for (Author& author : metadata_.authors) {
      for (const std::string& name : names) {
        if (author.name.find(' ') == std::string::npos &&
            name.starts_with(author.name + " ")) {
          author.name = name;
        }
      }
    }
  }

  // "Published on 8 January 2022", wherever it stands in the text.
  std::optional<std::chrono::sys_seconds> date_said() const {
    for (std::size_t i = choice_.first; i < choice_.last; ++i) {
      const std::string_view text = page_.blocks[i].text;
      const std::string_view line = text.substr(0, text.find('\n'));
      if (line.size() <= kDateline &&
          std::any_of(std::begin(kPublished), std::end(kPublished),
                      [&](std::string_view word) {
                        return starts_with_ignoring_case(line, word);
                      })) {
        if (const auto date = date_within(line)) {
          return date;
        }
      }
    }
    return std::nullopt;
  }

  // The date in the nearest short blocks above the headline, as a kicker has it, else in
  // the last ones of the text, as a letter has it.
  std::optional<std::chrono::sys_seconds> date_around() const {
    constexpr std::size_t kNear = 2;
    for (std::size_t i = 1; i <= kNear; ++i) {
      for (const std::size_t at : {*choice_.headline - i, choice_.last - i}) {
        const bool is_inside = at < page_.blocks.size() &&
                               page_.blocks[at].weight < kByline &&
                               page_.blocks[at].link_weight == 0;
        if (const auto date =
                is_inside ? date_within(page_.blocks[at].text) : std::nullopt) {
          return date;
        }
      }
    }
    return std::nullopt;
  }

  // A name in bold as the text's last line, or one above a date, as in a letter.
  void read_signature() {
    std::size_t last = choice_.last;
    while (last > choice_.first && page_.blocks[last - 1].rule != nullptr) {
      --last;
    }
    if (last <= choice_.first + 1) {
      return;
    }
    const Block& block = page_.blocks[last - 1];
    if (block.weight > kByline || block.link_weight > 0 || block.heading != 0) {
      return;
    }
    const std::string_view text = block.text;
    const std::size_t line = text.find('\n');
    std::vector<std::string> names;
    if (line == text.npos) {
      names = is_bold(block) ? names_alone(text) : std::vector<std::string>();
    } else if (date_within(text.substr(line + 1))) {
      names = person_names(text.substr(0, line));  // a first name does
      if (names.size() > 1 || words_of(text.substr(0, line)).size() > 3) {
        names.clear();
      }
    }
    std::erase_if(names, [&](const std::string& name) { return is_else(name); });
    take(std::move(names));
  }

  const PageBlocks& page_;
  const Choice& choice_;
  PageMetadata& metadata_;
};

}  // namespace

void read_byline(const PageBlocks& page, const Choice& choice, PageMetadata& metadata) {
  Reading(page, choice, metadata).run();
}

}  // namespace siftd
