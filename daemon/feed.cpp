#include "daemon/feed.hpp"

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <utility>
#include <xxhash.h>

#include "base/limits.hpp"
#include "daemon/feed_pace.hpp"
#include "fetchers/fetch_error.hpp"
#include "fetchers/websub.hpp"

namespace siftd {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

std::string polled_url(const FeedConfig& config, const FeedState& state) {
  return state.url.empty() ? config.url.str() : state.url.str();
}

void drop_validators(FeedState& state) {
  state.etag.clear();
  state.last_modified.clear();
  state.validated_url.clear();
  state.body = 0;
}

// All validators come from one and the same answer, but a 304 may leave out what has
// not changed (RFC 9111 4.3.4).
void keep_validators(FeedState& state, const PollOutcome& outcome,
                     const std::string& asked) {
  if (outcome.http_status == 304) {
    if (!outcome.etag.empty()) {
      state.etag = outcome.etag;
    }
    if (!outcome.last_modified.empty()) {
      state.last_modified = outcome.last_modified;
    }
    return;
  }
  state.etag = outcome.etag;
  state.last_modified = outcome.last_modified;
  const bool has_any = !state.etag.empty() || !state.last_modified.empty();
  state.validated_url = has_any && outcome.url != asked ? outcome.url : "";
}

FeedStatusData status_event(const FeedConfig& config, const FeedState& state,
                            FeedStatusData::Status status, std::string reason,
                            WallTime now) {
  FeedStatusData data;
  data.feed = config.name;
  data.url = config.url;
  data.status = status;
  data.reason = std::move(reason);
  data.http_status = state.http_status;
  data.failures = state.failures;
  data.since = state.failing_since == std::chrono::sys_seconds() ? floor<seconds>(now)
                                                                 : state.failing_since;
  return data;
}

// Where the next polls go: to a feed that a page named, or where a lasting redirect
// led, now that a feed was read there.
void take_over_url(const FeedConfig& config, const PollOutcome& outcome, WallTime now,
                   Judgement& judgement) {
  FeedState& state = judgement.state;
  std::string target;
  if (!outcome.found_url.empty()) {
    target = outcome.moved_to.empty() ? outcome.found_url : outcome.moved_to;
    state.is_discovered = true;
  } else if (!outcome.moved_to.empty()) {
    target = outcome.moved_to;
  } else {
    return;
  }
  if (target == polled_url(config, state)) {
    return;
  }
  if (outcome.found_url.empty()) {
    judgement.events.push_back(status_event(config, state, FeedStatusData::Status::moved,
                                            "moved for good to " + target, now));
  }
  state.url = target == config.url ? "" : target;
  state.url_failures = 0;
}

// A hub and the topic to name there; those of the head come first (WebSub 4).
void note_hub(const PollOutcome& outcome, FeedState& state) {
  HubLinks links = read_hub_links(outcome.links, outcome.url);
  if (links.hubs.empty()) {
    links.hubs = outcome.info.hubs;
    links.self = outcome.info.self;
  }
  if (links.hubs.empty() || links.self.empty()) {
    if (outcome.kind == PollOutcome::Kind::parse) {
      state.push = nullptr;
    }
    return;
  }
  if (state.push && state.push->hub == links.hubs.front() &&
      state.push->topic == links.self) {
    return;
  }
  auto push = std::make_shared<Push>();
  push->hub = links.hubs.front();
  push->topic = links.self;
  state.push = std::move(push);
}

void note_success(const FeedConfig& config, const PollOutcome& outcome, WallTime now,
                  Judgement& judgement) {
  FeedState& state = judgement.state;
  if (state.failing_told) {
    judgement.events.push_back(
        status_event(config, state, FeedStatusData::Status::recovered,
                     "answers again after " + std::to_string(state.failures) +
                         (state.failures == 1 ? " failure" : " failures"),
                     now));
  }
  state.failing_told = false;
  state.failing_since = {};
  state.failures = 0;
  state.url_failures = 0;
  state.is_gone = false;
  state.error.clear();
  state.last_success = floor<seconds>(now);
  take_over_url(config, outcome, now, judgement);
  keep_validators(state, outcome, polled_url(config, state));
  note_hub(outcome, state);
  if (outcome.http_status != 304) {
    state.last_whole = floor<seconds>(now);
  }
  const WallTime before = judgement.state.last_poll;
  if (outcome.sitemaps || outcome.kind == PollOutcome::Kind::parse) {
    state.sitemaps = outcome.sitemaps;
  }
  if (outcome.kind == PollOutcome::Kind::parse) {
    judgement.changed = outcome.digest.hash() != state.content;
    state.content = outcome.digest.hash();
    state.body = outcome.body_hash;
    state.skip_hours = outcome.info.skip_hours & 0xffffff;
    state.skip_days = outcome.info.skip_days & 0x7f;
    state.asked_wait_s = asked_wait(outcome.info);
  }
  if (judgement.changed) {
    state.last_change = floor<seconds>(now);
  } else {
    ++state.unchanged;
  }
  state.rhythm.learn(state.polls == 0 ? WallTime() : before, now, judgement.changed,
                     judgement.changed ? outcome.digest.dates()
                                       : std::vector<std::chrono::sys_seconds>());
}

void note_failure(const FeedConfig& config, const PollOutcome& outcome, WallTime now,
                  Judgement& judgement) {
  FeedState& state = judgement.state;
  state.failures = static_cast<std::uint16_t>(std::min(state.failures + 1, 65535));
  if (state.failing_since == std::chrono::sys_seconds()) {
    state.failing_since = floor<seconds>(now);
  }
  state.error = outcome.error.code.message() + ": " + outcome.error.detail;
  if (outcome.http_status == 304) {
    drop_validators(state);  // for a document that the server says we have
  }
  if (!state.url.empty()) {
    const bool is_over = outcome.http_status == 410;
    state.url_failures = static_cast<std::uint8_t>(is_over ? limits::kMovedFailures
                                                           : state.url_failures + 1u);
    if (state.url_failures >= limits::kMovedFailures) {
      state.url.clear();
      state.is_discovered = false;
      state.url_failures = 0;
      drop_validators(state);
    }
  } else if (outcome.http_status == 410) {
    state.is_gone = true;
    judgement.events.push_back(status_event(
        config, state, FeedStatusData::Status::gone,
        "410 Gone: not polled any more; `siftd feeds poll` tries it again", now));
    return;
  }
  if (!state.failing_told && state.failures >= limits::kFailuresToTell) {
    state.failing_told = true;
    judgement.events.push_back(status_event(
        config, state, FeedStatusData::Status::failing, state.error.str(), now));
  }
}

}  // namespace

Access access_for(const FetchConfig& config) {
  Access access;
  if (config.allow_private.all) {
    access.addresses = AddressPolicy::all();
  } else {
    Result<AddressPolicy> policy =
        AddressPolicy::with_networks(config.allow_private.networks);
    if (!policy) {
      throw boost::system::system_error(policy.error().code, policy.error().detail);
    }
    access.addresses = std::move(*policy);
  }
  access.allow_file = config.allow_file;
  access.proxy = config.proxy;
  access.ca_file = config.ca_file.string();
  return access;
}

Request request_for(const FeedConfig& config, const FeedState& state,
                    std::shared_ptr<const Access> access, WallTime now) {
  Request request;
  request.url = polled_url(config, state);
  request.purpose = Purpose::feed;
  if (!wants_whole(config, state, now)) {
    request.etag = state.etag.view();
    request.last_modified = state.last_modified.view();
    request.validated_url = state.validated_url.view();
  }
  request.headers = config.headers;
  request.user_info = config.user_info;
  request.owner_url = config.url;
  request.timeout = config.fetch->timeout;
  request.max_body = config.fetch->max_body;
  request.obey_robots = config.fetch->robots_feeds;
  request.access = std::move(access);
  return request;
}

Request found_request_for(const FeedConfig& config, const std::string& url,
                          std::shared_ptr<const Access> access) {
  Request request = request_for(config, FeedState(), std::move(access), WallTime());
  request.url = url;
  return request;
}

Request article_request_for(const FeedConfig& config, const std::string& url,
                            std::shared_ptr<const Access> access) {
  Request request = found_request_for(config, url, std::move(access));
  request.purpose = Purpose::article;
  request.obey_robots = config.fetch->robots_articles;
  return request;
}

void ItemDigest::add(const Item& item) {
  std::uint64_t one = hash_of(item.id, 1);
  one = one * 31 + hash_of(item.url, 2);
  one = one * 31 + hash_of(item.title, 3);
  one = one * 31 +
        hash_of(item.content_html.empty() ? item.content_text : item.content_html, 4);
  one = one * 31 + hash_of(item.summary, 5);
  // A sum: what feeds reorder has not changed.
  hash_ += one | 1;
  ++count_;
  const auto& date = item.published ? item.published : item.updated;
  if (date && dates_.size() < limits::kRhythmDates) {
    dates_.push_back(*date);
  }
}

void ItemDigest::add(const ItemDigest& other) {
  hash_ += other.hash_;
  count_ += other.count_;
  const std::size_t room =
      limits::kRhythmDates - std::min(limits::kRhythmDates, dates_.size());
  const auto first = other.dates_.begin();
  dates_.insert(dates_.end(), first,
                first + static_cast<std::ptrdiff_t>(std::min(room, other.dates_.size())));
}

void PollOutcome::fail(Error why) {
  kind = Kind::failed;
  error = std::move(why);
}

PollOutcome read_answer(const FeedState& state, const Result<Page>& answer) {
  PollOutcome outcome;
  if (!answer) {
    outcome.fail(answer.error());
    return outcome;
  }
  const Page& page = *answer;
  outcome.http_status = page.status;
  outcome.url = page.url;
  outcome.moved_to = page.moved_to;
  outcome.etag = page.etag;
  outcome.last_modified = page.last_modified;
  outcome.freshness = page.freshness;
  outcome.links = page.links;
  if (page.status == 304) {
    if (state.etag.empty() && state.last_modified.empty()) {
      outcome.fail(fetch_error(FetchErrc::bad_response,
                               "304 Not Modified, though nothing was said to be known"));
    } else {
      outcome.kind = PollOutcome::Kind::unchanged;
    }
    return outcome;
  }
  if (page.status != 200) {
    outcome.fail(fetch_error(FetchErrc::failed,
                             "the server answers " + std::to_string(page.status)));
    return outcome;
  }
  outcome.body_hash = hash_of(page.body, 0);
  outcome.kind = state.body != 0 && outcome.body_hash == state.body
                     ? PollOutcome::Kind::unchanged
                     : PollOutcome::Kind::parse;
  return outcome;
}

HostVerdict judge_host(const PollOutcome& outcome) {
  HostVerdict verdict;
  if (outcome.kind != PollOutcome::Kind::failed) {
    return verdict;
  }
  const auto& wait = outcome.freshness.retry_after;
  const bool has_time = wait && wait->count() > 0;
  verdict.slow_down =
      outcome.http_status == 429 ||
      (has_time && (outcome.http_status == 503 || outcome.http_status == 403));
  verdict.failed = !verdict.slow_down &&
                   (is_host_failure(outcome.error.code) || outcome.http_status >= 500);
  return verdict;
}

Judgement judge(const FeedConfig& config, const FeedState& state,
                const PollOutcome& outcome, WallTime now) {
  Judgement judgement;
  judgement.state = state;
  FeedState& next = judgement.state;
  next.http_status = static_cast<std::uint16_t>(outcome.http_status);
  judgement.ok = outcome.kind != PollOutcome::Kind::failed;
  if (judgement.ok) {
    note_success(config, outcome, now, judgement);
  } else {
    note_failure(config, outcome, now, judgement);
  }
  ++next.polls;
  next.last_poll = now;
  if (next.is_gone) {
    next.why = Why::gone;
    next.next_poll = {};
    return judgement;
  }
  set_next_poll(config, outcome.freshness, outcome.http_status, now, next);
  judgement.next_poll = next.next_poll;
  for (FeedStatusData& event : judgement.events) {
    event.next_poll = floor<seconds>(next.next_poll);
  }
  return judgement;
}

void ask(FeedState& state, WallTime now) {
  state.is_gone = false;
  state.why = Why::asked;
  state.next_poll = now;
  state.held_until = {};
}

void forget_content(FeedState& state) {
  state.etag.clear();
  state.last_modified.clear();
  state.content = 0;
  state.body = 0;
  if (state.sitemaps) {
    auto sitemaps = std::make_shared<std::vector<SitemapState>>(*state.sitemaps);
    for (SitemapState& sitemap : *sitemaps) {
      sitemap.etag.clear();
      sitemap.last_modified.clear();
      sitemap.content = 0;
    }
    state.sitemaps = std::move(sitemaps);
  }
}

std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return {};
  }
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#\\"));
  const std::size_t at = url.rfind('@');
  if (at != std::string_view::npos) {
    url.remove_prefix(at + 1);
  }
  const std::size_t bracket =
      url.starts_with('[') ? url.find(']') : std::string_view::npos;
  if (bracket != std::string_view::npos) {
    url = url.substr(1, bracket - 1);
  } else {
    url = url.substr(0, url.find(':'));
  }
  while (url.ends_with('.')) {
    url.remove_suffix(1);
  }
  std::string host(url);
  std::transform(host.begin(), host.end(), host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return host;
}

}  // namespace siftd
