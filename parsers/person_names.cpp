#include "parsers/person_names.hpp"

#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "parsers/byline_words.hpp"
#include "parsers/chars.hpp"

namespace siftd {

namespace {

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool is_upper_start(std::string_view word) {
  const auto c = static_cast<unsigned char>(word.empty() ? 0 : word[0]);
  return (c >= 'A' && c <= 'Z') || c >= 0x80;
}

void strip_lead_in(std::string_view& name) {
  bool again = true;
  while (again) {
    again = false;
    for (const std::string_view lead : kLeadIns) {
      if (name.size() > lead.size() && starts_with_ignoring_case(name, lead)) {
        name = trim(name.substr(lead.size()));
        again = true;
      }
    }
    while (!name.empty() && (name[0] == ':' || name[0] == '-' || name[0] == ',')) {
      name = trim(name.substr(1));
      again = true;
    }
  }
}

// "Ann (A.J.) Lee (with Jo Doe)" without what stands in brackets.
std::string without_brackets(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('('), text.size());
    out += text.substr(0, open);
    const std::size_t close = text.find(')', open);
    text.remove_prefix(close == text.npos ? open : close + 1);
    if (close == text.npos) {
      out += text;
      break;
    }
  }
  return collapse_spaces(out);
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) {
      words.push_back(text.substr(at, end - at));
    }
    at = end + 1;
  }
  return words;
}

// What follows in brackets or after a comma is a role, a place or an agency.
std::string_view without_tail(std::string_view name) {
  for (const char stop : {'(', '[', '<', '@', '"'}) {
    name = name.substr(0, std::min(name.find(stop), name.size()));
  }
  const std::size_t whom = find_ignoring_case(name, " for ");
  if (whom != name.npos && words_of(name.substr(0, whom)).size() >= 2) {
    name = name.substr(0, whom);  // "Ann Lee for the Daily Pebble", not "Fund for Peace"
  }
  return trim(name);
}

template <std::size_t kSize>
bool is_one_of(std::string_view name, const std::string_view (&words)[kSize]) {
  return std::any_of(std::begin(words), std::end(words), [&](std::string_view word) {
    return equals_ignoring_case(name, word);
  });
}

bool is_nobody(std::string_view name) {
  return is_one_of(name, kNobody);
}

// A word as it stands in a person's name: with a capital, or a particle.
bool is_name_word(std::string_view word) {
  const bool has_capital =
      (word[0] >= 'A' && word[0] <= 'Z') || static_cast<unsigned char>(word[0]) >= 0xC3;
  return has_capital ? !is_one_of(word, kNoNames) : is_one_of(word, kParticles);
}

// "e. lee": some stand in small letters, which a style sheet makes large.
bool is_initial(std::string_view word) {
  return word.size() == 2 && word[1] == '.' && is_ascii_alpha(word[0]);
}

// A name is two to five words that begin with capitals (particles aside), or one
// word when it stands alone; no digits, no address.
bool is_name(std::string_view name, bool is_alone) {
  if (name.size() < 3 || name.size() > 80 || is_nobody(name) ||
      name.find("http") != std::string_view::npos ||
      name.find('/') != std::string_view::npos ||
      name.find("www.") != std::string_view::npos ||
      name.find('_') != std::string_view::npos) {
    return false;
  }
  const auto words = words_of(name);
  const bool has_initial =
      words.size() >= 2 && is_initial(words.front()) && words.back().size() >= 3;
  if (words.empty() || words.size() > 6 ||
      !(is_upper_start(words.front()) || has_initial) ||
      std::any_of(name.begin(), name.end(), is_ascii_digit)) {
    return false;
  }
  if (is_nobody(words.back())) {
    return false;  // "Reuters staff", "Web team"
  }
  const auto capitals = std::count_if(words.begin(), words.end(), is_upper_start);
  if (words.size() == 1) {
    return is_alone;
  }
  return has_initial || capitals * 2 >= static_cast<std::ptrdiff_t>(words.size());
}

std::vector<std::string_view> split_at_joins(std::string_view text) {
  std::vector<std::string_view> parts{text};
  for (const std::string_view join : kJoins) {
    std::vector<std::string_view> finer;
    for (std::string_view part : parts) {
      while (true) {
        const std::size_t at = find_ignoring_case(part, join);
        finer.push_back(part.substr(0, at));
        if (at == std::string_view::npos) {
          break;
        }
        part = part.substr(at + join.size());
      }
    }
    parts = std::move(finer);
  }
  return parts;
}

std::vector<std::string_view> split_at_commas(
    const std::vector<std::string_view>& parts) {
  std::vector<std::string_view> names;
  for (std::string_view part : parts) {
    while (true) {
      const std::size_t at = part.find(',');
      names.push_back(trim(part.substr(0, at)));
      if (at == std::string_view::npos) {
        break;
      }
      part = part.substr(at + 1);
    }
  }
  return names;
}

// "ANN LEE" and "a. lee" as "Ann Lee" and "A. Lee": bylines are often set in capitals.
// ASCII only; names with other letters stay as they are.
std::string in_mixed_case(std::string_view name) {
  std::string text(name);
  if (is_initial(name.substr(0, name.find(' ')))) {
    for (std::size_t at = 0; at < name.size(); at = name.find(' ', at) + 1) {
      const std::string_view word = name.substr(at, name.find(' ', at) - at);
      text[at] = is_one_of(word, kParticles) || word.empty() ? text[at] : upper(text[at]);
      if (name.find(' ', at) == name.npos) {
        break;
      }
    }
    return text;
  }
  const bool is_shouted =
      std::all_of(text.begin(), text.end(),
                  [](char c) {
                    return (c >= 'A' && c <= 'Z') || c == ' ' || c == '-' || c == '.';
                  }) &&
      text.find(' ') != std::string::npos;
  bool starts = true;
  for (char& c : text) {
    if (is_shouted && !starts) {
      c = ascii_lower(c);
    }
    starts = !is_ascii_alpha(c);
  }
  return text;
}

}  // namespace

bool says_author(std::string_view label) {
  const auto bare = [](std::string_view words) {
    while (words.ends_with(':') || words.ends_with(' ')) {
      words.remove_suffix(1);
    }
    return words;
  };
  const auto is_label = [&, label = bare(label)](std::string_view known) {
    return equals_ignoring_case(label, bare(known));
  };
  return std::any_of(std::begin(kLeadIns), std::end(kLeadIns), is_label) ||
         std::any_of(std::begin(kLabels), std::end(kLabels), is_label);
}

bool begins_byline(std::string_view line) {
  line = trim(line);
  return std::any_of(
      std::begin(kLeadIns), std::end(kLeadIns), [&](std::string_view lead) {
        return line.size() > lead.size() && starts_with_ignoring_case(line, lead);
      });
}

bool is_full_name(std::string_view name) {
  const auto words = words_of(name);
  return words.size() >= 2 && words.size() <= 4 &&
         std::all_of(words.begin(), words.end(), is_name_word);
}

std::string in_speaking_order(std::string_view name) {
  if (name.find(';') != std::string_view::npos) {
    std::string all;
    while (!name.empty()) {
      const std::size_t end = std::min(name.find(';'), name.size());
      all += (all.empty() ? "" : "; ") + in_speaking_order(trim(name.substr(0, end)));
      name.remove_prefix(std::min(end + 1, name.size()));
    }
    return all;
  }
  const std::size_t comma = name.find(',');
  if (comma == std::string_view::npos || name.find(',', comma + 1) != name.npos) {
    return std::string(name);
  }
  const std::string_view family = trim(name.substr(0, comma));
  const std::string_view given = trim(name.substr(comma + 1));
  const auto is_part = [](std::string_view part) {
    const auto words = words_of(part);
    return !words.empty() && words.size() <= 4 && !is_nobody(part) &&
           std::any_of(words.begin(), words.end(), is_upper_start) &&
           std::all_of(words.begin(), words.end(), is_name_word);
  };
  // Of two full names with a comma between them each has a first name.
  const auto words = words_of(family);
  const auto capitals = std::count_if(words.begin(), words.end(), is_upper_start);
  if (!is_part(family) || !is_part(given) || capitals != 1) {
    return std::string(name);
  }
  return std::string(given) + ' ' + std::string(family);
}

bool is_credit(std::string_view name) {
  return !is_nobody(name) && name.find("http") == std::string_view::npos &&
         name.find_first_of("@/_<>") == std::string_view::npos;
}

std::vector<std::string> person_names(std::string_view byline) {
  std::vector<std::string> names;
  const std::string line = without_brackets(byline.substr(0, 500));
  std::string_view rest = trim(line);
  strip_lead_in(rest);
  const auto parts = split_at_commas(split_at_joins(rest));
  for (std::string_view part : parts) {
    strip_lead_in(part);
    part = without_tail(part);
    while (!part.empty() &&
           (part.back() == '.' || part.back() == ':' || part.back() == '-')) {
      part.remove_suffix(1);
    }
    if (!is_name(part, parts.size() == 1)) {
      continue;
    }
    std::string name = in_mixed_case(part);
    if (names.size() < limits::kMaxAuthors &&
        std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

}  // namespace siftd
