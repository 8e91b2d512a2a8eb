#pragma once

#include <optional>
#include <rapidjson/document.h>
#include <string>
#include <string_view>

#include "daemon/control_client.hpp"

namespace siftd {

// The answers of the API as the commands read them. Included by their .cpp files
// only: RapidJSON does not go further.

// The answer's JSON, or nothing after having complained about what stood in its way.
std::optional<rapidjson::Document> ask_json(const ControlClient& client,
                                            std::string_view method,
                                            std::string_view target,
                                            std::string body = {});

// A member as text, "" when it is absent or null.
std::string text_at(const rapidjson::Value& object, const char* key);
std::uint64_t number_at(const rapidjson::Value& object, const char* key);
bool flag_at(const rapidjson::Value& object, const char* key);
// An empty array when it is absent.
const rapidjson::Value& list_at(const rapidjson::Value& object, const char* key);

// One line of JSON, with its end.
std::string line_of(const rapidjson::Value& value);

// The table of feeds that `status` and `feeds list` show.
std::string feeds_table(const rapidjson::Value& feeds);

}  // namespace siftd
