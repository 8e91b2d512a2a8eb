#include "daemon/subscriptions.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "daemon/journal_log.hpp"
#include "fetchers/websub.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

using std::chrono::seconds;

std::string callback_of(const std::string& public_url, const std::string& key) {
  const bool has_slash = public_url.ends_with('/');
  return public_url + (has_slash ? "websub/" : "/websub/") + key;
}

// Of the callback's query, as the hub wrote it.
std::string value_of(const Subscriptions::Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

// A hub may grant what it likes, but not nothing, and not for ever.
seconds sane_lease(const std::string& text) {
  const long long asked = std::atoll(text.c_str());
  return asked <= 0 ? seconds(limits::kLease)
                    : std::clamp<seconds>(seconds(std::min(asked, 1ll << 31)),
                                          limits::kMinLease, limits::kMaxLease);
}

// A lease must last past the next poll, which is what renews it.
bool is_wanted(const Push& push, WallTime now) {
  return push.until < now + limits::kPushedInterval + limits::kMinLease / 2 &&
         (push.asked == WallTime() || now - push.asked > limits::kSubscribeAgain ||
          now < push.asked);
}

}  // namespace

Subscriptions::Subscriptions(asio::any_io_executor executor, Parts parts,
                             std::string public_url)
    : executor_(executor),
      parts_(parts),
      public_url_(std::move(public_url)),
      tasks_(executor) {}

PolledFeed* Subscriptions::feed_of(std::string_view key) const {
  const auto known = feeds_.find(std::string(key));
  if (known == feeds_.end()) {
    return nullptr;
  }
  PolledFeed* feed = parts_.pipeline.find(known->second);
  const bool is_current =
      feed != nullptr && feed->state.push && feed->state.push->token == key;
  return is_current ? feed : nullptr;
}

void Subscriptions::remember(const PolledFeed& feed) {
  if (feed.state.push && !feed.state.push->token.empty()) {
    feeds_[feed.state.push->token] = feed.config->url;
  }
}

void Subscriptions::renew(PolledFeed& feed) {
  const std::shared_ptr<const Push> push = feed.state.push;
  const WallTime now = wall_now();
  // A hub that is this daemon would have it talk to itself.
  if (!push || public_url_.empty() || push->hub.starts_with(public_url_) ||
      feed.state.failures > 0 || !is_wanted(*push, now)) {
    return;
  }
  auto next = std::make_shared<Push>(*push);
  next->asked = now;
  if (next->token.empty()) {
    next->token = random_token();
    next->secret = random_token();
    next->until = {};
  }
  feed.state.push = std::move(next);
  remember(feed);
  tasks_.spawn(subscribe(feed.config->url.str(), InUse(feed.looks)));
}

asio::awaitable<void> Subscriptions::keep(std::string url) {
  PolledFeed* feed = parts_.pipeline.find(url);
  if (feed != nullptr) {
    co_await parts_.pipeline.record_state(*feed);
  }
}

asio::awaitable<void> Subscriptions::subscribe(std::string url, InUse) {
  // The key is durable before the hub knows it.
  co_await keep(url);
  PolledFeed* feed = parts_.pipeline.find(url);
  if (feed == nullptr || !feed->state.push) {
    co_return;
  }
  SubscribeRequest wanted;
  wanted.hub = feed->state.push->hub;
  wanted.topic = feed->state.push->topic;
  wanted.callback = callback_of(public_url_, feed->state.push->token);
  wanted.secret = feed->state.push->secret;
  wanted.lease = limits::kLease;
  Request request = subscribe_request(wanted, feed->access);
  request.timeout = feed->config->fetch->timeout;
  const std::string hub = wanted.hub;
  const Result<Page> answer = co_await parts_.fetcher.fetch(std::move(request));
  const std::string why = !answer ? answer.error().detail
                          : answer->status / 100 != 2
                              ? "it answers " + std::to_string(answer->status)
                              : std::string();
  if (!why.empty()) {
    log(parts_.logger, LogLevel::info,
        "hub " + hub + " takes no subscription: " + why + "; the feed is polled as usual",
        {{"url", url}, {"hub", hub}});
  }
}

bool Subscriptions::knows(std::string_view key) const {
  return feed_of(key) != nullptr;
}

std::optional<std::string> Subscriptions::verify(const std::string& key,
                                                 const Parameters& query) {
  PolledFeed* feed = feed_of(key);
  if (feed == nullptr) {
    return std::nullopt;
  }
  const Push& push = *feed->state.push;
  if (value_of(query, "hub.topic") != push.topic) {
    return std::nullopt;
  }
  const std::string mode = value_of(query, "hub.mode");
  auto next = std::make_shared<Push>(push);
  if (mode == "denied") {
    next->until = {};
    feed->state.push = std::move(next);
    tasks_.spawn(keep(feed->config->url.str()));
    return std::string();
  }
  std::string challenge = value_of(query, "hub.challenge");
  // Only what was asked for a short while ago is confirmed, and no unsubscription.
  const WallTime now = wall_now();
  if (mode != "subscribe" || challenge.empty() || push.asked == WallTime() ||
      now - push.asked > limits::kSubscribeAgain) {
    return std::nullopt;
  }
  next->until = now + sane_lease(value_of(query, "hub.lease_seconds"));
  feed->state.push = std::move(next);
  tasks_.spawn(keep(feed->config->url.str()));
  return challenge;
}

asio::awaitable<bool> Subscriptions::deliver(std::string key, Parameters headers,
                                             std::string body) {
  PolledFeed* feed = feed_of(key);
  if (feed == nullptr) {
    parts_.metrics.websub.add("unknown");
    co_return false;
  }
  // Some hubs send the old name, some the new one.
  const std::string signature = value_of(headers, "x-hub-signature");
  const std::string other = value_of(headers, "x-hub-signature-256");
  const std::string& secret = feed->state.push->secret;
  if (!is_signed_by(secret, signature, body) && !is_signed_by(secret, other, body)) {
    parts_.metrics.websub.add("bad_signature");
    co_return true;
  }
  parts_.metrics.websub.add("accepted");
  Page page;
  page.url = feed->state.push->topic;
  page.content_type = value_of(headers, "content-type");
  page.body = std::move(body);
  co_await parts_.pipeline.take_push(*feed, std::move(page), InUse(feed->looks));
  co_return true;
}

}  // namespace siftd
