#include "fetchers/curl_fetcher.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <curl/curl.h>
#include <deque>
#include <map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "fetchers/curl_multi.hpp"
#include "fetchers/exchange.hpp"
#include "fetchers/fetch_error.hpp"
#include "fetchers/file_fetcher.hpp"
#include "fetchers/redirects.hpp"
#include "fetchers/robots_cache.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

std::string_view accept_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::feed:
      return "application/atom+xml, application/rss+xml, application/feed+json, "
             "application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, "
             "application/json;q=0.8, text/html;q=0.5, */*;q=0.1";
    case Purpose::article:
      return "text/html, application/xhtml+xml, */*;q=0.1";
    case Purpose::robots:
      return "text/plain, */*;q=0.1";
    case Purpose::hub:
    case Purpose::webhook:
      return "*/*";
  }
  return "*/*";
}

// curl_global_init() is not safe beside other threads of other libraries; the first
// fetcher is made before any.
void init_curl() {
  // A peer that is gone is an error of its transfer; OpenSSL writes without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  static const bool done = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  static_cast<void>(done);
}

std::string base64(std::string_view text) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((text.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < text.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 |
             (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k > text.size() ? '=' : kDigits[bits >> (18 - 6 * k) & 63u];
    }
  }
  return out;
}

bool is_safe_header(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

}  // namespace

struct CurlFetcher::Engine : Exchange::Company {
  Engine(const asio::any_io_executor& loop, Options with)
      : options(std::move(with)),
        executor(loop),
        multi(loop, options.concurrency),
        robots(loop, [this](Request request) { return follow(std::move(request)); }) {}
  ~Engine() override {
    for (CURL* easy : idle) {
      curl_easy_cleanup(easy);
    }
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // The right to one transfer and a handle for it; given back when it goes.
  struct Ticket {
    explicit Ticket(Engine& its) : engine(&its) {}
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket();
    Engine* engine;
    CURL* easy = nullptr;
  };

  asio::awaitable<void> admit(Ticket& ticket);
  Result<Trust> trust_of(const Access& access);
  std::vector<std::string> headers_for(const Request& request, const Target& target,
                                       const Target& owner,
                                       const std::string& validated) const;
  asio::awaitable<Result<Page>> exchange(Exchange::Plan plan, std::string& location);
  asio::awaitable<int> run(CURL* easy, Exchange& exchange);
  asio::awaitable<Result<Page>> follow(Request request);
  std::optional<Error> refuse_proxied(const Access& access, const Target& target) const;

  bool take_place(Exchange& exchange) override;
  void give_back_place(Exchange& exchange) override;
  CurlSockets& sockets() override { return multi.sockets(); }

  Options options;
  asio::any_io_executor executor;
  CurlMulti multi;
  RobotsCache robots;
  std::vector<CURL*> idle;
  std::size_t running = 0;
  std::deque<asio::steady_timer*> queue;
  std::map<std::string, Trust> trusts;  // by ca_file
  std::unordered_set<Exchange*> large;
  std::deque<Exchange*> wait_for_place;
};

CurlFetcher::Engine::Ticket::~Ticket() {
  if (easy == nullptr) {
    return;
  }
  --engine->running;
  if (engine->idle.size() < engine->options.concurrency) {
    engine->idle.push_back(easy);
  } else {
    curl_easy_cleanup(easy);
  }
  if (!engine->queue.empty()) {
    engine->queue.front()->cancel();
    engine->queue.pop_front();
  }
}

asio::awaitable<void> CurlFetcher::Engine::admit(Ticket& ticket) {
  while (running >= options.concurrency) {
    asio::steady_timer turn(executor, asio::steady_timer::time_point::max());
    queue.push_back(&turn);
    co_await turn.async_wait(asio::as_tuple(asio::use_awaitable));
    std::erase(queue, &turn);
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      if (running < options.concurrency && !queue.empty()) {
        queue.front()->cancel();  // the turn that is not taken goes on
        queue.pop_front();
      }
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
  if (idle.empty()) {
    ticket.easy = curl_easy_init();
    if (ticket.easy == nullptr) {
      throw std::bad_alloc();
    }
  } else {
    ticket.easy = idle.back();
    idle.pop_back();
  }
  ++running;
}

bool CurlFetcher::Engine::take_place(Exchange& exchange) {
  if (large.contains(&exchange)) {
    return true;
  }
  if (large.size() < limits::kLargeBodies) {
    large.insert(&exchange);
    return true;
  }
  wait_for_place.push_back(&exchange);
  return false;
}

void CurlFetcher::Engine::give_back_place(Exchange& exchange) {
  std::erase(wait_for_place, &exchange);
  if (large.erase(&exchange) == 0 || wait_for_place.empty()) {
    return;
  }
  Exchange* next = wait_for_place.front();
  wait_for_place.pop_front();
  large.insert(next);
  multi.unpause(next->easy());
}

Result<Trust> CurlFetcher::Engine::trust_of(const Access& access) {
  const auto known = trusts.find(access.ca_file);
  if (known != trusts.end()) {
    return known->second;
  }
  Result<Trust> trust = Trust::load(access.ca_file);
  if (trust) {
    trusts.emplace(access.ca_file, *trust);
  }
  return trust;
}

std::vector<std::string> CurlFetcher::Engine::headers_for(
    const Request& request, const Target& target, const Target& owner,
    const std::string& validated) const {
  std::vector<std::string> lines;
  lines.reserve(6 + request.headers.size());
  const bool is_own = target.has_origin_of(owner);
  const auto add = [&](std::string_view name, std::string_view value) {
    const bool is_replaced =
        is_own &&
        std::any_of(request.headers.begin(), request.headers.end(),
                    [&](const auto& own) { return same_name(own.first, name); });
    if (!is_replaced && !value.empty() && is_safe_header(value)) {
      std::string& line = lines.emplace_back();
      line.reserve(name.size() + 2 + value.size());
      line.append(name).append(": ").append(value);
    }
  };
  add("User-Agent", options.user_agent);
  add("Accept", accept_of(request.purpose));
  add("Accept-Encoding", kAcceptEncoding);
  if (target.url == validated) {
    add("If-None-Match", request.etag);
    add("If-Modified-Since", request.last_modified);
  }
  if (!is_own) {
    return lines;
  }
  const std::string& user_info =
      request.user_info.empty() ? owner.user_info : request.user_info;
  if (!user_info.empty()) {
    add("Authorization", "Basic " + base64(user_info));
  }
  for (const auto& [name, value] : request.headers) {
    if (!name.empty() && name.find_first_of(": \t") == std::string::npos &&
        is_safe_header(name) && is_safe_header(value)) {
      lines.push_back(value.empty() ? name + ";" : name + ": " + value);
    }
  }
  return lines;
}

asio::awaitable<Result<Page>> CurlFetcher::Engine::exchange(Exchange::Plan plan,
                                                            std::string& location) {
  Ticket ticket(*this);
  co_await admit(ticket);
  auto exchange = std::make_unique<Exchange>(ticket.easy, plan, *this);
  int code = co_await run(ticket.easy, *exchange);
  if (exchange->is_stale()) {
    plan.is_fresh = true;
    exchange.reset();
    exchange = std::make_unique<Exchange>(ticket.easy, std::move(plan), *this);
    code = co_await run(ticket.easy, *exchange);
  }
  if (std::optional<Error> error = exchange->conclude(code)) {
    co_return std::move(*error);
  }
  Page page;
  page.url = exchange->target().url;
  if (exchange->head().is_redirect()) {
    location = exchange->head().location();
  }
  exchange->head().move_to(page);
  page.body = std::move(exchange->body());
  co_return page;
}

asio::awaitable<int> CurlFetcher::Engine::run(CURL* easy, Exchange& exchange) {
  CurlMulti::Watch watch = [&exchange](std::uint64_t received) {
    return exchange.is_flood(received);
  };
  const int code = co_await multi.perform(easy, std::move(watch));
  co_return code;
}

std::optional<Error> CurlFetcher::Engine::refuse_proxied(const Access& access,
                                                         const Target& target) const {
  if (access.proxy.empty()) {
    return std::nullopt;  // judged when it connects
  }
  const std::string_view why = access.addresses.refuses_host(target.host);
  if (why.empty()) {
    return std::nullopt;
  }
  return fetch_error(FetchErrc::address_denied,
                     "\"" + target.host + "\" is " + std::string(why));
}

asio::awaitable<Result<Page>> CurlFetcher::Engine::follow(Request request) {
  Result<Redirects> started = Redirects::start(request);
  if (!started) {
    co_return started.error();
  }
  Redirects hops = std::move(*started);
  std::chrono::milliseconds left = request.timeout;
  std::optional<std::chrono::milliseconds> crawl_delay;
  while (true) {
    if (hops.target().scheme == "file") {
      co_return fetch_file(hops.target(), request);
    }
    if (std::optional<Error> error = refuse_proxied(*request.access, hops.target())) {
      co_return std::move(*error);
    }
    if (request.obey_robots) {
      const Target asked = hops.target();
      const RobotsCache::Answer said =
          co_await robots.ask(asked, request, product_token(options.user_agent));
      crawl_delay = said.crawl_delay;
      if (!said.is_allowed) {
        co_return fetch_error(FetchErrc::robots_denied,
                              "robots.txt does not allow " + asked.url);
      }
    }
    Exchange::Plan plan;
    plan.target = hops.target();
    plan.method = hops.method();
    plan.body = plan.method == "POST" ? request.body : std::string();
    plan.headers = headers_for(request, plan.target, hops.owner(), hops.validated());
    plan.access = request.access;
    plan.timeout = left;
    plan.max_body = request.max_body;
    plan.take_first = request.take_first;
    if (plan.target.scheme == "https") {
      Result<Trust> trust = trust_of(*request.access);
      if (!trust) {
        co_return trust.error();
      }
      plan.trust = std::move(*trust);
    }
    const auto begun = std::chrono::steady_clock::now();
    std::string location;
    Result<Page> page = co_await exchange(std::move(plan), location);
    if (!page || !is_redirect_status(page->status)) {
      if (page) {
        page->moved_to = hops.moved_to();
        page->crawl_delay = crawl_delay;
      }
      co_return page;
    }
    if (std::optional<Error> error = hops.follow(page->status, location)) {
      co_return std::move(*error);
    }
    left -= std::chrono::ceil<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    if (left <= std::chrono::milliseconds(0)) {
      co_return fetch_error(FetchErrc::timed_out, "the redirects took too long");
    }
  }
}

CurlFetcher::CurlFetcher(asio::any_io_executor executor, Options options) {
  init_curl();
  engine_ = std::make_unique<Engine>(executor, std::move(options));
}
CurlFetcher::~CurlFetcher() = default;

asio::awaitable<Result<Page>> CurlFetcher::fetch(Request request) {
  static const auto strict = std::make_shared<const Access>();
  if (!request.access) {
    request.access = strict;
  }
  Result<Page> page = co_await engine_->follow(std::move(request));
  co_return page;
}

void CurlFetcher::configure(Options options) {
  engine_->options = std::move(options);
  engine_->trusts.clear();  // the files may have changed
}

std::size_t CurlFetcher::active() const {
  return engine_->running;
}

}  // namespace siftd
