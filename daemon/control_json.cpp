#include "daemon/control_json.hpp"

#include <ctime>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "daemon/table.hpp"

namespace siftd {

namespace {

const rapidjson::Value* find(const rapidjson::Value& object, const char* key) {
  if (!object.IsObject()) {
    return nullptr;
  }
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

const char* color_of(std::string_view health) {
  return health == "healthy" ? "32" : health == "waiting" ? "2" : "31";
}

}  // namespace

std::optional<rapidjson::Document> ask_json(const ControlClient& client,
                                            std::string_view method,
                                            std::string_view target, std::string body) {
  const auto answer = client.ask(method, target, std::move(body));
  if (!answer) {
    complain(client, answer.error());
    return std::nullopt;
  }
  if (!answer->is_good()) {
    complain(error_sentence(*answer));
    return std::nullopt;
  }
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(answer->body.data(),
                                                 answer->body.size());
  if (document.HasParseError()) {
    complain(client.socket().string() + ": the answer is not JSON; is this a siftd?");
    return std::nullopt;
  }
  return document;
}

std::string text_at(const rapidjson::Value& object, const char* key) {
  const auto* value = find(object, key);
  return value != nullptr && value->IsString()
             ? std::string(value->GetString(), value->GetStringLength())
             : std::string();
}

std::uint64_t number_at(const rapidjson::Value& object, const char* key) {
  const auto* value = find(object, key);
  return value != nullptr && value->IsUint64() ? value->GetUint64() : 0;
}

bool flag_at(const rapidjson::Value& object, const char* key) {
  const auto* value = find(object, key);
  return value != nullptr && value->IsBool() && value->GetBool();
}

const rapidjson::Value& list_at(const rapidjson::Value& object, const char* key) {
  static const rapidjson::Value kEmpty(rapidjson::kArrayType);
  const auto* value = find(object, key);
  return value != nullptr && value->IsArray() ? *value : kEmpty;
}

std::string line_of(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize()) + '\n';
}

std::string feeds_table(const rapidjson::Value& feeds) {
  const long long now = std::time(nullptr);
  Table table({{"FEED"},
               {"HEALTH"},
               {"LAST POLL"},
               {"NEXT POLL"},
               {"WHY"},
               {"NEW", true},
               {"COPIES", true}});
  for (const auto& feed : feeds.GetArray()) {
    const std::string health = text_at(feed, "health");
    const std::string next = relative_time(text_at(feed, "next_poll"), now);
    const std::string last = relative_time(text_at(feed, "last_poll"), now);
    const std::string reason = text_at(feed, "reason");
    const std::string why = text_at(feed, "why");
    table.add({{text_at(feed, "name"), ""},
               {health, color_of(health)},
               {last.empty() ? "never" : last, ""},
               {flag_at(feed, "polling") ? "now"
                : next.empty()           ? "none"
                                         : next,
                ""},
               {why.find(reason) != std::string::npos ? why : reason + "; " + why, ""},
               {std::to_string(number_at(feed, "articles")), ""},
               {std::to_string(number_at(feed, "copies")), ""}});
  }
  return table.is_empty() ? "No feeds: add one with siftd feeds add URL.\n"
                          : table.text(stdout_terminal());
}

}  // namespace siftd
