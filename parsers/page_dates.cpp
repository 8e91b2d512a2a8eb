#include "parsers/page_dates.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "parsers/chars.hpp"
#include "parsers/date.hpp"

namespace siftd {

namespace {

using Date = std::optional<std::chrono::sys_seconds>;

// "+05:30" at the end of a date: minutes east of UTC.
int offset_of(std::string_view date) {
  const std::size_t sign = date.find_last_of("+-");
  if (sign == std::string_view::npos || sign < 16) {
    return 0;
  }
  std::string digits;
  for (const char c : date.substr(sign + 1)) {
    if (is_ascii_digit(c)) {
      digits.push_back(c);
    } else if (c != ':') {
      return 0;
    }
  }
  if (digits.size() != 4) {
    return 0;
  }
  const int minutes = ((digits[0] - '0') * 10 + digits[1] - '0') * 60 +
                      (digits[2] - '0') * 10 + digits[3] - '0';
  return minutes > 14 * 60 ? 0 : date[sign] == '-' ? -minutes : minutes;
}

Date first_date(std::initializer_list<const std::string*> fields, int* offset = nullptr) {
  for (const std::string* field : fields) {
    if (!field->empty()) {
      if (const Date date = parse_date(*field)) {
        if (offset != nullptr) {
          *offset = offset_of(*field);
        }
        return date;
      }
    }
  }
  return std::nullopt;
}

// The day in the calendar of the page, which wrote `time` with `offset`.
std::chrono::sys_days day_of(std::chrono::sys_seconds time, int offset) {
  return std::chrono::floor<std::chrono::days>(time + std::chrono::minutes(offset));
}

bool is_date_part(char c) {
  return is_ascii_alnum(c) || static_cast<unsigned char>(c) >= 0x80;
}

// /2022/01/08/ in a path, or -2022-01-08; a month alone is no date.
Date date_in_url(std::string_view url) {
  for (std::size_t i = 0; i + 10 < url.size(); ++i) {
    const char mark = url[i + 5];
    if ((url[i] != '/' && url[i] != '-') || url[i + 1] != '2' ||
        (mark != '/' && mark != '-') || url[i + 8] != mark) {
      continue;
    }
    std::string text(url.substr(i + 1, 10));
    text[4] = text[7] = '-';
    const bool ends = i + 11 == url.size() || !is_ascii_digit(url[i + 11]);
    if (ends && std::count_if(text.begin(), text.end(), is_ascii_digit) == 8) {
      return parse_date(text);
    }
  }
  return std::nullopt;
}

// Numbers leave open which is the day ("11/05/2022"): the date read the other way
// round, or the same where that is none.
std::chrono::sys_days other_way_round(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  const std::chrono::year_month_day other(
      date.year(), std::chrono::month(static_cast<unsigned>(date.day())),
      std::chrono::day(static_cast<unsigned>(date.month())));
  return other.ok() ? std::chrono::sys_days(other) : day;
}

// A second day that the marks call that of publication (two ways to write one moment
// are none); settled here when the address or <title> ("... - 11/05/2022 - The Paper")
// names one of the two.
void read_other_day(const Findings& found, std::string_view address,
                    PageMetadata& metadata) {
  for (const std::string* other : {&found.published_og, &found.published_meta}) {
    int offset = 0;
    const Date date = first_date({other}, &offset);
    if (date && std::chrono::abs(*date - *metadata.published) > std::chrono::hours(1) &&
        day_of(*date, offset) != day_of(*metadata.published, metadata.published_offset)) {
      metadata.published_else = date;
      metadata.published_else_offset = offset;
      break;
    }
  }
  for (const Date& seen : {date_in_url(address), date_within(found.title)}) {
    if (seen && settle_published(metadata, *seen)) {
      return;
    }
  }
}

}  // namespace

bool settle_published(PageMetadata& metadata, std::chrono::sys_seconds seen) {
  if (!metadata.published_else) {
    return false;
  }
  const auto first = day_of(*metadata.published, metadata.published_offset);
  const auto other = day_of(*metadata.published_else, metadata.published_else_offset);
  const std::chrono::sys_days read = day_of(seen, 0);
  for (const std::chrono::sys_days day : {read, other_way_round(read)}) {
    if (day != first && day != other) {
      continue;
    }
    if (day == other) {
      metadata.published = metadata.published_else;
      metadata.published_offset = metadata.published_else_offset;
    }
    metadata.published_else.reset();
    return true;
  }
  return false;
}

std::optional<std::chrono::sys_seconds> date_within(std::string_view text) {
  const std::string line = collapse_spaces(text.substr(0, 300));
  text = line;
  if (const Date whole = parse_date(text)) {
    return whole;
  }
  // Up to three words that begin with a digit or a letter: "8 January 2022",
  // "January 8, 2022", "22.04.2024".
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_date_part(text[at]) || (at > 0 && is_date_part(text[at - 1]))) {
      continue;
    }
    std::size_t end = at;
    for (int words = 0; words < 4 && end < text.size(); ++words) {
      end = std::min(text.find(' ', end + 1), text.size());
      const std::string_view part = text.substr(at, end - at);
      const auto digits = std::count_if(part.begin(), part.end(), is_ascii_digit);
      if (digits >= 5 && digits <= 8) {
        const std::size_t stop = part.find_last_not_of(" ,;|)");
        if (const Date date = parse_date(part.substr(0, stop + 1))) {
          return date;
        }
      }
    }
  }
  return std::nullopt;
}

void read_dates(const Findings& found, std::string_view address, PageMetadata& metadata) {
  metadata.published =
      first_date({&found.linked.published, &found.published_og, &found.published_item,
                  &found.published_meta, &found.published_time},
                 &metadata.published_offset);
  read_other_day(found, address, metadata);
  if (!metadata.published) {
    metadata.published = date_in_url(address);
  }
  if (!metadata.published) {
    metadata.published = date_within(found.published_text);
  }
  metadata.modified =
      first_date({&found.linked.modified, &found.modified_og, &found.modified_item,
                  &found.modified_meta, &found.modified_time});
  if (!metadata.published) {
    metadata.published = metadata.modified;
  }
}

}  // namespace siftd
