#include "sifters/boilerplate.hpp"

#include <algorithm>

#include "sifters/boilerplate_body.hpp"
#include "sifters/text.hpp"

namespace siftd {

namespace {

// Rules of an article's start hold before its first prose, and not far down.
constexpr std::size_t kStartLines = 10;
constexpr std::size_t kEndLines = 4;
// What a heading of related stories heads inside an article, before prose goes on.
constexpr std::size_t kHeadedLines = 12;
// Of prose behind such a heading: an author's note or a teaser, not the article.
constexpr std::size_t kBlurbWords = 60;

std::vector<TextLine> read_lines(std::string_view text, const CleanContext& context,
                                 const Rules& rules) {
  std::vector<TextLine> lines;
  std::size_t breaks = 0;
  for (const std::string_view part : split_lines(text)) {
    ++breaks;
    if (part.empty()) {
      continue;
    }
    TextLine line;
    line.text = part;
    line.folded = fold(part);
    line.measure = measure(part);
    line.ends_sentence = ends_sentence(part);
    line.breaks = breaks;
    line.rule = rules.match(line.folded, context.site, context.language);
    lines.push_back(std::move(line));
    breaks = 0;
  }
  return lines;
}

// Decides line by line; `why` says which rule took a line, or is empty.
class Cleaner {
 public:
  Cleaner(std::vector<TextLine> lines, const CleanContext& context, const Rules& rules)
      : lines_(std::move(lines)),
        rules_(rules),
        why_(lines_.size()),
        body_(find_body(lines_, context.title, context.is_article)) {}

  Cleaned run() {
    take_around();
    take_places();
    for (std::size_t i = body_.first; i < body_.last; ++i) {
      if (why_[i].empty() && lines_[i].is_taken()) {
        take_by_rule(i);
      }
    }
    return result();
  }

 private:
  void take(std::size_t i, std::string_view rule) {
    if (why_[i].empty() && !(lines_[i].rule && lines_[i].rule->kind == RuleKind::keep)) {
      why_[i] = rule;
    }
  }

  // What stands before and after the body of a page.
  void take_around() {
    for (std::size_t i = 0; body_.is_page && i < lines_.size(); ++i) {
      if ((i < body_.first || i >= body_.last) && i != body_.title) {
        take(i, lines_[i].is_taken() ? std::string_view(lines_[i].rule->name)
                : i < body_.first    ? "before-article"
                                     : "after-article");
      }
    }
  }

  // Rules that hold only at the start or at the end.
  void take_places() {
    const auto has_place = [&](std::size_t i, RulePlace place) {
      const Rules::Rule* rule = lines_[i].rule;
      return rule != nullptr && rule->kind != RuleKind::keep && rule->where == place;
    };
    for (std::size_t i = body_.first, n = 0; i < body_.last && n < kStartLines;
         ++i, ++n) {
      if (lines_[i].is_prose) {
        break;
      }
      if (has_place(i, RulePlace::start)) {
        take(i, lines_[i].rule->name);
      }
    }
    for (std::size_t i = body_.last, n = 0; i-- > body_.first && n < kEndLines;) {
      if (has_place(i, RulePlace::end)) {
        take(i, lines_[i].rule->name);
      }
      n += lines_[i].is_taken() ? 0u : 1u;
    }
  }

  void take_by_rule(std::size_t i) {
    const Rules::Rule& rule = *lines_[i].rule;
    take(i, rule.name);
    if (rule.kind == RuleKind::end) {
      take_rest(i, rule.name);
    } else if (rule.kind == RuleKind::tail) {
      take_headed(i, rule.name);
    } else if (rule.kind == RuleKind::block) {
      take_block(i, rule);
    }
  }

  // What follows the article, as long as it is not the larger part.
  void take_rest(std::size_t from, std::string_view rule) {
    std::size_t before = 0;
    std::size_t after = 0;
    for (std::size_t i = body_.first; i < body_.last; ++i) {
      (i < from ? before : after) += lines_[i].is_prose ? lines_[i].measure.words : 0;
    }
    if (before * 2 < after || before == 0) {
      return;
    }
    for (std::size_t i = from + 1; i < body_.last; ++i) {
      take(i, rule);
    }
  }

  // Up to where prose goes on; to the end when there is no more than a blurb.
  void take_headed(std::size_t from, std::string_view rule) {
    std::size_t words = 0;
    bool has_prose = false;
    for (std::size_t i = from + 1; i < body_.last; ++i) {
      words += lines_[i].is_prose ? lines_[i].measure.words : 0;
      has_prose = has_prose || (lines_[i].is_prose && lines_[i - 1].is_prose);
    }
    const bool to_the_end = !has_prose && words < kBlurbWords;
    for (std::size_t i = from + 1; i < body_.last; ++i) {
      const bool goes_on =
          lines_[i].is_prose || (lines_[i].ends_sentence && lines_[i].measure.words > 5);
      if (!to_the_end && (goes_on || i > from + kHeadedLines)) {
        break;
      }
      take(i, rule);
    }
  }

  // Up to the line that ends it; without one within reach the first line goes alone.
  void take_block(std::size_t from, const Rules::Rule& rule) {
    const std::size_t reach = std::min(body_.last, from + rule.max_lines);
    for (std::size_t end = from; end < reach; ++end) {
      if (end > from && rules_.ends_block(rule, lines_[end].folded)) {
        for (std::size_t i = from + 1; i <= end; ++i) {
          take(i, rule.name);
        }
        return;
      }
    }
  }

  Cleaned result() const {
    Cleaned cleaned;
    std::uint32_t kept = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const TextLine& line = lines_[i];
      if (!why_[i].empty()) {
        cleaned.removed.push_back(
            {std::string(why_[i]), std::string(line.text), kept, true});
        continue;
      }
      ++kept;
      if (!cleaned.text.empty()) {
        cleaned.text += line.breaks > 1 ? "\n\n" : "\n";
      }
      cleaned.text += line.text;
    }
    return cleaned;
  }

  std::vector<TextLine> lines_;
  const Rules& rules_;
  std::vector<std::string_view> why_;
  Body body_;
};

}  // namespace

Cleaned clean_text(std::string_view text, const CleanContext& context,
                   const Rules& rules) {
  Invisible invisible;
  const std::string normal = normalize_text(text, &invisible);
  Cleaned cleaned = Cleaner(read_lines(normal, context, rules), context, rules).run();
  if (invisible.total() != 0) {
    cleaned.removed.push_back({"invisible", invisible.to_string()});
  }
  return cleaned;
}

}  // namespace siftd
