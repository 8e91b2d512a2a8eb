#include "sifters/boilerplate_body.hpp"

#include <algorithm>
#include <cstdint>

#include "sifters/topic_sketch.hpp"

namespace siftd {

namespace {

// A page's text has many short lines; an article's own text has few.
constexpr std::size_t kPageLines = 12;
constexpr std::size_t kPageShare = 4;  // one line in so many
constexpr std::size_t kPageKnown = 3;  // and some that every page has
// What may be an article when the text says that it ends there.
constexpr double kLeastBody = 50;
constexpr double kLeastShare = 0.08;  // of the best run in the text
constexpr double kAloneFactor = 0.25;
constexpr std::size_t kTitleDistance = 15;  // lines before the body

// Reads like prose: long enough, and ends like a sentence or is longer still.
bool reads_like_prose(const TextLine& line) {
  const Measure& m = line.measure;
  if (line.is_taken() || (m.has_case && m.capitals * 10 > m.words * 6)) {
    return false;
  }
  return m.words >= (line.ends_sentence ? 9u : 22u);
}

double weight_of(const TextLine& line) {
  const Measure& m = line.measure;
  if (line.is_taken()) {
    return line.rule->kind == RuleKind::tail ? -25 : -6;
  }
  if (line.is_prose) {
    const double words = static_cast<double>(std::min<std::size_t>(m.words, 80));
    return line.ends_sentence ? words : words * 0.6;
  }
  if (line.ends_sentence && m.words >= 4) {
    return 1;
  }
  return m.words >= 4 ? -4 : -3;
}

// Prose that stands alone between short lines is a teaser more often than not.
bool stands_alone(const std::vector<TextLine>& lines, std::size_t i) {
  for (std::size_t j = i > 2 ? i - 2 : 0; j < std::min(lines.size(), i + 3); ++j) {
    if (j != i && lines[j].is_prose) {
      return false;
    }
  }
  return true;
}

struct Run {
  double weight = 0;
  std::size_t first = 0;
  std::size_t last = 0;  // one behind
};

// The run of greatest weight in [from, to): Kadane's algorithm.
Run best_run(const std::vector<double>& weights, std::size_t from, std::size_t to) {
  Run best;
  double sum = 0;
  std::size_t first = from;
  for (std::size_t i = from; i < to; ++i) {
    if (sum <= 0) {
      sum = 0;
      first = i;
    }
    sum += weights[i];
    if (sum > best.weight) {
      best = {sum, first, i + 1};
    }
  }
  return best;
}

// The article comes before its comments, which may be longer than it is.
Run choose_run(const std::vector<TextLine>& lines, const std::vector<double>& weights) {
  std::vector<Run> runs;
  std::size_t from = 0;
  double most = 0;
  for (std::size_t i = 0; i <= lines.size(); ++i) {
    if (i == lines.size() ||
        (lines[i].is_taken() && lines[i].rule->kind == RuleKind::end)) {
      runs.push_back(best_run(weights, from, i));
      most = std::max(most, runs.back().weight);
      from = i + 1;
    }
  }
  for (const Run& run : runs) {
    if (run.weight == most ||
        (run.weight >= kLeastBody && run.weight >= most * kLeastShare)) {
      return run;
    }
  }
  return {};
}

// The line before the body that shares most of its words with it.
std::size_t find_title(const std::vector<TextLine>& lines, const Run& body,
                       std::string_view title) {
  std::vector<std::uint32_t> words;
  for (std::size_t i = body.first; i < body.last; ++i) {
    add_topic_words(lines[i].folded, words);
  }
  std::sort(words.begin(), words.end());
  const std::string known = fold(title);
  std::size_t best = Body::kNone;
  double best_share = 0.3;
  const std::size_t from = body.first > kTitleDistance ? body.first - kTitleDistance : 0;
  for (std::size_t i = from; i < body.first; ++i) {
    const TextLine& line = lines[i];
    if (!known.empty() && line.folded == known) {
      return i;
    }
    if (line.is_taken() || line.measure.words < 3 || line.measure.words > 35) {
      continue;
    }
    std::vector<std::uint32_t> own;
    add_topic_words(line.folded, own);
    std::size_t shared = 0;
    for (const std::uint32_t word : own) {
      shared += std::binary_search(words.begin(), words.end(), word) ? 1u : 0u;
    }
    const double share =
        own.size() < 2 ? 0
                       : static_cast<double>(shared) / static_cast<double>(own.size());
    if (share > best_share) {
      best_share = share;
      best = i;
    }
  }
  return best;
}

}  // namespace

bool TextLine::is_taken() const {
  return rule != nullptr && rule->kind != RuleKind::keep &&
         rule->where == RulePlace::anywhere;
}

Body find_body(std::vector<TextLine>& lines, std::string_view title, bool is_article) {
  std::vector<double> weights(lines.size());
  std::size_t shorts = 0;
  std::size_t known = 0;
  for (TextLine& line : lines) {
    line.is_prose = reads_like_prose(line);
    known += line.is_taken() ? 1u : 0u;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    weights[i] = weight_of(lines[i]);
    shorts += weights[i] < 0 ? 1u : 0u;
    if (lines[i].is_prose && stands_alone(lines, i)) {
      weights[i] *= kAloneFactor;
    }
  }
  Body body;
  body.last = lines.size();
  if (is_article || shorts < kPageLines || known < kPageKnown ||
      shorts * kPageShare < lines.size()) {
    return body;
  }
  const Run run = choose_run(lines, weights);
  body.is_page = true;
  body.first = run.first;
  body.last = run.last;
  body.title = find_title(lines, run, title);
  return body;
}

}  // namespace siftd
