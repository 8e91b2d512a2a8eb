#include "daemon/http_json.hpp"

#include <cstdio>
#include <ctime>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace siftd {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// One JSON text being written; members in the order in which they are given.
class Json {
 public:
  Json() : writer_(buffer_) {}

  Json& key(const char* name) {
    writer_.Key(name);
    return *this;
  }
  void string(std::string_view value) {
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  void member(const char* name, std::string_view value) { key(name).string(value); }
  void member(const char* name, const char* value) { key(name).string(value); }
  void member(const char* name, bool value) { key(name).writer_.Bool(value); }
  void member(const char* name, std::uint64_t value) { key(name).writer_.Uint64(value); }
  void member(const char* name, int value) { key(name).writer_.Int(value); }
  void member(const char* name, double value) { key(name).writer_.Double(value); }
  void member(const char* name, std::optional<std::chrono::sys_seconds> time) {
    key(name);
    if (time) {
      string(rfc3339(*time));
    } else {
      writer_.Null();
    }
  }
  void id(const char* name, std::uint64_t id) {
    key(name);
    if (id == 0) {
      writer_.Null();
    } else {
      string(hex_id(id));
    }
  }
  template <class List>
  void strings(const char* name, const List& list) {
    key(name).writer_.StartArray();
    for (const auto& entry : list) {
      string(entry);
    }
    writer_.EndArray();
  }
  // `each(entry)` writes one value.
  template <class List, class Each>
  void array(const char* name, const List& list, const Each& each) {
    key(name).writer_.StartArray();
    for (const auto& entry : list) {
      each(entry);
    }
    writer_.EndArray();
  }
  template <class Members>
  void object(const Members& members) {
    writer_.StartObject();
    members();
    writer_.EndObject();
  }
  void raw(std::string_view json) {
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  }
  void number(std::uint64_t value) { writer_.Uint64(value); }
  void null() { writer_.Null(); }

  std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  static std::string rfc3339(std::chrono::sys_seconds time) {
    const std::time_t seconds = time.time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[40];
    return {text, std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts)};
  }

  rapidjson::StringBuffer buffer_;
  Writer writer_;
};

template <class Members>
std::string object_text(const Members& members) {
  Json json;
  json.object([&] { members(json); });
  return json.text();
}

const char* kind_name(CopyKind kind) {
  switch (kind) {
    case CopyKind::none:
      return "";
    case CopyKind::exact:
      return "exact";
    case CopyKind::near:
      return "near";
    case CopyKind::contained:
      return "contained";
  }
  return "";
}

void write_feed(Json& json, const FeedView& feed) {
  json.object([&] {
    json.member("name", feed.name);
    json.member("url", feed.url);
    json.member("polled_url", feed.polled_url.empty() ? feed.url : feed.polled_url);
    json.member("title", feed.title);
    json.strings("tags", feed.tags);
    json.member("origin", feed.origin);
    json.member("health", health_name(feed.health));
    json.member("reason", feed.reason);
    json.member("http_status", feed.http_status);
    json.member("failures", feed.failures);
    json.member("polling", feed.is_polling);
    json.member("last_poll", feed.last_poll);
    json.member("last_new", feed.last_new);
    json.member("since", feed.since);
    json.member("next_poll", feed.next_poll);
    json.member("why", feed.why);
    json.member("asked", feed.asked);
    json.member("interval", static_cast<std::uint64_t>(feed.interval.count()));
    json.member("polls", feed.polls);
    json.member("unchanged", feed.unchanged);
    json.member("bytes", feed.bytes);
    json.member("articles", feed.articles);
    json.member("copies", feed.copies);
  });
}

void write_sink(Json& json, const SinkView& sink) {
  json.object([&] {
    json.member("name", sink.status.name);
    json.member("type", sink.status.type);
    json.member("target", sink.status.target);
    json.member("position", sink.status.position);
    json.member("behind", sink.behind);
    json.member("delivered", sink.status.delivered);
    json.member("bytes", sink.status.bytes);
    json.member("clients", static_cast<std::uint64_t>(sink.status.clients));
    json.member("error", sink.status.error);
  });
}

void write_article(Json& json, const ArticleView& article) {
  json.object([&] {
    json.id("id", article.id);
    json.member("feed", article.feed);
    json.member("guid", article.guid);
    json.member("url", article.url);
    json.member("title", article.title);
    json.member("text", article.text);
    json.array("removed", article.removed, [&](const Removed& removed) {
      json.object([&] {
        json.member("rule", removed.rule);
        json.member("text", removed.text);
        if (removed.after != Removed::kAtEnd) {
          json.member("after", static_cast<std::uint64_t>(removed.after));
        }
      });
    });
    json.member("revision", static_cast<std::uint64_t>(article.revision));
    json.member("text_from", article.text_from == TextFrom::page ? "page" : "feed");
    json.id("story", article.story);
    json.id("duplicate_of", article.duplicate_of);
    json.member("similarity", article.similarity);
    json.member("kind", kind_name(article.kind));
    json.member("taken_back", article.is_removed);
    json.member("first_seen", article.first_seen);
    json.member("last_changed", article.last_changed);
  });
}

void write_detail(Json& json, const ArticleDetail& detail) {
  const auto each = [&](const ArticleView& article) {
    write_article(json, article);
  };
  json.object([&] {
    json.key("article");
    each(detail.article);
    json.array("events", detail.events,
               [&](const StoredEvent& event) { json.raw(event.line); });
    json.key("original");
    if (detail.original) {
      each(*detail.original);
    } else {
      json.null();
    }
    json.array("copies", detail.copies, each);
    json.array("story", detail.story, each);
  });
}

std::uint64_t number_at(const std::map<std::string, std::uint64_t, std::less<>>& values,
                        std::string_view key) {
  const auto found = values.find(key);
  return found == values.end() ? 0 : found->second;
}

void write_counts(Json& json, const std::vector<FeedView>& feeds) {
  std::uint64_t counts[4] = {};
  for (const auto& feed : feeds) {
    ++counts[static_cast<std::size_t>(feed.health)];
  }
  json.key("feeds").object([&] {
    json.member("total", static_cast<std::uint64_t>(feeds.size()));
    for (const auto health : {FeedView::Health::waiting, FeedView::Health::healthy,
                              FeedView::Health::failing, FeedView::Health::gone}) {
      json.member(health_name(health).data(), counts[static_cast<std::size_t>(health)]);
    }
  });
}

void write_totals(Json& json, const Metrics& metrics) {
  const Sample now = sample_of(metrics);
  const auto& events = metrics.events.values();
  json.key("totals").object([&] {
    json.member("polls", now.polls);
    json.member("failures", now.failures);
    json.member("items", metrics.items);
    json.member("articles", now.articles);
    json.member("updates", number_at(events, "article.updated"));
    json.member("taken_back", number_at(events, "article.removed"));
    json.member("copies", now.copies);
    json.member("passages_removed", metrics.removed.total());
    json.member("bytes", now.bytes);
    json.member("store_bytes", metrics.store_bytes);
    json.member("transfers", static_cast<std::uint64_t>(metrics.transfers));
  });
}

// What happened between samples; one number less than there are samples.
void write_history(Json& json, const std::vector<Sample>& samples,
                   std::chrono::seconds every) {
  const auto row = [&](const char* name, std::uint64_t Sample::*part) {
    std::vector<std::uint64_t> differences;
    for (std::size_t i = 1; i < samples.size(); ++i) {
      differences.push_back(samples[i].*part - samples[i - 1].*part);
    }
    json.array(name, differences, [&](std::uint64_t value) { json.number(value); });
  };
  json.key("history").object([&] {
    json.member("seconds", static_cast<std::uint64_t>(every.count()));
    row("polls", &Sample::polls);
    row("failures", &Sample::failures);
    row("articles", &Sample::articles);
    row("copies", &Sample::copies);
    row("bytes", &Sample::bytes);
  });
}

Error invalid(std::string detail) {
  return {make_error_code(OperationErrc::invalid), std::move(detail)};
}

// Parsed iteratively: a request's depth is the client's to choose.
bool parse_object(rapidjson::Document& document, std::string_view json) {
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
      json.data(), json.size());
  return !document.HasParseError() && document.IsObject();
}

std::string text_of(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

}  // namespace

std::string json_error(std::string_view sentence) {
  return object_text([&](Json& json) { json.member("error", sentence); });
}

std::string json_ok() {
  return R"({"ok":true})";
}

Sample sample_of(const Metrics& metrics) {
  Sample sample;
  sample.polls = metrics.polls.total();
  for (const auto& [status, count] : metrics.polls.values()) {
    const bool is_good = !status.empty() && (status[0] == '2' || status == "304");
    sample.failures += is_good ? 0 : count;
  }
  sample.articles = number_at(metrics.events.values(), "article.new");
  sample.copies = metrics.copies.total();
  sample.bytes = metrics.feed_bytes + metrics.page_bytes;
  return sample;
}

std::string json_status(const DaemonView& daemon, const Metrics& metrics,
                        const std::vector<FeedView>& feeds,
                        const std::vector<SinkView>& sinks, std::uint64_t oldest,
                        std::uint64_t newest, const std::vector<Sample>& samples,
                        std::chrono::seconds every) {
  return object_text([&](Json& json) {
    json.member("version", SIFTD_VERSION);
    json.member("started",
                std::optional(std::chrono::floor<std::chrono::seconds>(metrics.started)));
    json.member("now", std::optional(std::chrono::floor<std::chrono::seconds>(
                           std::chrono::system_clock::now())));
    json.member("config", daemon.config_file);
    json.member("state_dir", daemon.state_dir);
    json.member("reload_error", daemon.reload_error);
    json.member("live", daemon.is_live);
    json.member("ready", daemon.is_ready);
    json.strings("problems", daemon.problems);
    json.key("journal").object([&] {
      json.member("oldest", oldest);
      json.member("newest", newest);
    });
    write_counts(json, feeds);
    json.array("sinks", sinks, [&](const SinkView& sink) { write_sink(json, sink); });
    write_totals(json, metrics);
    write_history(json, samples, every);
  });
}

std::string json_feeds(const std::vector<FeedView>& feeds, std::size_t total) {
  return object_text([&](Json& json) {
    json.member("total", static_cast<std::uint64_t>(total));
    json.array("feeds", feeds, [&](const FeedView& feed) { write_feed(json, feed); });
  });
}

std::string json_feed(const FeedView& feed) {
  Json json;
  write_feed(json, feed);
  return json.text();
}

std::string json_sinks(const std::vector<SinkView>& sinks) {
  return object_text([&](Json& json) {
    json.array("sinks", sinks, [&](const SinkView& sink) { write_sink(json, sink); });
  });
}

std::string json_articles(const ArticlePage& page) {
  return object_text([&](Json& json) {
    json.array("articles", page.articles,
               [&](const ArticleView& article) { write_article(json, article); });
    json.member("next", page.next);
  });
}

std::string json_article(const ArticleDetail& detail) {
  Json json;
  write_detail(json, detail);
  return json.text();
}

std::string json_stories(const std::vector<StoryView>& stories) {
  return object_text([&](Json& json) {
    json.array("stories", stories, [&](const StoryView& story) {
      json.object([&] {
        json.id("id", story.id);
        json.member("title", story.title);
        json.member("articles", static_cast<std::uint64_t>(story.articles));
        json.strings("feeds", story.feeds);
        json.member("first", story.first);
        json.member("last", story.last);
      });
    });
  });
}

std::string json_why(const WhyView& why) {
  return object_text([&](Json& json) {
    json.array("steps", why.steps, [&](const WhyView::Step& step) {
      json.object([&] {
        json.member("time", step.time);
        json.member("what", step.what);
        json.member("text", step.text);
      });
    });
    json.key("article");
    if (why.article) {
      write_detail(json, *why.article);
    } else {
      json.null();
    }
  });
}

std::string json_import(const ImportReport& report) {
  return object_text([&](Json& json) {
    json.member("added", static_cast<std::uint64_t>(report.added));
    json.member("known", static_cast<std::uint64_t>(report.known));
    json.strings("complaints", report.complaints);
  });
}

std::string json_health(const DaemonView& daemon, bool well) {
  return object_text([&](Json& json) {
    json.member("status", well ? "ok" : "unwell");
    json.strings("problems", daemon.problems);
  });
}

Result<NewFeed> new_feed_of(std::string_view text) {
  rapidjson::Document document;
  if (!parse_object(document, text)) {
    return invalid(R"(the body is no JSON object like {"url":"https://…"})");
  }
  NewFeed feed;
  for (const auto& [key, value] : document.GetObject()) {
    const std::string name = text_of(key);
    if (name == "url" && value.IsString()) {
      feed.url = text_of(value);
    } else if (name == "name" && value.IsString()) {
      feed.name = text_of(value);
    } else if (name == "tags" && value.IsArray()) {
      for (const auto& tag : value.GetArray()) {
        if (!tag.IsString()) {
          return invalid("tags: not a list of strings");
        }
        feed.tags.push_back(text_of(tag));
      }
    } else {
      return invalid("\"" + name + "\" is no key of a feed, or has the wrong type");
    }
  }
  if (feed.url.empty()) {
    return invalid("url is missing");
  }
  return feed;
}

Result<std::uint64_t> replay_start_of(std::string_view text) {
  rapidjson::Document document;
  if (parse_object(document, text) && document.HasMember("from")) {
    const auto& from = document["from"];
    if (from.IsUint64()) {
      return from.GetUint64();
    }
    if (from.IsString() && text_of(from) == "beginning") {
      return std::uint64_t{0};
    }
  }
  return invalid(R"(the body is not {"from": SEQ} or {"from": "beginning"})");
}

std::string_view health_name(FeedView::Health health) {
  switch (health) {
    case FeedView::Health::waiting:
      return "waiting";
    case FeedView::Health::healthy:
      return "healthy";
    case FeedView::Health::failing:
      return "failing";
    case FeedView::Health::gone:
      return "gone";
  }
  return "";
}

std::string hex_id(std::uint64_t id) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(id));
  return text;
}

}  // namespace siftd
