#include "daemon/pretty.hpp"

#include <algorithm>
#include <rapidjson/document.h>
#include <vector>

#include "daemon/text.hpp"

namespace siftd {

namespace {

using rapidjson::Value;

constexpr std::size_t kIndent = 2;

// SGR parameters.
constexpr const char* kBold = "1";
constexpr const char* kDim = "2";
constexpr const char* kStruck = "2;9";
constexpr const char* kGreen = "32";
constexpr const char* kYellow = "33";
constexpr const char* kRed = "31";
constexpr const char* kBlue = "34";
constexpr const char* kMagenta = "35";

std::string_view string_at(const Value& object, const char* key) {
  if (!object.IsObject()) {
    return {};
  }
  const auto found = object.FindMember(key);
  if (found == object.MemberEnd() || !found->value.IsString()) {
    return {};
  }
  return {found->value.GetString(), found->value.GetStringLength()};
}

const Value& member(const Value& object, const char* key) {
  static const Value kNull;
  if (!object.IsObject()) {
    return kNull;
  }
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? kNull : found->value;
}

std::string number_at(const Value& object, const char* key) {
  const Value& value = member(object, key);
  return value.IsUint64() ? std::to_string(value.GetUint64()) : std::string();
}

std::vector<std::string_view> paragraphs(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) {
      out.push_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

class Block {
 public:
  explicit Block(const PrettyOptions& options) : options_(options) {}

  // A piece in a style; the text is escaped.
  std::string styled(const char* style, std::string_view text) const {
    const std::string safe = printable(text);
    return options_.color ? std::string("\x1b[") + style + 'm' + safe + "\x1b[0m" : safe;
  }

  void line(const std::string& ready) { out_ += ready + '\n'; }

  // Wrapped and indented; `mark` stands before the first line.
  void text(const char* style, std::string_view content, std::string_view mark = "") {
    for (const auto& piece : wrap(content, room(mark))) {
      out_ += std::string(kIndent, ' ');
      out_ += mark;
      out_ += style == nullptr ? piece : styled(style, piece);
      out_ += '\n';
      if (--lines_left_ == 0 && options_.text_lines != 0) {
        return;
      }
    }
  }

  std::size_t room(std::string_view mark) const {
    const std::size_t taken = kIndent + display_width(mark);
    return options_.width > taken + 10 ? options_.width - taken : 10;
  }

  void start_text() { lines_left_ = options_.text_lines; }
  bool is_full() const { return options_.text_lines != 0 && lines_left_ == 0; }

  const PrettyOptions& options() const { return options_; }
  std::string take() { return std::move(out_); }

 private:
  const PrettyOptions& options_;
  std::string out_;
  std::size_t lines_left_ = 0;
};

const char* color_of(std::string_view type) {
  if (type == "siftd.article.new") {
    return kGreen;
  }
  if (type == "siftd.article.updated") {
    return kBlue;
  }
  if (type == "siftd.article.duplicate") {
    return kMagenta;
  }
  return type == "siftd.article.removed" ? kRed : kYellow;
}

void write_head(Block& block, const Value& event, std::string_view feed) {
  std::string_view type = string_at(event, "type");
  const char* color = color_of(type);
  const std::size_t dot = type.rfind('.');
  const std::string_view word =
      type == "siftd.feed.status" ? "feed" : type.substr(dot == type.npos ? 0 : dot + 1);
  const std::string_view time = string_at(event, "time");
  std::string_view sequence = string_at(event, "sequence");
  sequence.remove_prefix(std::min(sequence.find_first_not_of('0'), sequence.size()));
  block.line(block.styled(kDim, time.size() > 19 ? time.substr(11, 8) : time) + ' ' +
             block.styled(color, word) + ' ' + block.styled(kBold, feed) +
             block.styled(kDim, sequence.empty() ? "" : "  #" + std::string(sequence)));
}

std::string facts(const Value& data, const Value& own) {
  std::string out;
  const auto add = [&out](std::string_view fact) {
    if (!fact.empty()) {
      out += out.empty() ? "" : " · ";
      out += fact;
    }
  };
  const Value& authors = member(data, "authors");
  if (authors.IsArray() && !authors.Empty()) {
    add(string_at(authors[0], "name"));
  }
  add(string_at(data, "date_published").substr(0, 10));
  const std::string words = number_at(own, "words");
  add(words.empty() ? "" : words + " words");
  add(string_at(own, "text_from") == "page" ? "from its page" : "");
  const std::string revision = number_at(own, "revision");
  add(revision.empty() || revision == "1" ? "" : "revision " + revision);
  add(string_at(data, "language"));
  return out;
}

void write_copy(Block& block, const Value& own) {
  const std::string_view original = string_at(own, "duplicate_of");
  if (original.empty()) {
    return;
  }
  const Value& similarity = member(own, "similarity");
  char sure[32] = "";
  if (similarity.IsNumber()) {
    std::snprintf(sure, sizeof(sure), ", %.0f %% alike", similarity.GetDouble() * 100);
  }
  const std::string_view kind = string_at(own, "kind");
  block.text(kMagenta, (kind == "contained" ? "holds the earlier " : "copy of ") +
                           std::string(original) + " (" + std::string(kind) + sure + ")");
}

void write_changes(Block& block, const Value& changes) {
  const auto each = [&](const char* key, const char* style, const char* mark) {
    const Value& list = member(changes, key);
    if (!list.IsArray()) {
      return;
    }
    for (const auto& entry : list.GetArray()) {
      if (entry.IsString()) {
        block.text(style, {entry.GetString(), entry.GetStringLength()}, mark);
      }
    }
  };
  const Value& title = member(changes, "title");
  block.text(kRed, string_at(title, "before"), "- ");
  block.text(kGreen, string_at(title, "after"), "+ ");
  each("removed", kRed, "- ");
  each("added", kGreen, "+ ");
  const Value& changed = member(changes, "changed");
  if (changed.IsArray()) {
    for (const auto& entry : changed.GetArray()) {
      block.text(kRed, string_at(entry, "before"), "- ");
      block.text(kGreen, string_at(entry, "after"), "+ ");
    }
  }
}

void write_removed(Block& block, const Value& removed) {
  if (!removed.IsArray()) {
    return;
  }
  for (const auto& entry : removed.GetArray()) {
    const std::string_view rule = string_at(entry, "rule");
    const std::string mark = block.options().color ? "" : "~ ";
    for (const auto paragraph : paragraphs(string_at(entry, "text"))) {
      block.text(kStruck, paragraph, mark);
    }
    if (!rule.empty()) {
      block.text(kDim, "^ removed: " + std::string(rule));
    }
  }
}

void write_article(Block& block, const Value& event) {
  const Value& data = member(event, "data");
  const Value& own = member(data, "_siftd");
  write_head(block, event, string_at(own, "feed"));
  block.text(kBold, string_at(data, "title"));
  block.text(kDim, string_at(event, "subject"));
  block.text(kDim, facts(data, own));
  write_copy(block, own);
  const Value& changes = member(own, "changes");
  if (changes.IsObject()) {
    write_changes(block, changes);
    return;
  }
  block.text(kRed, string_at(own, "reason"));
  block.start_text();
  for (const auto paragraph : paragraphs(string_at(data, "content_text"))) {
    if (block.is_full()) {
      block.line(std::string(kIndent, ' ') + block.styled(kDim, "…"));
      break;
    }
    block.text(nullptr, paragraph);
  }
  block.start_text();
  write_removed(block, member(own, "removed"));
}

void write_status(Block& block, const Value& event) {
  const Value& data = member(event, "data");
  write_head(block, event, string_at(data, "feed"));
  const std::string_view status = string_at(data, "status");
  block.text(status == "recovered" ? kGreen : kRed,
             std::string(status) + ": " + std::string(string_at(data, "reason")));
  block.text(kDim, string_at(data, "url"));
  const std::string_view next = string_at(data, "next_poll");
  block.text(kDim, next.empty() ? "no further poll" : "next poll " + std::string(next));
}

}  // namespace

std::string pretty(std::string_view event_line, const PrettyOptions& options) {
  rapidjson::Document event;
  event.Parse<rapidjson::kParseIterativeFlag>(event_line.data(), event_line.size());
  Block block(options);
  if (event.HasParseError() || string_at(event, "type").empty()) {
    block.line(printable(event_line));
  } else if (string_at(event, "type") == "siftd.feed.status") {
    write_status(block, event);
  } else {
    write_article(block, event);
  }
  return block.take();
}

}  // namespace siftd
