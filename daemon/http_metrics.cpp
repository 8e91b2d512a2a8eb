#include "daemon/http_metrics.hpp"

#include <array>
#include <cstdio>

#include "base/limits.hpp"
#include "daemon/http_json.hpp"
#include "daemon/text.hpp"

namespace siftd {

namespace {

std::string number(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.10g", value);
  return text.data();
}
std::string number(std::uint64_t value) {
  return std::to_string(value);
}

// {a="x",b="y"} with the values escaped as the format asks: \ " and line ends.
using Label = std::pair<const char*, std::string_view>;
std::string labels(std::initializer_list<Label> pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    out += out.empty() ? "{" : ",";
    out += name;
    out += "=\"";
    for (const char c : printable(value)) {
      out += c == '\\' || c == '"' ? std::string{'\\', c} : std::string{c};
    }
    out += '"';
  }
  return out + "}";
}

class Page {
 public:
  void family(const char* name, const char* type, const char* help) {
    name_ = std::string("siftd_") + name;
    out_ += "# HELP " + name_ + ' ' + help + "\n# TYPE " + name_ + ' ' + type + '\n';
  }
  template <class Number>
  void value(Number value, const std::string& labels_text = "") {
    out_ += name_ + labels_text + ' ' + number(value) + '\n';
  }
  template <class Number>
  void single(const char* name, const char* type, const char* help, Number value_now) {
    family(name, type, help);
    value(value_now);
  }
  void counter(const char* name, const char* help, std::uint64_t count) {
    single(name, "counter", help, count);
  }
  void counter(const char* name, const char* help, const char* label,
               const LabelledCounter& counts) {
    family(name, "counter", help);
    for (const auto& [text, count] : counts.values()) {
      value(count, labels({{label, text}}));
    }
  }
  // One that nothing was put into yet says nothing, and is left out.
  void histogram(const char* name, const char* help, const Histogram& values) {
    if (values.count() == 0) {
      return;
    }
    family(name, "histogram", help);
    for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
      out_ += name_ + "_bucket" + labels({{"le", number(Histogram::kBounds[i])}}) + ' ' +
              number(values.at_most(i)) + '\n';
    }
    out_ += name_ + "_bucket{le=\"+Inf\"} " + number(values.count()) + '\n' + name_ +
            "_sum " + number(values.sum()) + '\n' + name_ + "_count " +
            number(values.count()) + '\n';
  }
  std::string take() { return std::move(out_); }

 private:
  std::string name_;
  std::string out_;
};

void write_daemon(Page& page, const DaemonView& daemon, const Metrics& metrics) {
  page.family("build_info", "gauge", "The version that runs; always 1.");
  page.value(std::uint64_t{1}, labels({{"version", SIFTD_VERSION}}));
  page.single("start_time_seconds", "gauge", "When the daemon started, Unix time.",
              std::chrono::duration<double>(metrics.started.time_since_epoch()).count());
  page.single("live", "gauge", "1: the daemon makes progress, as /healthz.",
              std::uint64_t{daemon.is_live});
  page.single("ready", "gauge", "1: the daemon is ready, as /readyz.",
              std::uint64_t{daemon.is_ready});
  page.counter("reloads_total", "Reloads that were taken over.", metrics.reloads);
  page.counter("reload_failures_total", "Reloads refused because of a faulty file.",
               metrics.failed_reloads);
  page.single("config_ok", "gauge", "0: the last reload found a faulty file.",
              std::uint64_t{daemon.reload_error.empty()});
  page.histogram("loop_lag_seconds", "How late the event loop wakes.", metrics.loop_lag);
}

void write_fetching(Page& page, const Metrics& metrics) {
  page.counter("polls_total", "Polls of feeds by HTTP status; error: no answer came.",
               "status", metrics.polls);
  page.counter("pages_total", "Article pages fetched by HTTP status.", "status",
               metrics.pages);
  page.counter("fetch_errors_total", "Fetches without an answer, by reason.", "reason",
               metrics.fetch_errors);
  page.counter("feed_bytes_total", "Bytes of feeds, decoded.", metrics.feed_bytes);
  page.counter("page_bytes_total", "Bytes of article pages, decoded.",
               metrics.page_bytes);
  page.histogram("poll_seconds", "Time of one poll's transfer.", metrics.poll_seconds);
  page.histogram("page_seconds", "Time of one article page's transfer.",
                 metrics.page_seconds);
  page.histogram("poll_lateness_seconds", "From a poll's due time to its start.",
                 metrics.poll_lateness);
  page.single("transfers", "gauge", "Transfers that run now.",
              static_cast<std::uint64_t>(metrics.transfers));
  page.counter("websub_deliveries_total", "WebSub deliveries by outcome.", "outcome",
               metrics.websub);
}

void write_sifting(Page& page, const Metrics& metrics) {
  page.counter("feeds_parsed_total", "Feeds parsed, by format.", "format",
               metrics.feed_formats);
  page.counter("parse_failures_total", "Answers that were no feed.",
               metrics.parse_failures);
  page.counter("items_total", "Items read from feeds.", metrics.items);
  page.counter("events_total", "Events stored, by type.", "type", metrics.events);
  page.counter("copies_total", "Articles recognised as copies, by kind.", "kind",
               metrics.copies);
  page.counter("passages_removed_total", "Passages cleaned out of articles, by rule.",
               "rule", metrics.removed);
  page.counter("stories_total", "Stories begun.", metrics.stories);
  page.histogram("sift_seconds", "Extracting and cleaning one article.",
                 metrics.sift_seconds);
  page.histogram("publish_delay_seconds",
                 "From the publisher's date to the stored event.", metrics.publish_delay);
  page.family("queue_depth", "gauge", "How many wait now, by queue.");
  for (const auto& [name, depth] : metrics.queues) {
    page.value(static_cast<std::uint64_t>(depth), labels({{"queue", name}}));
  }
}

void write_store(Page& page, const Metrics& metrics, std::uint64_t oldest,
                 std::uint64_t newest) {
  page.histogram("commit_seconds", "From a decision to its durable commit.",
                 metrics.commit_seconds);
  page.single("store_bytes", "gauge", "Size of the database and its log.",
              metrics.store_bytes);
  page.single("journal_oldest", "gauge", "Oldest event kept, by sequence.", oldest);
  page.single("journal_newest", "gauge", "Newest event, by sequence.", newest);
  page.counter("events_dropped_total",
               "Events that retention took before a sink had them.",
               metrics.dropped_by_retention);
}

void write_feeds(Page& page, const std::vector<FeedView>& feeds) {
  std::array<std::uint64_t, 4> counts{};
  for (const auto& feed : feeds) {
    ++counts[static_cast<std::size_t>(feed.health)];
  }
  page.family("feeds", "gauge", "Feeds by health.");
  for (const auto health : {FeedView::Health::waiting, FeedView::Health::healthy,
                            FeedView::Health::failing, FeedView::Health::gone}) {
    page.value(counts[static_cast<std::size_t>(health)],
               labels({{"health", health_name(health)}}));
  }
  const std::size_t shown = std::min(feeds.size(), limits::kMaxFeedMetrics);
  const auto each = [&](const char* name, const char* type, const char* help,
                        const auto& of) {
    page.family(name, type, help);
    for (std::size_t i = 0; i < shown; ++i) {
      page.value(of(feeds[i]), labels({{"feed", feeds[i].name}}));
    }
  };
  each("feed_up", "gauge", "1: the feed's last poll went well.",
       [](const FeedView& feed) {
         return std::uint64_t{feed.health == FeedView::Health::healthy};
       });
  each("feed_failures", "gauge", "Failed polls in a row.",
       [](const FeedView& feed) { return static_cast<std::uint64_t>(feed.failures); });
  each("feed_articles_total", "counter", "New articles of the feed.",
       [](const FeedView& feed) { return feed.articles; });
  each("feed_last_poll_seconds", "gauge",
       "When the feed was last polled, Unix time; 0: never.", [](const FeedView& feed) {
         return feed.last_poll
                    ? static_cast<double>(feed.last_poll->time_since_epoch().count())
                    : 0.0;
       });
}

void write_sinks(Page& page, const std::vector<SinkView>& sinks) {
  const auto each = [&](const char* name, const char* type, const char* help,
                        const auto& of) {
    page.family(name, type, help);
    for (const auto& sink : sinks) {
      page.value(std::uint64_t{of(sink)},
                 labels({{"sink", sink.status.name}, {"type", sink.status.type}}));
    }
  };
  each("sink_up", "gauge", "0: the sink waits for what it writes to.",
       [](const SinkView& sink) { return sink.status.error.empty(); });
  each("sink_lag_events", "gauge", "Events stored that the sink has not delivered.",
       [](const SinkView& sink) { return sink.behind; });
  each("sink_position", "gauge", "Last sequence delivered.",
       [](const SinkView& sink) { return sink.status.position; });
  each("sink_events_total", "counter", "Events delivered.",
       [](const SinkView& sink) { return sink.status.delivered; });
  each("sink_bytes_total", "counter", "Bytes delivered.",
       [](const SinkView& sink) { return sink.status.bytes; });
  each("sink_clients", "gauge", "Clients connected.",
       [](const SinkView& sink) { return sink.status.clients; });
}

}  // namespace

std::string prometheus_text(const DaemonView& daemon, const Metrics& metrics,
                            const std::vector<FeedView>& feeds,
                            const std::vector<SinkView>& sinks, std::uint64_t oldest,
                            std::uint64_t newest) {
  Page page;
  write_daemon(page, daemon, metrics);
  write_fetching(page, metrics);
  write_sifting(page, metrics);
  write_store(page, metrics, oldest, newest);
  write_feeds(page, feeds);
  write_sinks(page, sinks);
  return page.take();
}

}  // namespace siftd
