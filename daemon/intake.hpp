#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/task_group.hpp"
#include "daemon/metrics.hpp"
#include "daemon/polled_feed.hpp"
#include "daemon/recorder.hpp"
#include "daemon/turns.hpp"
#include "daemon/worker_pool.hpp"
#include "fetchers/fetcher.hpp"
#include "sifters/identify.hpp"
#include "sifters/prepare.hpp"
#include "sifters/sifter.hpp"

namespace siftd {

// From the items of one poll to durable events:
//
//   items -> known? (recorder) -> full text? (pool) --yes-> prepare (pool) -> record
//                                                   `-no--> page (fetch) -'
//
// An article is recorded as soon as it is ready, in a transaction of its own or with
// others; the feed's new state comes last, so that a poll that was cut short is done
// again and finds what is missing.
class Intake {
 public:
  struct Parts {
    Fetcher& fetcher;
    Turns& turns;
    WorkerPool& pool;
    Recorder& recorder;
    Sifter& sifter;  // used on the recorder's thread only
    Metrics& metrics;
  };

  Intake(boost::asio::any_io_executor executor, Parts parts, bool once);

  void set_rules(std::shared_ptr<const Rules> rules) { rules_ = std::move(rules); }

  // Returns when every item that needs no second try of its page is durable.
  // `feed` stays until stop_waiting() and join() have returned. `is_first`: what the
  // items come from was never read before, so of those unknown only the newest
  // `max_backlog` become events.
  boost::asio::awaitable<void> take(PolledFeed& feed, std::string language,
                                    std::vector<IdentifiedItem> items, bool is_first);

  // Records a feed's state and its status events; resumes when they are durable.
  boost::asio::awaitable<void> record_feed(const PolledFeed& feed, FeedState state,
                                           std::vector<FeedStatusData> events);

  // Asks for the page of a known article again and records what became of it: an
  // update, a removal, or nothing.
  boost::asio::awaitable<void> look_again(PolledFeed& feed, ArticleRow article,
                                          InUse in_use);

  // The article's feed is polled no more.
  boost::asio::awaitable<void> look_no_more(ArticleRow article);

  // Items whose page is to be tried again are let go; a later poll finds them.
  void stop_waiting() { waiting_.stop(); }
  boost::asio::awaitable<void> join() { return waiting_.join(); }

 private:
  struct Sorted;
  struct Prepared;
  struct Visit;

  using Items = std::vector<IdentifiedItem>;
  using Rows = std::vector<std::optional<SeenRow>>;

  boost::asio::awaitable<Rows> look_up(Source source, std::vector<IdentityKeys> keys);
  Sorted sort_out(const PolledFeed& feed, Items items, const Rows& rows,
                  bool is_first) const;
  // `unseen` are not for keys that are known.
  boost::asio::awaitable<void> mark_seen(std::vector<SeenRow> rows,
                                         std::vector<SeenRow> unseen);
  boost::asio::awaitable<Prepared> prepare_all(const Visit& visit, Items batch);
  boost::asio::awaitable<void> work_off_pages(Visit& visit);
  boost::asio::awaitable<void> take_answer(Visit& visit, IdentifiedItem item,
                                           Result<Page> answer);
  boost::asio::awaitable<void> try_later(std::shared_ptr<Visit> visit,
                                         IdentifiedItem item, InUse in_use);
  boost::asio::awaitable<Result<Page>> fetch_page(const PolledFeed& feed,
                                                  std::string url);
  boost::asio::awaitable<void> record_ready(Visit& visit);
  boost::asio::awaitable<void> record(Visit& visit, std::vector<Candidate> candidates);

  boost::asio::any_io_executor executor_;
  Parts parts_;
  bool once_;
  std::shared_ptr<const Rules> rules_{&Rules::built_in(), [](const Rules*) {
                                      }};
  std::unordered_set<std::uint64_t> under_way_;  // own keys of items not yet recorded
  TaskGroup waiting_;                            // pages that are tried again later
};

}  // namespace siftd
