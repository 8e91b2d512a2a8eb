#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <memory>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>
#include <string>
#include <utility>
#include <vector>

#include "daemon/pipeline.hpp"
#include "daemon/recorder.hpp"
#include "daemon/store.hpp"
#include "fetchers/fetch_error.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

namespace siftd::test {

// An internet in memory: what each URL answers, and what was asked.
struct FakeFetcher : Fetcher {
  std::map<std::string, Page> pages;
  std::map<std::string, int> asked;
  std::map<std::string, int> failing;  // times that it is out of reach first
  std::vector<std::string> etags;
  int now = 0;
  int most = 0;

  void serve(const std::string& url, const std::string& body,
             const std::string& type = "application/rss+xml", int status = 200) {
    Page page;
    page.url = url;
    page.status = status;
    page.content_type = type;
    page.body = body;
    page.etag = "\"" + std::to_string(body.size()) + "\"";
    pages[url] = page;
  }

  boost::asio::awaitable<Result<Page>> fetch(Request request) override {
    most = std::max(most, ++now);
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                    std::chrono::milliseconds(1));
    co_await timer.async_wait(boost::asio::use_awaitable);
    --now;
    ++asked[request.url];
    etags.push_back(request.etag);
    if (failing[request.url] > 0) {
      --failing[request.url];
      co_return fetch_error(FetchErrc::timed_out, "no answer");
    }
    const auto found = pages.find(request.url);
    if (found == pages.end()) {
      Page missing;
      missing.url = request.url;
      missing.status = 404;
      co_return missing;
    }
    Page page = found->second;
    if (!request.etag.empty() && request.etag == page.etag) {
      page.status = 304;
      page.body.clear();
    }
    co_return page;
  }
};

// Words that two topics hardly share, so that no two articles look like copies.
inline std::string sentence(const std::string& topic, int n) {
  static const std::vector<std::string> words = {
      "amber",  "bridge", "copper", "dawn",   "engine",   "ferry",  "garden",  "harvest",
      "island", "jacket", "kettle", "ladder", "market",   "needle", "orchard", "pier",
      "quarry", "river",  "saddle", "tunnel", "umbrella", "valley", "wagon",   "yard"};
  std::size_t state =
      std::hash<std::string>{}(topic) + static_cast<std::size_t>(n) * 7919;
  std::string text = "The " + topic;
  for (int i = 0; i < 14; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    text += " " + words[(state >> 33) % words.size()];
  }
  return text + " " + std::to_string(n) + ".";
}

inline std::string paragraphs(const std::string& topic) {
  std::string html;
  for (int i = 1; i < 7; ++i) {
    html += "<p>" + sentence(topic, i) + " " + sentence(topic + "berg", i + 20) + "</p>";
  }
  return html;
}

inline std::string item(const std::string& topic, bool is_full) {
  const std::string url = "https://example.org/" + topic + ".html";
  return "<item><title>" + topic + " counts its visitors</title><link>" + url +
         "</link><guid isPermaLink=\"false\">" + topic + "</guid><description>" +
         (is_full ? "" : sentence(topic, 1).substr(0, 50) + " [...]") + "</description>" +
         (is_full
              ? "<content:encoded><![CDATA[" + paragraphs(topic) + "]]></content:encoded>"
              : "") +
         "</item>";
}

inline std::string rss(const std::vector<std::string>& items) {
  std::string feed =
      "<?xml version=\"1.0\"?><rss version=\"2.0\" "
      "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>"
      "<title>Example</title><link>https://example.org/</link>";
  for (const std::string& one : items) {
    feed += one;
  }
  return feed + "</channel></rss>";
}

inline std::string page(const std::string& topic) {
  return "<html><head><title>" + topic +
         "</title></head><body><nav><a href=/>Home</a></nav>" + "<article><h1>" + topic +
         " counts its visitors</h1>" + paragraphs(topic) +
         "</article><footer>All rights reserved</footer></body></html>";
}

struct World {
  TemporaryDirectory state;
  FakeFetcher fetcher;
  Metrics metrics;
  spdlog::logger logger{"test", std::make_shared<spdlog::sinks::null_sink_mt>()};

  // One life of a daemon that polls each feed once; the events it recorded.
  std::vector<std::string> once(std::vector<FeedConfig> feeds) {
    boost::asio::io_context io(1);
    Store store(state.path());
    WorkerPool pool(2);
    Recorder recorder(io.get_executor(), store);
    Sifter sifter({}, store);
    store.each_memory([&](MemoryRow row) { sifter.restore(row); });
    Pipeline pipeline(io.get_executor(),
                      {fetcher, pool, recorder, sifter, metrics, logger}, {true, 8});
    for (FeedConfig& config : feeds) {
      auto feed = std::make_unique<PolledFeed>();
      store.feed_states({config.url.view()}, [&](std::size_t, std::string_view blob) {
        feed->state = decode(blob).value_or(FeedState{});
      });
      feed->config = Shared<FeedConfig>(std::move(config));
      pipeline.start(std::move(feed));
    }
    const std::uint64_t before = recorder.journal().newest();
    std::exception_ptr failure;
    boost::asio::co_spawn(io, pipeline.run(),
                          [&](std::exception_ptr why) { failure = why; });
    io.run();  // returns by itself
    REQUIRE_FALSE(failure);
    failed = pipeline.failed();
    return read(io, recorder.journal(), before);
  }

  std::vector<std::string> read(boost::asio::io_context& io, Journal& journal,
                                std::uint64_t after) {
    std::vector<std::string> lines;
    io.restart();
    boost::asio::co_spawn(io, read_all(journal, after, lines),
                          [](std::exception_ptr why) {
                            if (why) {
                              std::rethrow_exception(why);
                            }
                          });
    io.run();
    return lines;
  }

  static boost::asio::awaitable<void> read_all(Journal& journal, std::uint64_t after,
                                               std::vector<std::string>& lines) {
    while (after < journal.newest()) {
      Result<EventBatch> batch = co_await journal.read(after + 1, 1 << 20);
      for (const StoredEvent& event : *batch.value()) {
        lines.push_back(event.line);
        after = event.sequence;
      }
    }
  }

  std::size_t failed = 0;
};

inline FeedConfig feed(const std::string& url) {
  FeedConfig config;
  config.url = url;
  config.name = url.substr(url.rfind('/') + 1);
  return config;
}

inline bool has(const std::vector<std::string>& lines, std::size_t i,
                const std::string& text) {
  return i < lines.size() && lines[i].find(text) != std::string::npos;
}

inline constexpr const char* kFeed = "https://example.org/feed";

}  // namespace siftd::test
