// FeedState to bytes and back: a version, the fields in order, a checksum.
#include <cstring>
#include <type_traits>
#include <xxhash.h>

#include "daemon/feed.hpp"

namespace siftd {
namespace {

// 1 had no sitemaps; it is still read.
constexpr char kVersion = 2;
constexpr std::size_t kUsualBytes = 320;

class Writer {
 public:
  Writer() { out_.reserve(kUsualBytes); }

  template <class T>
  void number(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof bytes);
  }
  void text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    out_.append(value);
  }
  void time(WallTime value) { number(value.time_since_epoch().count()); }
  void time(std::chrono::sys_seconds value) { number(value.time_since_epoch().count()); }
  std::string finish() {
    number(static_cast<std::uint32_t>(XXH3_64bits(out_.data(), out_.size())));
    return std::move(out_);
  }

 private:
  std::string out_;
};

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}
  template <class T>
  void number(T& value) {
    if (in_.size() < sizeof value) {
      is_short_ = true;
      in_ = {};
      return;
    }
    std::memcpy(&value, in_.data(), sizeof value);
    in_.remove_prefix(sizeof value);
  }
  template <class Text>
  void text(Text& value) {
    std::uint32_t size = 0;
    number(size);
    if (in_.size() < size) {
      is_short_ = true;
      in_ = {};
      return;
    }
    value = in_.substr(0, size);
    in_.remove_prefix(size);
  }
  void time(WallTime& value) {
    WallTime::rep count = 0;
    number(count);
    value = WallTime(WallTime::duration(count));
  }
  void time(std::chrono::sys_seconds& value) {
    std::chrono::seconds::rep count = 0;
    number(count);
    value = std::chrono::sys_seconds(std::chrono::seconds(count));
  }
  bool is_done() const { return !is_short_ && in_.empty(); }

 private:
  std::string_view in_;
  bool is_short_ = false;
};

// The same for both ways, so that they cannot drift apart.
template <class Archive, class State>
void fields(Archive& archive, State& state) {
  archive.text(state.url);
  archive.text(state.etag);
  archive.text(state.last_modified);
  archive.text(state.validated_url);
  archive.text(state.error);
  archive.time(state.next_poll);
  archive.time(state.last_poll);
  archive.time(state.held_until);
  archive.time(state.last_success);
  archive.time(state.last_change);
  archive.time(state.last_whole);
  archive.time(state.failing_since);
  archive.number(state.content);
  archive.number(state.body);
  archive.number(state.polls);
  archive.number(state.unchanged);
  archive.number(state.skip_hours);
  archive.number(state.asked_wait_s);
  archive.number(state.failures);
  archive.number(state.http_status);
  archive.number(state.skip_days);
  archive.number(state.url_failures);
  archive.number(state.is_discovered);
  archive.number(state.is_gone);
  archive.number(state.failing_told);
  archive.number(state.why);
  archive.number(state.rhythm);
}

template <class Archive, class Subscription>
void push_fields(Archive& archive, Subscription& push) {
  archive.text(push.hub);
  archive.text(push.topic);
  archive.text(push.token);
  archive.text(push.secret);
  archive.time(push.asked);
  archive.time(push.until);
  archive.number(push.missed);
}

template <class Archive, class Sitemap>
void sitemap_fields(Archive& archive, Sitemap& sitemap) {
  archive.text(sitemap.url);
  archive.text(sitemap.etag);
  archive.text(sitemap.last_modified);
  archive.number(sitemap.content);
  archive.time(sitemap.last_whole);
  archive.number(sitemap.is_failing);
}

}  // namespace

std::string encode(const FeedState& state) {
  Writer writer;
  writer.number(kVersion);
  fields(writer, state);
  writer.number(state.push != nullptr);
  if (state.push) {
    push_fields(writer, *state.push);
  }
  writer.number(static_cast<std::uint8_t>(state.sitemaps ? state.sitemaps->size() : 0));
  if (state.sitemaps) {
    for (const SitemapState& sitemap : *state.sitemaps) {
      sitemap_fields(writer, sitemap);
    }
  }
  return writer.finish();
}

std::optional<FeedState> decode(std::string_view blob) {
  constexpr std::size_t kSum = sizeof(std::uint32_t);
  if (blob.size() < 1 + kSum || blob[0] < 1 || blob[0] > kVersion) {
    return std::nullopt;
  }
  const std::string_view data = blob.substr(0, blob.size() - kSum);
  std::uint32_t sum = 0;
  std::memcpy(&sum, blob.data() + data.size(), kSum);
  if (sum != static_cast<std::uint32_t>(XXH3_64bits(data.data(), data.size()))) {
    return std::nullopt;
  }
  Reader reader(data.substr(1));
  FeedState state;
  fields(reader, state);
  bool has_push = false;
  reader.number(has_push);
  if (has_push) {
    Push push;
    push_fields(reader, push);
    state.push = std::make_shared<const Push>(std::move(push));
  }
  std::uint8_t sitemap_count = 0;
  if (blob[0] >= 2) {
    reader.number(sitemap_count);
  }
  if (sitemap_count > 0) {
    auto sitemaps = std::make_shared<std::vector<SitemapState>>(sitemap_count);
    for (SitemapState& sitemap : *sitemaps) {
      sitemap_fields(reader, sitemap);
    }
    state.sitemaps = std::move(sitemaps);
  }
  return reader.is_done() ? std::optional(std::move(state)) : std::nullopt;
}

}  // namespace siftd
