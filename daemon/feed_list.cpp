#include "daemon/feed_list.hpp"

#include <algorithm>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unordered_set>
#include <utility>
#include <xxhash.h>

namespace siftd {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(Writer& writer, const char* key, const std::string& value) {
  writer.Key(key);
  writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

std::string text(const rapidjson::Value& object, const char* key) {
  const auto found = object.FindMember(key);
  if (found == object.MemberEnd() || !found->value.IsString()) {
    return {};
  }
  return {found->value.GetString(), found->value.GetStringLength()};
}

template <class Add>
void each(const rapidjson::Document& document, const char* key, Add add) {
  if (!document.IsObject() || !document.HasMember(key) || !document[key].IsArray()) {
    return;
  }
  for (const rapidjson::Value& entry : document[key].GetArray()) {
    if (entry.IsObject() && !text(entry, "url").empty()) {
      add(entry);
    }
  }
}

using Names = std::unordered_set<std::string_view>;

std::string free_name(const std::string& stem, const Names& names) {
  std::string name = stem;
  for (int n = 2; names.contains(name); ++n) {
    name = stem + "-" + std::to_string(n);
  }
  return name;
}

FeedConfig config_of(const FeedEdits::Added& added, const Config& config) {
  FeedConfig feed;
  feed.url = added.url;
  feed.user_info = added.user_info;
  feed.is_named = !added.name.empty();
  feed.name = feed.is_named ? added.name : name_of(added.url);
  feed.tags = added.tags;
  feed.fetch = config.fetch;
  return feed;
}

}  // namespace

std::string FeedEdits::encode() const {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  writer.Key("added");
  writer.StartArray();
  for (const Added& feed : added) {
    writer.StartObject();
    write(writer, "url", feed.url);
    write(writer, "user_info", feed.user_info);
    write(writer, "name", feed.name);
    writer.Key("tags");
    writer.StartArray();
    for (const std::string& tag : feed.tags) {
      writer.String(tag.data(), static_cast<rapidjson::SizeType>(tag.size()));
    }
    writer.EndArray();
    writer.EndObject();
  }
  writer.EndArray();
  writer.Key("removed");
  writer.StartArray();
  for (const Removed& feed : removed) {
    writer.StartObject();
    write(writer, "url", feed.url);
    writer.Key("entry");
    writer.Uint64(feed.entry);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

FeedEdits FeedEdits::decode(std::string_view json) {
  FeedEdits edits;
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (document.HasParseError()) {
    return edits;
  }
  each(document, "added", [&](const rapidjson::Value& entry) {
    Added feed{text(entry, "url"), text(entry, "user_info"), text(entry, "name"), {}};
    if (entry.HasMember("tags") && entry["tags"].IsArray()) {
      for (const rapidjson::Value& tag : entry["tags"].GetArray()) {
        if (tag.IsString()) {
          feed.tags.emplace_back(tag.GetString(), tag.GetStringLength());
        }
      }
    }
    edits.added.push_back(std::move(feed));
  });
  each(document, "removed", [&](const rapidjson::Value& entry) {
    const bool has_hash = entry.HasMember("entry") && entry["entry"].IsUint64();
    edits.removed.push_back(
        {text(entry, "url"), has_hash ? entry["entry"].GetUint64() : 0});
  });
  return edits;
}

std::uint64_t entry_hash(const FeedConfig& feed) {
  std::string all = feed.url.str() + '\n' + feed.name + '\n' + feed.user_info + '\n';
  for (const std::string& tag : feed.tags) {
    all += tag + '\n';
  }
  for (const auto& [name, value] : feed.headers) {
    all += name + ':' + value + '\n';
  }
  all += std::to_string(feed.fetch->interval.count()) + ' ' +
         std::to_string(feed.fetch->min_interval.count()) + ' ' +
         std::to_string(feed.fetch->max_interval.count()) + ' ' +
         std::to_string(feed.fetch->timeout.count()) + ' ' +
         std::to_string(feed.fetch->max_body) + ' ' +
         std::to_string(feed.fetch->max_backlog) + ' ' +
         std::to_string(static_cast<int>(feed.fetch->full_text));
  return XXH3_64bits(all.data(), all.size());
}

std::string name_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  std::string_view rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("?#"));
  while (rest.ends_with('/')) {
    rest.remove_suffix(1);
  }
  return std::string(rest);
}

std::vector<Shared<FeedConfig>> effective_feeds(const Config& config,
                                                const FeedEdits& edits) {
  if (edits == FeedEdits()) {
    return config.feeds;  // each URL and each name once: load_config() has seen to it
  }
  Names removed;
  for (const FeedEdits::Removed& feed : edits.removed) {
    removed.insert(feed.url);
  }
  std::vector<Shared<FeedConfig>> feeds;
  feeds.reserve(config.feeds.size() + edits.added.size());
  Names urls;  // views into the feeds
  Names names;
  const auto add = [&](Shared<FeedConfig> feed) {
    if (urls.contains(feed->url)) {
      return;
    }
    if (names.contains(feed->name)) {
      std::string name = free_name(feed->name.str(), names);
      feed.edit().name = std::move(name);
    }
    urls.insert(feed->url);
    names.insert(feed->name);
    feeds.push_back(std::move(feed));
  };
  for (const Shared<FeedConfig>& feed : config.feeds) {
    const bool is_removed =
        removed.contains(feed->url) &&
        std::find(edits.removed.begin(), edits.removed.end(),
                  FeedEdits::Removed{feed->url.str(), entry_hash(*feed)}) !=
            edits.removed.end();
    if (!is_removed) {
      add(feed);
    }
  }
  for (const FeedEdits::Added& added : edits.added) {
    add(Shared<FeedConfig>(config_of(added, config)));
  }
  return feeds;
}

}  // namespace siftd
