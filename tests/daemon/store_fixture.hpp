#pragma once

#include <filesystem>
#include <string>

#include "daemon/store.hpp"
#include "sinks/encode.hpp"
#include "tests/temporary_directory.hpp"

namespace siftd {

// An event as the pipeline makes it, about `article`.
inline NewEvent new_event(std::uint64_t article, std::size_t size = 0) {
  ArticleData data;
  data.id = "guid-" + std::to_string(article);
  data.title = "Article " + std::to_string(article);
  data.content_text = std::string(size, 'x');
  data.feed = "example";
  data.article = article;
  Event event;
  event.id = std::to_string(article) + ":1";
  event.source = "https://example.org/rss.xml";
  event.subject = data.id;
  event.data = data;
  NewEvent row;
  row.id = event.id;
  row.article = article;
  row.feed = data.feed;
  row.feed_tags = {"world", "news"};
  row.line = encode(event);
  return row;
}

inline WriteSet event_writes(std::uint64_t article, std::size_t size = 0) {
  WriteSet writes;
  ArticleRow row;
  row.id = article;
  row.guid = "guid-" + std::to_string(article);
  row.text = std::string(size, 'x');
  writes.articles.push_back(row);
  SeenRow seen;
  seen.key = article;
  seen.article = article;
  writes.seen.push_back(seen);
  writes.events.push_back(new_event(article, size));
  return writes;
}

inline void store(Store& store, WriteSet writes) {
  store.begin();
  store.apply(writes);
  store.commit();
}

}  // namespace siftd
