#include "sinks/protocol.hpp"

#include <algorithm>
#include <boost/system/errc.hpp>
#include <charconv>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/limits.hpp"

namespace siftd {

namespace {

constexpr std::size_t kShownKey = 64;

Error refused(std::string what) {
  return Error{make_error_code(boost::system::errc::bad_message), std::move(what)};
}

std::string_view view(const rapidjson::Value& value) {
  return std::string_view(value.GetString(), value.GetStringLength());
}

// Without recursion: what a peer nests 50,000 deep must not cost the stack.
bool parse(rapidjson::Document& document, std::string_view line) {
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
      line.data(), line.size());
  return !document.HasParseError() && document.IsObject();
}

std::optional<std::uint64_t> sequence(const rapidjson::Value& value) {
  if (value.IsUint64()) {
    return value.GetUint64();
  }
  std::uint64_t number = 0;
  if (!value.IsString() || value.GetStringLength() == 0) {
    return std::nullopt;
  }
  const std::string_view text = view(value);
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size()
             ? std::optional(number)
             : std::nullopt;
}

std::optional<std::string> read_from(const rapidjson::Value& value, Hello& hello) {
  if (value.IsString() && view(value) == "now") {
    hello.from = Hello::From::now;
  } else if (value.IsString() && view(value) == "beginning") {
    hello.from = Hello::From::beginning;
  } else if (const std::optional<std::uint64_t> number = sequence(value)) {
    hello.from = Hello::From::sequence;
    hello.sequence = std::max<std::uint64_t>(*number, 1);
  } else {
    return R"("from" is "now", "beginning" or a sequence)";
  }
  return std::nullopt;
}

std::optional<std::string> read_types(const rapidjson::Value& value,
                                      EventFilter& filter) {
  if (!value.IsArray()) {
    return R"("types" is a list of event types)";
  }
  for (const rapidjson::Value& name : value.GetArray()) {
    const std::optional<EventType> type =
        name.IsString() ? event_type(view(name)) : std::nullopt;
    if (!type) {
      return R"("types" holds what is no event type: siftd.article.new, .updated, .duplicate, )"
             R"(.removed or siftd.feed.status)";
    }
    filter.types.push_back(*type);
  }
  return std::nullopt;
}

std::optional<std::string> read_feeds(const rapidjson::Value& value,
                                      EventFilter& filter) {
  if (!value.IsArray() || !std::all_of(value.Begin(), value.End(), [](const auto& name) {
        return name.IsString();
      })) {
    return R"("feeds" is a list of names or tags)";
  }
  for (const rapidjson::Value& name : value.GetArray()) {
    filter.feeds.emplace_back(view(name));
  }
  return std::nullopt;
}

std::optional<std::string> read_consumer(const rapidjson::Value& value, Hello& hello) {
  const auto is_allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == '.' || c == '_' || c == '-';
  };
  if (!value.IsString() || view(value).empty() ||
      view(value).size() > limits::kConsumerName ||
      !std::all_of(view(value).begin(), view(value).end(), is_allowed)) {
    return R"("consumer" is a name of 1 to 128 letters, digits, ".", "_" or "-")";
  }
  hello.consumer = view(value);
  return std::nullopt;
}

}  // namespace

Result<Hello> parse_hello(std::string_view line) {
  rapidjson::Document document;
  if (!parse(document, line)) {
    return refused("the first line is not a JSON object");
  }
  Hello hello;
  for (const auto& member : document.GetObject()) {
    const std::string_view key = view(member.name);
    std::optional<std::string> wrong;
    if (key == "from") {
      wrong = read_from(member.value, hello);
    } else if (key == "types") {
      wrong = read_types(member.value, hello.filter);
    } else if (key == "feeds") {
      wrong = read_feeds(member.value, hello.filter);
    } else if (key == "consumer") {
      wrong = read_consumer(member.value, hello);
    } else {
      wrong = "unknown key" +
              (key.size() <= kShownKey ? " \"" + std::string(key) + "\"" : "") +
              "; known are from, types, feeds, consumer";
    }
    if (wrong) {
      return refused(*wrong);
    }
  }
  return hello;
}

Result<std::uint64_t> parse_ack(std::string_view line) {
  rapidjson::Document document;
  if (!parse(document, line) || document.MemberCount() != 1 ||
      view(document.MemberBegin()->name) != "ack") {
    return refused(R"(after the first line only {"ack":SEQ} is understood)");
  }
  const std::optional<std::uint64_t> number = sequence(document.MemberBegin()->value);
  if (!number) {
    return refused(R"("ack" is a sequence)");
  }
  return *number;
}

std::string error_line(std::string_view what) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("error");
  writer.String(what.data(), static_cast<rapidjson::SizeType>(what.size()));
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace siftd
