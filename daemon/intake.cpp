#include "daemon/intake.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>
#include <utility>

#include "base/limits.hpp"
#include "daemon/write_set.hpp"
#include "fetchers/fetch_error.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

std::chrono::sys_seconds now_seconds() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::int32_t today() {
  const auto day =
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  return static_cast<std::int32_t>(day.time_since_epoch().count());
}

// A server in trouble may be well in a minute; a page that is refused or missing
// will not.
bool is_worth_another_try(const Result<Page>& answer) {
  if (answer) {
    return answer->status >= 500 || answer->status == 429;
  }
  for (const FetchErrc code :
       {FetchErrc::timed_out, FetchErrc::connect_failed, FetchErrc::resolve_failed,
        FetchErrc::truncated, FetchErrc::failed}) {
    if (answer.error().code == make_error_code(code)) {
      return true;
    }
  }
  return false;
}

bool is_missing(const Result<Page>& answer) {
  return answer && (answer->status == 404 || answer->status == 410);
}

FetchedPage page_of(Page page) {
  return {std::move(page.url), std::move(page.content_type), std::move(page.body)};
}

// What is known of an article stands in for the feed's item.
Item item_of(const ArticleRow& article) {
  Item item;
  item.id = article.guid;
  item.url = article.url;
  item.title = article.title;
  return item;
}

Schedule::Ending ending_of(const Result<Page>& answer) {
  Schedule::Ending ending;
  ending.host_failed =
      answer ? answer->status >= 500 : is_host_failure(answer.error().code);
  ending.slow_down = answer && answer->status == 429;
  return ending;
}

// Newest first where all say when, else as the document has them.
void sort_newest_first(std::vector<IdentifiedItem>& items) {
  const bool all_dated = std::all_of(items.begin(), items.end(), [](const auto& item) {
    return item.item.published.has_value();
  });
  if (all_dated) {
    std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
      return a.item.published > b.item.published;
    });
  }
}

SeenRow seen_row(std::uint64_t key, std::uint64_t article, const IdentifiedItem& item) {
  SeenRow row;
  row.key = key;
  row.article = article;
  row.item_hash = item.item_hash;
  row.listed_day = today();
  return row;
}

void add_seen(std::vector<SeenRow>& rows, const IdentifiedItem& item,
              std::uint64_t article) {
  rows.push_back(seen_row(item.keys.own, article, item));
}

// By its second key too: the guid may be another at the next poll.
void add_unseen(std::vector<SeenRow>& rows, const IdentifiedItem& item) {
  const std::uint64_t key = item.keys.second();
  if (key != 0) {
    rows.push_back(seen_row(key, 0, item));
  }
}

}  // namespace

// What is to be done with the items of a document.
struct Intake::Sorted {
  Items to_take;                 // oldest first
  std::vector<SeenRow> to_mark;  // nothing to tell; remembered as listed
  std::vector<SeenRow> unseen;   // likewise, where the key is of nobody yet
};

struct Intake::Prepared {
  std::vector<Candidate> candidates;
  Items need_page;
};

// One poll's items on their way.
struct Intake::Visit {
  PolledFeed& feed;
  FeedContext context;
  Items pages;  // to be fetched, the next one last
  Items again;  // whose page is worth another try
  // Made ready from their pages. They are recorded together where that costs little
  // time: what a site repeats is seen best over several of its articles.
  std::vector<Candidate> ready;
  std::chrono::steady_clock::time_point ready_since{};
};

Source source_of(const PolledFeed& feed) {
  return {feed.config->url.str(), feed.config->name.str(), feed.config->tags};
}

Intake::Intake(asio::any_io_executor executor, Parts parts, bool once)
    : executor_(executor), parts_(parts), once_(once), waiting_(executor) {}

asio::awaitable<void> Intake::take(PolledFeed& feed, std::string language, Items items,
                                   bool is_first) {
  std::vector<IdentityKeys> keys;
  keys.reserve(items.size());
  for (const IdentifiedItem& item : items) {
    keys.push_back(item.keys);
  }
  const Rows rows = co_await look_up(source_of(feed), std::move(keys));
  Sorted sorted = sort_out(feed, std::move(items), rows, is_first);
  // First of all, so that a crash later does not let older items in.
  co_await mark_seen(std::move(sorted.to_mark), std::move(sorted.unseen));

  auto visit = std::make_shared<Visit>(
      Visit{feed, {source_of(feed), std::move(language)}, {}, {}, {}, {}});
  for (const IdentifiedItem& item : sorted.to_take) {
    under_way_.insert(item.keys.own);
  }
  auto next = std::make_move_iterator(sorted.to_take.begin());
  const auto end = std::make_move_iterator(sorted.to_take.end());
  while (next != end) {
    const auto count = std::min<std::ptrdiff_t>(
        end - next, static_cast<std::ptrdiff_t>(limits::kPrepareBatch));
    Items batch(next, next + count);
    next += count;
    Prepared prepared = co_await prepare_all(*visit, std::move(batch));
    std::move(prepared.need_page.begin(), prepared.need_page.end(),
              std::back_inserter(visit->pages));
    co_await record(*visit, std::move(prepared.candidates));
  }
  std::reverse(visit->pages.begin(), visit->pages.end());

  TaskGroup pages(executor_);
  const std::size_t at_once = std::min(visit->pages.size(), feed.config->fetch->per_host);
  for (std::size_t i = 0; i < at_once; ++i) {
    pages.spawn(work_off_pages(*visit));
  }
  co_await pages.join();
  pages.check();
  co_await record_ready(*visit);
  for (IdentifiedItem& item : std::exchange(visit->again, {})) {
    waiting_.spawn(try_later(visit, std::move(item), InUse(feed.pages_waiting)));
  }
}

asio::awaitable<Intake::Rows> Intake::look_up(Source source,
                                              std::vector<IdentityKeys> keys) {
  auto rows = std::make_shared<Rows>();
  std::function<void(Store&)> read = [rows, source = std::move(source),
                                      keys = std::move(keys)](Store& store) {
    rows->reserve(keys.size());
    for (const IdentityKeys& key : keys) {
      rows->push_back(Sifter::known(source, key, store));
    }
  };
  co_await parts_.recorder.ask(std::move(read));
  co_return std::move(*rows);
}

Intake::Sorted Intake::sort_out(const PolledFeed& feed, Items items, const Rows& rows,
                                bool is_first) const {
  Sorted sorted;
  Items fresh;
  Items changed;
  Items redated;
  std::vector<std::uint64_t> redated_articles;
  std::size_t known = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    IdentifiedItem& item = items[i];
    if (under_way_.contains(item.keys.own)) {
      continue;
    }
    const std::optional<SeenRow>& row = rows[i];
    known += row ? 1U : 0U;
    if (!row) {
      fresh.push_back(std::move(item));
    } else if (row->item_hash == item.item_hash) {
      if (row->listed_day != today()) {
        sorted.to_mark.push_back(seen_row(row->key, row->article, item));
      }
    } else if (row->article == 0) {
      sorted.to_mark.push_back(seen_row(row->key, 0, item));
    } else if (is_same_content(row->item_hash, item.item_hash)) {
      redated_articles.push_back(row->article);
      redated.push_back(std::move(item));
    } else {
      changed.push_back(std::move(item));
    }
  }
  // A feed that gives most of its items a new date at each poll says nothing by it.
  if (redated.size() > 3 && redated.size() * 2 > known) {
    for (std::size_t i = 0; i < redated.size(); ++i) {
      add_seen(sorted.to_mark, redated[i], redated_articles[i]);
    }
  } else {
    std::move(redated.begin(), redated.end(), std::back_inserter(changed));
  }
  sort_newest_first(fresh);
  const std::size_t most = feed.config->fetch->max_backlog;
  for (std::size_t i = is_first ? std::min(most, fresh.size()) : fresh.size();
       i < fresh.size(); ++i) {
    add_seen(sorted.to_mark, fresh[i], 0);
    add_unseen(sorted.unseen, fresh[i]);
  }
  if (is_first && fresh.size() > most) {
    fresh.resize(most);
  }
  sorted.to_take = std::move(changed);
  std::move(fresh.begin(), fresh.end(), std::back_inserter(sorted.to_take));
  std::reverse(sorted.to_take.begin(), sorted.to_take.end());
  return sorted;
}

asio::awaitable<void> Intake::mark_seen(std::vector<SeenRow> rows,
                                        std::vector<SeenRow> unseen) {
  if (rows.empty()) {
    co_return;
  }
  Recorder::Decide decide = [rows = std::move(rows),
                             unseen = std::move(unseen)](Store& store) {
    WriteSet writes;
    writes.seen = rows;
    std::copy_if(unseen.begin(), unseen.end(), std::back_inserter(writes.seen),
                 [&](const SeenRow& row) { return !store.find(row.key); });
    return writes;
  };
  co_await parts_.recorder.record(std::move(decide));
}

// What needs no page is ready at once; the rest is told apart.
asio::awaitable<Intake::Prepared> Intake::prepare_all(const Visit& visit, Items batch) {
  auto items = std::make_shared<Items>(std::move(batch));
  const FullText full_text = visit.feed.config->fetch->full_text;
  std::function<Prepared()> work = [items, full_text, context = visit.context,
                                    rules = rules_] {
    Prepared prepared;
    for (IdentifiedItem& item : *items) {
      const bool wants_page =
          full_text == FullText::always ||
          (full_text == FullText::automatic && !has_full_text(item.item));
      if (wants_page && !item.item.url.empty()) {
        prepared.need_page.push_back(std::move(item));
      } else {
        prepared.candidates.push_back(
            prepare(context, std::move(item), nullptr, *rules, now_seconds()));
      }
    }
    return prepared;
  };
  Prepared prepared = co_await parts_.pool.run(std::move(work));
  co_return prepared;
}

// Several of these share the visit's pages.
asio::awaitable<void> Intake::work_off_pages(Visit& visit) {
  while (!visit.pages.empty()) {
    IdentifiedItem item = std::move(visit.pages.back());
    visit.pages.pop_back();
    Result<Page> answer = co_await fetch_page(visit.feed, item.item.url);
    if (!once_ && is_worth_another_try(answer)) {
      visit.again.push_back(std::move(item));
    } else {
      co_await take_answer(visit, std::move(item), std::move(answer));
    }
  }
}

asio::awaitable<void> Intake::take_answer(Visit& visit, IdentifiedItem item,
                                          Result<Page> answer) {
  std::shared_ptr<FetchedPage> page;
  if (answer && answer->status == 200) {
    page = std::make_shared<FetchedPage>(page_of(std::move(*answer)));
  }
  auto shared = std::make_shared<IdentifiedItem>(std::move(item));
  std::function<Candidate()> work = [shared, page, context = visit.context,
                                     rules = rules_] {
    return prepare(context, std::move(*shared), page.get(), *rules, now_seconds());
  };
  page.reset();
  const auto started = std::chrono::steady_clock::now();
  Candidate candidate = co_await parts_.pool.run(std::move(work));
  const auto now = std::chrono::steady_clock::now();
  parts_.metrics.sift_seconds.observe(now - started);
  if (visit.ready.empty()) {
    visit.ready_since = now;
  }
  visit.ready.push_back(std::move(candidate));
  if (visit.ready.size() >= limits::kPrepareBatch ||
      now - visit.ready_since >= limits::kGatherTime) {
    co_await record_ready(visit);
  }
}

// At most three tries in all, within limits::kPageRetryTime; then the feed's own text
// stands.
asio::awaitable<void> Intake::try_later(std::shared_ptr<Visit> visit, IdentifiedItem item,
                                        InUse) {
  const auto interval = visit->feed.config->fetch->interval;
  auto wait = std::clamp<std::chrono::milliseconds>(interval / 2, limits::kPageRetryFirst,
                                                    limits::kPageRetryLast / 4);
  for (int tries = 2;; ++tries) {
    asio::steady_timer timer(executor_, wait);
    co_await timer.async_wait(asio::use_awaitable);
    Result<Page> answer = co_await fetch_page(visit->feed, item.item.url);
    if (tries == limits::kPageTries || !is_worth_another_try(answer)) {
      co_await take_answer(*visit, std::move(item), std::move(answer));
      co_await record_ready(*visit);
      co_return;
    }
    wait = std::min<std::chrono::milliseconds>(wait * 2, limits::kPageRetryLast);
  }
}

asio::awaitable<Result<Page>> Intake::fetch_page(const PolledFeed& feed,
                                                 std::string url) {
  std::optional<Turns::Slot> slot =
      co_await parts_.turns.page(host_of(url), feed.config->fetch->per_host);
  if (!slot) {
    co_return fetch_error(FetchErrc::connect_failed, "its host fails as a whole");
  }
  Request request = article_request_for(*feed.config, url, feed.access);
  const auto started = std::chrono::steady_clock::now();
  Result<Page> answer = co_await parts_.fetcher.fetch(std::move(request));
  parts_.metrics.page_seconds.observe(std::chrono::steady_clock::now() - started);
  parts_.metrics.pages.add(answer ? std::to_string(answer->status) : "error");
  if (answer) {
    parts_.metrics.page_bytes += answer->body.size();
  } else {
    parts_.metrics.fetch_errors.add(answer.error().code.message());
  }
  if (answer && answer->crawl_delay) {
    parts_.turns.schedule().set_crawl_delay(host_of(url), *answer->crawl_delay);
  }
  slot->ended(ending_of(answer));
  co_return answer;
}

asio::awaitable<void> Intake::record_ready(Visit& visit) {
  std::vector<Candidate> ready = std::exchange(visit.ready, {});
  co_await record(visit, std::move(ready));
}

asio::awaitable<void> Intake::record(Visit& visit, std::vector<Candidate> candidates) {
  if (candidates.empty()) {
    co_return;
  }
  std::vector<std::uint64_t> keys;
  for (const Candidate& candidate : candidates) {
    keys.push_back(candidate.keys.own);
  }
  auto tally = std::make_shared<Tally>();
  auto shared = std::make_shared<std::vector<Candidate>>(std::move(candidates));
  Recorder::Decide decide = [this, tally, shared](Store&) {
    WriteSet writes;
    parts_.sifter.learn_from(*shared);
    for (Candidate& candidate : *shared) {
      Sifted sifted = parts_.sifter.sift(std::move(candidate), wall_now());
      tally->count(sifted);
      append(writes, std::move(sifted));
    }
    return writes;
  };
  const auto started = std::chrono::steady_clock::now();
  co_await parts_.recorder.record(std::move(decide));
  parts_.metrics.commit_seconds.observe(std::chrono::steady_clock::now() - started);
  for (const std::uint64_t key : keys) {
    under_way_.erase(key);
  }
  tally->add_to(visit.feed, parts_.metrics);
}

asio::awaitable<void> Intake::look_no_more(ArticleRow article) {
  article.look_again = 0;
  Recorder::Decide decide = [article = std::move(article)](Store&) {
    WriteSet writes;
    writes.articles.push_back(article);
    return writes;
  };
  co_await parts_.recorder.record(std::move(decide));
}

asio::awaitable<void> Intake::look_again(PolledFeed& feed, ArticleRow article, InUse) {
  Result<Page> answer = co_await fetch_page(feed, article.url);
  if (is_missing(answer)) {
    asio::steady_timer timer(executor_, limits::kMissingPause);
    co_await timer.async_wait(asio::use_awaitable);
    answer = co_await fetch_page(feed, article.url);
  }
  const std::uint64_t id = article.id;
  if (is_missing(answer)) {
    const std::string reason = "its page answers " + std::to_string(answer->status);
    Recorder::Decide decide = [this, id, reason, source = source_of(feed)](Store&) {
      WriteSet writes;
      append(writes, parts_.sifter.retract(id, source, reason, wall_now()));
      return writes;
    };
    co_await parts_.recorder.record(std::move(decide));
    co_return;
  }
  std::shared_ptr<Candidate> candidate;
  if (answer && answer->status == 200 && article.text_from == TextFrom::page) {
    auto page = std::make_shared<FetchedPage>(page_of(std::move(*answer)));
    std::function<std::shared_ptr<Candidate>()> work =
        [page, context = FeedContext{source_of(feed), {}}, rules = rules_,
         item = item_of(article)] {
          return std::make_shared<Candidate>(
              prepare(context, {item, {}, 0}, page.get(), *rules, now_seconds()));
        };
    page.reset();
    candidate = co_await parts_.pool.run(std::move(work));
  }
  Recorder::Decide decide = [this, id, candidate](Store&) {
    WriteSet writes;
    append(writes,
           parts_.sifter.revise(
               id, candidate ? std::optional(std::move(*candidate)) : std::nullopt,
               wall_now()));
    return writes;
  };
  co_await parts_.recorder.record(std::move(decide));
}

asio::awaitable<void> Intake::record_feed(const PolledFeed& feed, FeedState state,
                                          std::vector<FeedStatusData> events) {
  WriteSet writes;
  writes.feeds.push_back({feed.config->url.str(), encode(state), false});
  char suffix = 'a';
  for (FeedStatusData& event : events) {
    append(writes,
           status_event(source_of(feed), std::move(event), state.polls, suffix++));
  }
  auto shared = std::make_shared<WriteSet>(std::move(writes));
  Recorder::Decide decide = [shared](Store&) {
    return std::move(*shared);
  };
  co_await parts_.recorder.record(std::move(decide));
}

}  // namespace siftd
