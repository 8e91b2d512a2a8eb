#include "sinks/encode.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <string_view>
#include <utility>

#include "base/limits.hpp"

namespace siftd {

namespace {

constexpr std::string_view kSequenceMember = "\"sequence\":\"";
constexpr std::size_t kSequenceDigits = 20;
// Strings that are no text of the article: nobody needs more of them, and cutting
// them is the last resort when an event would be too long.
constexpr std::size_t kShortString = 4096;

std::string_view to_string(CopyKind kind) {
  switch (kind) {
    case CopyKind::exact:
      return "exact";
    case CopyKind::near:
      return "near";
    case CopyKind::contained:
      return "contained";
    case CopyKind::none:
      break;
  }
  return {};
}

std::string_view to_string(FeedStatusData::Status status) {
  switch (status) {
    case FeedStatusData::Status::moved:
      return "moved";
    case FeedStatusData::Status::gone:
      return "gone";
    case FeedStatusData::Status::failing:
      return "failing";
    case FeedStatusData::Status::recovered:
      return "recovered";
  }
  return {};
}

std::string hex(std::uint64_t value) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx",
                static_cast<unsigned long long>(value));
  return digits.data();
}

// RFC 3339. Empty when the year does not have four digits: no reader takes that.
std::string timestamp(std::chrono::sys_seconds seconds, int milliseconds = -1) {
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  const int year = static_cast<int>(date.year());
  if (year < 1 || year > 9999) {
    return {};
  }
  std::array<char, 40> text{};
  int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", year,
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string result(text.data(), static_cast<std::size_t>(length));
  if (milliseconds >= 0) {
    length = std::snprintf(text.data(), text.size(), ".%03d", milliseconds);
    result.append(text.data(), static_cast<std::size_t>(length));
  }
  return result + 'Z';
}

// The length of the well-formed UTF-8 sequence at `at` (Unicode, table 3-7); 0: none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char lead = byte(at);
  const std::size_t length = lead < 0x80    ? 1
                             : lead < 0xC2  ? 0
                             : lead < 0xE0  ? 2
                             : lead < 0xF0  ? 3
                             : lead <= 0xF4 ? 4
                                            : 0;
  if (length == 0 || at + length > text.size()) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) {
      return 0;
    }
  }
  const unsigned char second = length > 1 ? byte(at + 1) : 0;
  const bool is_wrong =
      (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
  return is_wrong ? 0 : length;
}

// RapidJSON escapes what JSON asks for; DEL and the C1 controls may stand in JSON,
// but would reach the terminal of whoever looks at the file.
bool is_plain(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x7F) {
      ++i;
      continue;
    }
    const std::size_t length = utf8_length(text, i);
    if (length < 2 || (lead == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0)) {
      return false;
    }
    i += length;
  }
  return true;
}

// A JSON string of any bytes: what is no UTF-8 becomes U+FFFD.
std::string quote(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8_length(text, i);
    const bool is_control =
        lead < 0x20 || lead == 0x7F ||
        (length == 2 && lead == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (is_control) {
      std::array<char, 7> escape{};
      const unsigned code = length == 2 ? static_cast<unsigned char>(text[i + 1]) : lead;
      std::snprintf(escape.data(), escape.size(), "\\u%04x", code);
      out += escape.data();
    } else {
      if (lead == '"' || lead == '\\') {
        out += '\\';
      }
      out += text.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return out + '"';
}

class Encoder {
 public:
  Encoder() : writer_(buffer_) {}

  std::string encode(const Event& event, std::uint64_t sequence, bool is_truncated) {
    writer_.StartObject();
    member("specversion", "1.0");
    member("id", event.id);
    member("type", siftd::to_string(event.type));
    member("source", event.source);
    optional("subject", event.subject);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(event.time);
    member("time", timestamp(seconds, static_cast<int>((event.time - seconds).count())));
    member("datacontenttype", "application/json");
    member("sequence", digits(sequence));
    key("data");
    if (const auto* article = std::get_if<ArticleData>(&event.data)) {
      write(*article, is_truncated);
    } else {
      write(std::get<FeedStatusData>(event.data));
    }
    writer_.EndObject();
    return std::string(buffer_.GetString(), buffer_.GetSize());
  }

  static std::string digits(std::uint64_t sequence) {
    std::string text = std::to_string(sequence);
    return std::string(kSequenceDigits - text.size(), '0') + text;
  }

 private:
  void key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }

  void text(std::string_view value) {
    if (is_plain(value)) {
      writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
      return;
    }
    const std::string quoted = quote(value);
    writer_.RawValue(quoted.data(), quoted.size(), rapidjson::kStringType);
  }

  void member(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }

  void optional(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      member(name, value);
    }
  }

  void optional(std::string_view name,
                const std::optional<std::chrono::sys_seconds>& time) {
    if (time) {
      optional(name, timestamp(*time));
    }
  }

  void id_or_null(std::string_view name, std::optional<std::uint64_t> id) {
    key(name);
    if (id.value_or(0) == 0) {
      writer_.Null();
    } else {
      text(hex(*id));
    }
  }

  void strings(std::string_view name, const std::vector<std::string>& values) {
    key(name);
    writer_.StartArray();
    for (const std::string& value : values) {
      text(value);
    }
    writer_.EndArray();
  }

  // Four decimals, and none for 0 and 1.
  void fraction(std::string_view name, double value) {
    key(name);
    const double rounded = std::round(value * 10000) / 10000;
    if (!(rounded > 0)) {
      writer_.Int(0);
    } else if (rounded >= 1) {
      writer_.Int(1);
    } else {
      writer_.Double(rounded);
    }
  }

  void write(const ArticleData& data, bool is_truncated) {
    writer_.StartObject();
    member("id", data.id);
    optional("url", data.url);
    member("title", data.title);
    member("content_text", data.content_text);
    optional("summary", data.summary);
    write_authors(data.authors);
    optional("date_published", data.published);
    optional("date_modified", data.modified);
    optional("language", data.language);
    strings("tags", data.tags);
    optional("image", data.image);
    write_attachments(data.attachments);
    key("_siftd");
    write_siftd(data, is_truncated);
    writer_.EndObject();
  }

  void write_authors(const std::vector<Author>& authors) {
    key("authors");
    writer_.StartArray();
    for (const Author& author : authors) {
      writer_.StartObject();
      optional("name", author.name);
      optional("url", author.url);
      optional("avatar", author.avatar);
      writer_.EndObject();
    }
    writer_.EndArray();
  }

  void write_attachments(const std::vector<Attachment>& attachments) {
    key("attachments");
    writer_.StartArray();
    for (const Attachment& attachment : attachments) {
      writer_.StartObject();
      member("url", attachment.url);
      // JSON Feed 1.1 requires the member; this is what RFC 2046 calls "unknown".
      member("mime_type", attachment.mime_type.empty() ? "application/octet-stream"
                                                       : attachment.mime_type);
      optional("title", attachment.title);
      if (attachment.size_in_bytes) {
        key("size_in_bytes");
        writer_.Uint64(*attachment.size_in_bytes);
      }
      if (attachment.duration_in_seconds &&
          std::isfinite(*attachment.duration_in_seconds)) {
        key("duration_in_seconds");
        writer_.Double(*attachment.duration_in_seconds);
      }
      writer_.EndObject();
    }
    writer_.EndArray();
  }

  void write_siftd(const ArticleData& data, bool is_truncated) {
    writer_.StartObject();
    member("feed", data.feed);
    member("article", hex(data.article));
    key("revision");
    writer_.Uint(data.revision);
    member("text_from", data.text_from == TextFrom::page ? "page" : "feed");
    key("words");
    writer_.Uint64(data.words);
    key("removed");
    writer_.StartArray();
    for (const Removed& removed : data.removed) {
      writer_.StartObject();
      member("rule", removed.rule);
      member("text", removed.text);
      writer_.EndObject();
    }
    writer_.EndArray();
    id_or_null("story", data.story);
    id_or_null("duplicate_of", data.duplicate_of);
    fraction("similarity", data.similarity);
    key("kind");
    if (data.kind == CopyKind::none) {
      writer_.Null();
    } else {
      text(to_string(data.kind));
    }
    if (data.changes) {
      write(*data.changes);
    }
    optional("reason", data.reason);
    if (is_truncated) {
      key("truncated");
      writer_.Bool(true);
    }
    writer_.EndObject();
  }

  void before_after(std::string_view before, std::string_view after) {
    writer_.StartObject();
    member("before", before);
    member("after", after);
    writer_.EndObject();
  }

  void write(const Changes& changes) {
    key("changes");
    writer_.StartObject();
    strings("added", changes.added);
    strings("removed", changes.removed);
    key("changed");
    writer_.StartArray();
    for (const auto& [before, after] : changes.changed) {
      before_after(before, after);
    }
    writer_.EndArray();
    if (!changes.title_before.empty()) {
      key("title");
      before_after(changes.title_before, changes.title_after);
    }
    writer_.EndObject();
  }

  void write(const FeedStatusData& data) {
    writer_.StartObject();
    member("feed", data.feed);
    member("url", data.url);
    member("status", to_string(data.status));
    member("reason", data.reason);
    key("http_status");
    if (data.http_status == 0) {
      writer_.Null();  // the server did not answer
    } else {
      writer_.Int(data.http_status);
    }
    key("failures");
    writer_.Int(data.failures);
    member("since", timestamp(data.since));
    key("next_poll");
    if (data.next_poll) {
      text(timestamp(*data.next_poll));
    } else {
      writer_.Null();
    }
    writer_.EndObject();
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

// Cuts at the last paragraph, else the last line, else the last whole character
// within `limit` bytes.
void cut(std::string& text, std::size_t limit) {
  if (text.size() <= limit) {
    return;
  }
  for (const std::string_view end : {"\n\n", "\n"}) {
    const std::size_t at = text.rfind(end, limit);
    if (at != std::string::npos && at > 0) {
      text.resize(at);
      return;
    }
  }
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) {
    --limit;
  }
  text.resize(limit);
}

// Everything that may be long except the article's text, which cut() shortens: it
// goes when it alone would take half of a line.
void drop_extras(ArticleData& data) {
  data.removed.clear();
  data.changes.reset();
  data.attachments.clear();
  data.authors.clear();
  data.tags.clear();
  for (std::string* field : {&data.id, &data.url, &data.title, &data.summary,
                             &data.language, &data.image, &data.reason, &data.feed}) {
    cut(*field, kShortString);
  }
}

std::string encode_truncated(Event event, std::uint64_t sequence) {
  cut(event.source, kShortString);
  cut(event.subject, kShortString);
  cut(event.id, kShortString);
  if (auto* status = std::get_if<FeedStatusData>(&event.data)) {
    for (std::string* field : {&status->feed, &status->url, &status->reason}) {
      cut(*field, kShortString);
    }
    return Encoder().encode(event, sequence, true);
  }
  auto& data = std::get<ArticleData>(event.data);
  std::string text = std::exchange(data.content_text, {});
  std::size_t rest = Encoder().encode(event, sequence, true).size();
  if (rest > limits::kMaxEventBytes / 2) {
    drop_extras(data);
    rest = Encoder().encode(event, sequence, true).size();
  }
  std::size_t room = limits::kMaxEventBytes - 1 - rest;
  while (true) {
    cut(text, room);
    data.content_text = text;
    std::string line = Encoder().encode(event, sequence, true);
    if (line.size() < limits::kMaxEventBytes) {
      return line;
    }
    room = room * 3 / 4;  // what has to be escaped takes more
  }
}

}  // namespace

std::string encode(const Event& event, std::uint64_t sequence) {
  std::string line = Encoder().encode(event, sequence, false);
  // "Less than": the line end counts too.
  return line.size() < limits::kMaxEventBytes ? line : encode_truncated(event, sequence);
}

void set_sequence(std::string& line, std::uint64_t sequence) {
  // Inside a JSON string the quotes would be escaped: the first match is the member.
  const std::size_t at = line.find(kSequenceMember);
  assert(at != std::string::npos);
  if (at != std::string::npos) {
    line.replace(at + kSequenceMember.size(), kSequenceDigits, Encoder::digits(sequence));
  }
}

}  // namespace siftd
