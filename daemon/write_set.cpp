#include "daemon/write_set.hpp"

#include <cstdio>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>
#include <xxhash.h>

#include "sinks/encode.hpp"

namespace siftd {

namespace {

std::string_view kind_name(CopyKind kind) {
  switch (kind) {
    case CopyKind::exact:
      return "exact";
    case CopyKind::near:
      return "near";
    case CopyKind::contained:
      return "contained";
    case CopyKind::none:
      break;
  }
  return "none";
}

template <class T>
void move_to(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()),
            std::make_move_iterator(from.end()));
}

}  // namespace

void append(WriteSet& writes, const Event& event) {
  NewEvent added;
  added.type = event.type;
  added.id = event.id;
  if (const auto* article = std::get_if<ArticleData>(&event.data)) {
    added.article = article->article;
    added.feed = article->feed;
  } else {
    added.feed = std::get<FeedStatusData>(event.data).feed;
  }
  added.feed_tags = event.feed_tags;
  added.line = encode(event);
  writes.events.push_back(std::move(added));
}

void append(WriteSet& writes, Sifted sifted) {
  if (sifted.event) {
    append(writes, *sifted.event);
  }
  move_to(writes.seen, sifted.seen);
  move_to(writes.articles, sifted.articles);
  move_to(writes.memory, sifted.memory);
  move_to(writes.sites, sifted.sites);
}

Event status_event(const Source& source, FeedStatusData data, std::uint32_t poll,
                   char nth) {
  char id[40];
  std::snprintf(id, sizeof id, "%016llx:%u%c",
                static_cast<unsigned long long>(
                    XXH3_64bits_withSeed(source.url.data(), source.url.size(), 1)),
                poll, nth);
  Event event;
  event.id = id;
  event.type = EventType::feed_status;
  event.source = source.url;
  event.subject = source.url;
  event.time =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  event.feed_tags = source.tags;
  event.data = std::move(data);
  return event;
}

void Tally::count(const Sifted& sifted) {
  const bool is_silent =
      !sifted.event || sifted.event->type == EventType::article_duplicate;
  for (const ArticleRow& row : sifted.articles) {
    if (row.kind != CopyKind::none) {
      ++copies_[std::string(kind_name(row.kind))];
    }
    copy_count_ += is_silent && row.duplicate_of != 0 ? 1U : 0U;
    stories_ += row.story == row.id && row.revision <= 1 ? 1 : 0;
  }
  if (!sifted.event) {
    return;
  }
  const Event& event = *sifted.event;
  ++events_[std::string(to_string(event.type).substr(std::string_view("siftd.").size()))];
  if (event.type == EventType::article_new) {
    ++articles_;
    last_new_ = std::chrono::floor<std::chrono::seconds>(event.time);
    const auto published = std::get<ArticleData>(event.data).published;
    if (published && *published <= event.time) {
      delays_.push_back(event.time - *published);
    }
  }
  if (const auto* data = std::get_if<ArticleData>(&event.data)) {
    for (const Removed& removed : data->removed) {
      ++removed_[removed.rule];
    }
  }
}

void Tally::add_to(PolledFeed& feed, Metrics& metrics) const {
  feed.articles += articles_;
  feed.copies += copy_count_;
  feed.last_new = std::max(feed.last_new, last_new_);
  metrics.stories += stories_;
  for (const std::chrono::duration<double> delay : delays_) {
    metrics.publish_delay.observe(delay);
  }
  for (const auto& [type, count] : events_) {
    metrics.events.add(type, count);
  }
  for (const auto& [kind, count] : copies_) {
    metrics.copies.add(kind, count);
  }
  for (const auto& [rule, count] : removed_) {
    metrics.removed.add(rule, count);
  }
}

}  // namespace siftd
