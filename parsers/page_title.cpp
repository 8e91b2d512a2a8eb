#include "parsers/page_title.hpp"

#include <algorithm>

#include "parsers/chars.hpp"

namespace siftd {

namespace {

constexpr std::string_view kSeparators[] = {" | ", " - ", " – ",  " — ", " · ", " • ",
                                            " » ", " « ", " :: ", " / ", " › ", " ~ ",
                                            "|",   "｜",  " : ",  " > ", " < ", ": "};

// Letters and digits only, ASCII in lower case: "The Daily-Times" is "thedailytimes".
std::string squeeze(std::string_view text) {
  std::string out(text.size(), '\0');
  char* end = out.data();
  for (const char c : text) {
    if (is_ascii_alnum(c) || static_cast<unsigned char>(c) >= 0x80) {
      *end++ = ascii_lower(c);
    }
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
  return out;
}

bool is_site_name(std::string_view part, const std::vector<std::string>& names,
                  std::string_view host) {
  const std::string ours = squeeze(part);
  if (ours.size() < 2) {
    return false;
  }
  for (const std::string& name : names) {
    const std::string theirs = squeeze(name);
    if (!theirs.empty() &&
        (theirs == ours || (ours.size() < 40 && ours.find(theirs) != std::string::npos &&
                            theirs.size() * 2 >= ours.size()))) {
      return true;
    }
  }
  std::string_view label = host;
  if (label.starts_with("www.")) {
    label.remove_prefix(4);
  }
  const std::string whole = squeeze(label);
  const std::string first = squeeze(label.substr(0, label.find('.')));
  return ours == whole || ours == first ||
         (ours.size() >= 4 && whole.find(ours) != std::string::npos) ||
         (first.size() >= 5 && ours.size() < 40 && ours.find(first) != std::string::npos);
}

struct Cut {
  std::size_t at = std::string_view::npos;
  std::size_t size = 0;
};

Cut last_separator(std::string_view text) {
  Cut cut;
  for (const std::string_view separator : kSeparators) {
    const std::size_t at = text.rfind(separator);
    if (at != std::string_view::npos && at != 0 &&
        (cut.at == std::string_view::npos || at > cut.at)) {
      cut = {at, separator.size()};
    }
  }
  return cut;
}

Cut first_separator(std::string_view text) {
  Cut cut;
  for (const std::string_view separator : kSeparators) {
    const std::size_t at = text.find(separator);
    if (at != std::string_view::npos && at != 0 && at < cut.at) {
      cut = {at, separator.size()};
    }
  }
  return cut;
}

}  // namespace

bool ends_title(std::string_view raw, std::string_view name) {
  const std::string wanted = squeeze(name);
  if (wanted.empty() || !squeeze(raw).ends_with(wanted)) {
    return false;
  }
  const Cut cut = last_separator(raw);
  if (cut.at == std::string_view::npos || raw[cut.at] == ':') {
    return false;  // "Kicker: headline"
  }
  const std::string tail = squeeze(raw.substr(cut.at + cut.size));
  return tail == wanted && tail.size() < squeeze(raw.substr(0, cut.at)).size();
}

bool begins_title(std::string_view raw, std::string_view name, std::string_view rest) {
  const std::string first = squeeze(name);
  const std::string second = squeeze(rest);
  return !first.empty() && !second.empty() && squeeze(raw) == first + second;
}

std::string article_title(std::string_view raw, std::string_view headline,
                          const std::vector<std::string>& site_names,
                          std::string_view host) {
  const std::string line = collapse_spaces(raw.substr(0, 2000));
  std::string_view title = trim(line);
  const std::string wanted = squeeze(headline);
  for (int round = 0; round < 4; ++round) {
    if (!wanted.empty() && squeeze(title) == wanted) {
      break;
    }
    const Cut last = last_separator(title);
    if (last.at == std::string_view::npos) {
      break;
    }
    const std::string_view head = trim(title.substr(0, last.at));
    const std::string_view tail = trim(title.substr(last.at + last.size));
    const Cut first = first_separator(title);
    if (!wanted.empty() && squeeze(title.substr(0, first.at)) == wanted) {
      title = trim(title.substr(0, first.at));
      break;
    }
    if (is_site_name(tail, site_names, host) ||
        (!wanted.empty() && squeeze(head) == wanted)) {
      title = head;
    } else if (is_site_name(title.substr(0, first.at), site_names, host) ||
               (!wanted.empty() &&
                squeeze(title.substr(first.at + first.size)) == wanted)) {
      title = trim(title.substr(first.at + first.size));
    } else {
      break;
    }
  }
  return std::string(title);
}

}  // namespace siftd
