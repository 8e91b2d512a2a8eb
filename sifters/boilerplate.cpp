#include "sifters/boilerplate.hpp"

#include "sifters/text.hpp"

namespace siftd {

Cleaned clean_text(std::string_view text, const CleanContext& context,
                   const Rules& rules) {
  Cleaned cleaned;
  Invisible invisible;
  const std::string normal = normalize_text(text, &invisible);
  std::size_t breaks = 0;
  for (const std::string_view line : split_lines(normal)) {
    ++breaks;
    if (line.empty()) {
      continue;
    }
    const Rules::Rule* rule = rules.match(fold(line), context.site);
    if (rule != nullptr && rule->kind != RuleKind::keep) {
      cleaned.removed.push_back({rule->name, std::string(line)});
      continue;
    }
    if (!cleaned.text.empty()) {
      cleaned.text += breaks > 1 ? "\n\n" : "\n";
    }
    cleaned.text += line;
    breaks = 0;
  }
  if (invisible.total() != 0) {
    cleaned.removed.push_back({"invisible", invisible.to_string()});
  }
  return cleaned;
}

}  // namespace siftd
