// What cleaning costs: rules and body, then a site's memory, over texts made here of
// some 4 KB each. Prints CPU time an article.
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "sifters/boilerplate.hpp"
#include "sifters/site_memory.hpp"

namespace {

using namespace siftd;

double cpu_ms() {
  return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::string sentence(std::mt19937& random) {
  static const std::vector<std::string> kWords = {
      "the",      "river", "of",       "council",  "and", "a",
      "harbour",  "to",    "engineer", "said",     "in",  "bridges",
      "winter",   "that",  "water",    "new",      "for", "repair",
      "question", "was",   "by",       "evenings", "old", "market"};
  std::string out = "Meanwhile";
  for (unsigned i = 0; i < 14 + random() % 10; ++i) {
    out += " " + kWords[random() % kWords.size()];
    if (random() % 6 == 0) {
      out += std::to_string(random() % 4000);
    }
  }
  return out + ".";
}

std::string article(std::mt19937& random) {
  std::string out = "News / More\n\n";
  while (out.size() < 3700) {
    for (int i = 0; i < 3; ++i) {
      out += sentence(random) + " ";
    }
    out += "\n\n";
  }
  return out +
         "Advertisement\n\nWrite to the editors of this paper at any hour you like.\n\n"
         "Related stories\n\nWhy rivers bend\n\nA history of towels\n";
}

}  // namespace

int main() {
  std::mt19937 random(1);
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  for (int i = 0; i < 2000; ++i) {
    texts.push_back(article(random));
    bytes += texts.back().size();
  }
  const auto count = static_cast<double>(texts.size());
  const double start = cpu_ms();
  const Rules& rules = Rules::built_in();
  const double loaded = cpu_ms();
  std::vector<Cleaned> cleaned;
  for (const std::string& text : texts) {
    cleaned.push_back(clean_text(text, {"bench.example", {}, "en"}, rules));
  }
  const double ruled = cpu_ms();
  SiteMemory memory;
  std::size_t removed = 0;
  std::size_t saved = 0;
  for (std::size_t i = 0; i < cleaned.size(); ++i) {
    const std::string site = "site" + std::to_string(i % 100);
    removed += memory.apply(site, i + 1, std::move(cleaned[i])).removed.size();
    for (const SiteRow& row : memory.take_changed()) {
      saved += row.blob.size();
    }
  }
  const double learned = cpu_ms();
  std::printf(
      "%.0f articles of %.0f bytes: rules made in %.1f ms; clean_text %.3f, site memory "
      "%.3f "
      "CPU-ms an article; %.1f lines removed, %.0f bytes saved an article\n",
      count, static_cast<double>(bytes) / count, loaded - start, (ruled - loaded) / count,
      (learned - ruled) / count, static_cast<double>(removed) / count,
      static_cast<double>(saved) / count);
  return 0;
}
