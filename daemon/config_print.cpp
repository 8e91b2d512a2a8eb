// Writes a Config as TOML that load_config() would read again, but for secrets.
#include <string>
#include <string_view>

#include "daemon/config.hpp"
#include "daemon/config_values.hpp"

namespace siftd {
namespace {

constexpr std::string_view kMask = "********";

std::string number(double value) {
  std::string text = std::to_string(value);
  while (text.ends_with('0') && !text.ends_with(".0")) {
    text.pop_back();
  }
  return text;
}

// A TOML basic string.
std::string text(std::string_view value) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      result += "\\u00";
      result += kHex[byte >> 4];
      result += kHex[byte & 15];
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string text(const std::vector<std::string>& values) {
  std::string result = "[";
  for (const std::string& value : values) {
    result += (result.size() > 1 ? ", " : "") + text(value);
  }
  return result + "]";
}

std::string masked(const std::string& secret) {
  return text(secret.empty() ? "" : kMask);
}

std::string octal(std::uint32_t mode) {
  std::string digits = "0000";
  for (std::size_t i = 4; i-- > 0; mode /= 8) {
    digits[i] = static_cast<char>('0' + mode % 8);
  }
  return digits;
}

std::string_view word(bool value) {
  return value ? "true" : "false";
}

class Printer {
 public:
  void line(std::string_view key, std::string_view value) {
    out += key;
    out += " = ";
    out += value;
    out += '\n';
  }
  void heading(std::string_view name) {
    out += out.empty() ? "" : "\n";
    out += name;
    out += '\n';
  }

  std::string out;
};

std::string allowed(const PrivateNetworks& networks) {
  return networks.networks.empty() ? std::string(word(networks.all))
                                   : text(networks.networks);
}

std::string_view full_text(FullText value) {
  return value == FullText::always  ? "\"always\""
         : value == FullText::never ? "\"never\""
                                    : "\"auto\"";
}

// The settings of `fetch` that `defaults` does not have; all without it.
void print_fetch(Printer& to, const FetchConfig& fetch, const FetchConfig* defaults) {
  const auto line = [&](std::string_view key, std::string_view value, bool same) {
    if (!defaults || !same) {
      to.line(key, value);
    }
  };
  const FetchConfig& d = defaults ? *defaults : fetch;
  const auto time = [](std::chrono::milliseconds t) {
    return text(format_duration(t));
  };
  line("interval", time(fetch.interval), fetch.interval == d.interval);
  line("min_interval", time(fetch.min_interval), fetch.min_interval == d.min_interval);
  line("max_interval", time(fetch.max_interval), fetch.max_interval == d.max_interval);
  line("timeout", time(fetch.timeout), fetch.timeout == d.timeout);
  line("max_body", text(format_size(fetch.max_body)), fetch.max_body == d.max_body);
  line("concurrency", std::to_string(fetch.concurrency),
       fetch.concurrency == d.concurrency);
  line("per_host", std::to_string(fetch.per_host), fetch.per_host == d.per_host);
  line("max_backlog", std::to_string(fetch.max_backlog),
       fetch.max_backlog == d.max_backlog);
  line("full_text", full_text(fetch.full_text), fetch.full_text == d.full_text);
  line("allow_private", allowed(fetch.allow_private),
       fetch.allow_private == d.allow_private);
  line("allow_file", word(fetch.allow_file), fetch.allow_file == d.allow_file);
  line("ca_file", text(fetch.ca_file.string()), fetch.ca_file == d.ca_file);
  line("proxy", text(fetch.proxy), fetch.proxy == d.proxy);
  line("robots_articles", word(fetch.robots_articles),
       fetch.robots_articles == d.robots_articles);
  line("robots_feeds", word(fetch.robots_feeds), fetch.robots_feeds == d.robots_feeds);
  line("look_again", word(fetch.look_again), fetch.look_again == d.look_again);
}

// "https://" + "********@" + the rest: that there is a password, not which.
std::string masked_url(const FeedConfig& feed) {
  std::string url = feed.url.str();
  if (!feed.user_info.empty()) {
    url.insert(url.find("://") + 3, std::string(kMask) + "@");
  }
  return url;
}

void print_feed(Printer& to, const FeedConfig& feed, const FetchConfig& defaults) {
  to.heading("[[feed]]  # " + feed.origin());
  to.line("url", text(masked_url(feed)));
  to.line("name", text(feed.name));
  if (!feed.tags.empty()) {
    to.line("tags", text(feed.tags));
  }
  if (!feed.headers.empty()) {
    std::string headers;
    for (const auto& [name, value] : feed.headers) {
      headers += (headers.empty() ? "{ " : ", ") + text(name) + " = " + text(kMask);
    }
    to.line("headers", headers + " }");
  }
  print_fetch(to, *feed.fetch, &defaults);
}

void print_file_keys(Printer& to, const SinkConfig& sink) {
  to.line("path", text(sink.path.string()));
  if (sink.rotate) {
    const RotateConfig& rotate = *sink.rotate;
    std::string keys = "keep = " + std::to_string(rotate.keep);
    if (rotate.size > 0) {
      keys += ", size = " + text(format_size(rotate.size));
    }
    if (rotate.every.count() > 0) {
      keys += ", every = " + text(format_duration(rotate.every));
    }
    if (!rotate.compress.empty()) {
      keys += ", compress = " + text(rotate.compress);
    }
    to.line("rotate", "{ " + keys + " }");
  }
  using Sync = SinkConfig::Sync;
  to.line("sync", text(sink.sync == Sync::always  ? "always"
                       : sink.sync == Sync::never ? "never"
                                                  : format_duration(sink.sync_every)));
}

void print_socket_keys(Printer& to, const SinkConfig& sink) {
  if (!sink.listen.empty()) {
    to.line("listen", text(sink.listen));
  } else {
    to.line("connect", text(sink.connect));
  }
  to.line("queue", text(format_size(sink.queue)));
  if (!sink.tls_cert.empty()) {
    std::string keys = "cert = " + text(sink.tls_cert.string()) +
                       ", key = " + text(sink.tls_key.string());
    if (!sink.tls_client_ca.empty()) {
      keys += ", client_ca = " + text(sink.tls_client_ca.string());
    }
    to.line("tls", "{ " + keys + " }");
  }
}

void print_sink(Printer& to, const SinkConfig& sink) {
  to.heading("[[sink]]");
  to.line("type", text(sink.type));
  to.line("name", text(sink.name));
  if (sink.type == "file") {
    print_file_keys(to, sink);
  } else if (sink.type == "socket") {
    print_socket_keys(to, sink);
  } else if (sink.type == "http") {
    to.line("url", text(sink.url));
    to.line("secret", masked(sink.secret));
  } else {
    to.line("command", text(sink.command));
  }
  if (!sink.group.empty()) {
    to.line("group", text(sink.group));
  }
  if (sink.mode != 0) {
    to.line("mode", text(octal(sink.mode)));
  }
  if (!sink.types.empty()) {
    std::vector<std::string> names;
    for (const EventType type : sink.types) {
      names.emplace_back(to_string(type));
    }
    to.line("types", text(names));
  }
  if (!sink.feeds.empty()) {
    to.line("feeds", text(sink.feeds));
  }
}

void print_sections(Printer& to, const Config& config) {
  to.heading("[http]");
  to.line("listen", text(config.http.listen));
  to.line("token", masked(config.http.token));
  to.line("public_url", text(config.http.public_url));
  to.heading("[fetch]");
  print_fetch(to, *config.fetch, nullptr);
  to.heading("[clean]");
  to.line("learn", word(config.clean.learn));
  to.line("rules", text(config.clean.rules));
  to.heading("[dedup]");
  to.line("threshold", number(config.dedup.threshold));
  to.line("window", text(format_duration(config.dedup.window)));
  to.line("action", text(config.dedup.mark ? "mark" : "drop"));
  to.heading("[store]");
  to.line("retention", "{ age = " + text(format_duration(config.store.retention_age)) +
                           ", size = " + text(format_size(config.store.retention_size)) +
                           " }");
}

}  // namespace

std::string print_config(const Config& config) {
  Printer to;
  to.line("state_dir", text(config.state_dir.string()));
  to.line("user_agent", text(config.user_agent));
  to.line("log", "{ level = " + text(config.log.level) +
                     ", format = " + text(config.log.format) + " }");
  print_sections(to, config);
  for (const Shared<FeedConfig>& feed : config.feeds) {
    print_feed(to, *feed, *config.fetch);
  }
  for (const SinkConfig& sink : config.sinks) {
    print_sink(to, sink);
  }
  return to.out;
}

}  // namespace siftd
