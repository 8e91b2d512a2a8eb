#include "daemon/http_routes.hpp"

#include <algorithm>
#include <cctype>

#include "base/limits.hpp"
#include "daemon/http_metrics.hpp"
#include "daemon/web.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kFeedsPath = "/api/feeds/";
constexpr std::string_view kSinksPath = "/api/sinks/";
constexpr std::string_view kArticlesPath = "/api/articles/";
constexpr std::string_view kWebSubPath = "/websub/";
constexpr std::string_view kOpmlPath = "/api/feeds.opml";

HttpReply json_reply(std::string body) {
  HttpReply reply;
  reply.body = std::move(body);
  return reply;
}

HttpReply text_reply(std::string_view type, std::string body) {
  HttpReply reply;
  reply.content_type = type;
  reply.body = std::move(body);
  return reply;
}

HttpReply failure(const Error& error) {
  const auto is = [&](OperationErrc code) {
    return error.code == make_error_code(code);
  };
  const int status = is(OperationErrc::not_found)     ? 404
                     : is(OperationErrc::exists)      ? 409
                     : is(OperationErrc::invalid)     ? 400
                     : is(OperationErrc::unavailable) ? 503
                                                      : 500;
  return http_error(status, error.detail.empty() ? error.code.message() : error.detail);
}

HttpReply outcome(const std::optional<Error>& error) {
  return error ? failure(*error) : json_reply(json_ok());
}

HttpReply not_allowed(const char* methods) {
  HttpReply reply = http_error(405, std::string("this path takes ") + methods);
  reply.headers.emplace_back("Allow", methods);
  return reply;
}

HttpReply web_reply(const WebFile& file, const HttpRequest& request) {
  HttpReply reply;
  reply.content_type = file.content_type;
  reply.headers.emplace_back("ETag", file.etag);
  reply.headers.emplace_back("Cache-Control", "no-cache");
  if (request.header("if-none-match") == file.etag) {
    reply.status = 304;
  } else {
    reply.body = file.body;
  }
  return reply;
}

// What stands between a prefix and a suffix, decoded. Feeds' names hold slashes,
// so all of the middle is the name.
std::string middle(std::string_view path, std::string_view prefix,
                   std::string_view suffix) {
  path.remove_prefix(prefix.size());
  path.remove_suffix(suffix.size());
  return percent_decoded(path, false).value_or("");
}

// How many rows were asked for; `most` when too many or no number.
std::size_t row_limit(const HttpRequest& request, std::size_t usual) {
  const auto asked = request.parameter("limit");
  const auto number = number_of(asked);
  return asked.empty()
             ? usual
             : std::clamp<std::size_t>(number.value_or(usual), 1, limits::kMaxHttpRows);
}

bool holds(std::string_view text, std::string_view part) {
  const auto same = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) !=
         text.end();
}

// Those in trouble first, then by name: what an operator looks for.
bool comes_first(const FeedView& a, const FeedView& b) {
  const auto rank = [](const FeedView& feed) {
    switch (feed.health) {
      case FeedView::Health::failing:
        return 0;
      case FeedView::Health::gone:
        return 1;
      case FeedView::Health::waiting:
        return 2;
      case FeedView::Health::healthy:
        break;
    }
    return 3;
  };
  return rank(a) != rank(b) ? rank(a) < rank(b) : a.name < b.name;
}

bool is_feed_change(const HttpRequest& request) {
  return request.path == "/api/feeds" || request.path.starts_with(kFeedsPath);
}

}  // namespace

std::size_t HttpRoutes::body_limit(const HttpRequest& request) const {
  if (request.method != "POST") {
    return 0;
  }
  if (request.path.starts_with(kWebSubPath)) {
    const auto key = std::string_view(request.path).substr(kWebSubPath.size());
    return operations_.websub_knows(key) ? limits::kMaxHttpBody : 0;
  }
  return request.path == kOpmlPath ? limits::kMaxHttpBody : limits::kMaxHttpSmallBody;
}

void HttpRoutes::sample() {
  samples_.push_back(sample_of(operations_.metrics()));
  if (samples_.size() > limits::kHttpSamples + 1) {
    samples_.pop_front();
  }
}

asio::awaitable<HttpReply> HttpRoutes::answer(HttpRequest request) {
  if (request.path.starts_with(kWebSubPath)) {
    co_return co_await websub(std::move(request));
  }
  if (request.method == "GET") {
    if (const WebFile* file = find_web_file(request.path)) {
      co_return web_reply(*file, request);
    }
    if (request.path.starts_with("/api/")) {
      co_return co_await get_api(std::move(request));
    }
    co_return get_plain(request);
  }
  if (request.path == kOpmlPath && request.method == "POST") {
    co_return co_await import_opml(std::move(request));
  }
  if (is_feed_change(request)) {
    co_return co_await change_feed(std::move(request));
  }
  if (request.path.starts_with(kSinksPath) && request.path.ends_with("/replay")) {
    co_return co_await replay(std::move(request));
  }
  co_return not_allowed("GET");
}

HttpReply HttpRoutes::get_plain(const HttpRequest& request) const {
  if (request.path == "/metrics") {
    return text_reply(
        "text/plain; version=0.0.4; charset=utf-8",
        prometheus_text(operations_.daemon(), operations_.metrics(), operations_.feeds(),
                        operations_.sinks(), journal_.oldest(), journal_.newest()));
  }
  if (request.path == "/healthz" || request.path == "/readyz") {
    const DaemonView daemon = operations_.daemon();
    const bool well = request.path == "/healthz" ? daemon.is_live : daemon.is_ready;
    HttpReply reply = json_reply(json_health(daemon, well));
    reply.status = well ? 200 : 503;
    return reply;
  }
  return http_error(404, "there is nothing here; / is the status page");
}

asio::awaitable<HttpReply> HttpRoutes::get_api(HttpRequest request) {
  if (request.path == "/api/status") {
    const std::vector<Sample> samples(samples_.begin(), samples_.end());
    co_return json_reply(json_status(operations_.daemon(), operations_.metrics(),
                                     operations_.feeds(), operations_.sinks(),
                                     journal_.oldest(), journal_.newest(), samples,
                                     limits::kHttpSampleTime));
  }
  if (request.path == "/api/feeds" || request.path.starts_with(kFeedsPath)) {
    co_return get_feeds(request);
  }
  if (request.path == kOpmlPath) {
    co_return text_reply("text/x-opml; charset=utf-8", operations_.export_opml());
  }
  if (request.path == "/api/sinks") {
    co_return json_reply(json_sinks(operations_.sinks()));
  }
  if (request.path == "/api/articles" || request.path.starts_with(kArticlesPath)) {
    co_return co_await get_articles(std::move(request));
  }
  if (request.path == "/api/stories") {
    auto stories = co_await operations_.stories(row_limit(request, 50));
    co_return stories ? json_reply(json_stories(*stories)) : failure(stories.error());
  }
  if (request.path == "/api/why") {
    auto why = co_await operations_.why(std::string(request.parameter("url")));
    co_return why ? json_reply(json_why(*why)) : failure(why.error());
  }
  co_return http_error(404, "there is no such part of the API; see /api/openapi.json");
}

HttpReply HttpRoutes::get_feeds(const HttpRequest& request) const {
  std::vector<FeedView> feeds = operations_.feeds();
  if (request.path != "/api/feeds") {
    const std::string name = middle(request.path, kFeedsPath, "");
    for (const auto& feed : feeds) {
      if (feed.name == name || feed.url == name) {
        return json_reply(json_feed(feed));
      }
    }
    return http_error(404, "no feed has this name or URL");
  }
  const std::string_view words = request.parameter("q");
  const std::string_view health = request.parameter("health");
  std::erase_if(feeds, [&](const FeedView& feed) {
    const bool is_named =
        holds(feed.name, words) || holds(feed.url, words) || holds(feed.title, words);
    return !is_named || (!health.empty() && health_name(feed.health) != health);
  });
  std::sort(feeds.begin(), feeds.end(), comes_first);
  const std::size_t total = feeds.size();
  if (!request.parameter("limit").empty()) {
    const std::size_t offset =
        std::min<std::size_t>(number_of(request.parameter("offset")).value_or(0), total);
    feeds.erase(feeds.begin(), feeds.begin() + static_cast<std::ptrdiff_t>(offset));
    feeds.resize(std::min(feeds.size(), row_limit(request, limits::kMaxHttpRows)));
  }
  return json_reply(json_feeds(feeds, total));
}

asio::awaitable<HttpReply> HttpRoutes::get_articles(HttpRequest request) {
  if (request.path != "/api/articles") {
    auto detail = co_await operations_.article(middle(request.path, kArticlesPath, ""));
    co_return detail ? json_reply(json_article(*detail)) : failure(detail.error());
  }
  ArticleQuery query;
  query.text = request.parameter("q");
  query.feed = request.parameter("feed");
  query.after = request.parameter("after");
  query.copies = request.parameter("copies") != "no";
  query.limit = row_limit(request, 50);
  const std::string story(request.parameter("story"));
  if (!story.empty()) {
    const bool is_id =
        story.size() <= 16 && std::all_of(story.begin(), story.end(), [](char c) {
          return std::isxdigit(static_cast<unsigned char>(c)) != 0;
        });
    if (!is_id) {
      co_return http_error(400, "story: not the id of a story (16 hex digits)");
    }
    query.story = std::stoull(story, nullptr, 16);
  }
  auto page = co_await operations_.articles(std::move(query));
  co_return page ? json_reply(json_articles(*page)) : failure(page.error());
}

asio::awaitable<HttpReply> HttpRoutes::change_feed(HttpRequest request) {
  if (request.path == "/api/feeds") {
    if (request.method != "POST") {
      co_return not_allowed("GET, POST");
    }
    co_return co_await add_feed(std::move(request));
  }
  if (request.method == "DELETE") {
    auto error = co_await operations_.remove_feed(middle(request.path, kFeedsPath, ""));
    co_return outcome(error);
  }
  if (request.method == "POST" && request.path.ends_with("/poll") &&
      request.path.size() > kFeedsPath.size() + 5) {
    auto error =
        co_await operations_.poll_feed(middle(request.path, kFeedsPath, "/poll"));
    co_return outcome(error);
  }
  co_return not_allowed("GET, DELETE, and POST to …/poll");
}

asio::awaitable<HttpReply> HttpRoutes::add_feed(HttpRequest request) {
  auto feed = new_feed_of(request.body);
  if (!feed) {
    co_return failure(feed.error());
  }
  auto added = co_await operations_.add_feed(std::move(*feed));
  if (!added) {
    co_return failure(added.error());
  }
  HttpReply reply = json_reply(json_feed(*added));
  reply.status = 201;
  co_return reply;
}

asio::awaitable<HttpReply> HttpRoutes::import_opml(HttpRequest request) {
  auto report = co_await operations_.import_opml(std::move(request.body));
  co_return report ? json_reply(json_import(*report)) : failure(report.error());
}

asio::awaitable<HttpReply> HttpRoutes::replay(HttpRequest request) {
  if (request.method != "POST") {
    co_return not_allowed("POST");
  }
  auto from = replay_start_of(request.body);
  if (!from) {
    co_return failure(from.error());
  }
  std::string sink = middle(request.path, kSinksPath, "/replay");
  auto error = co_await operations_.replay(std::move(sink), *from);
  co_return outcome(error);
}

asio::awaitable<HttpReply> HttpRoutes::websub(HttpRequest request) {
  std::string key = request.path.substr(kWebSubPath.size());
  if (!operations_.websub_knows(key)) {
    co_return http_error(404, "no subscription has this address");
  }
  if (request.method == "GET") {
    const auto challenge =
        operations_.websub_verify(std::move(key), std::move(request.query));
    co_return challenge ? text_reply("text/plain; charset=utf-8", *challenge)
                        : http_error(404, "this subscription was not asked for");
  }
  if (request.method != "POST") {
    co_return not_allowed("GET, POST");
  }
  const bool taken = co_await operations_.websub_deliver(
      std::move(key), std::move(request.headers), std::move(request.body));
  // A hub is told that it was taken even when it was not believed, as the
  // specification asks (section 8): it must not learn to guess secrets.
  HttpReply reply = taken ? json_reply("") : http_error(410, "no longer subscribed");
  reply.status = taken ? 202 : 410;
  co_return reply;
}

}  // namespace siftd
