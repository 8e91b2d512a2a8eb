#include "sifters/sifter.hpp"

#include <map>
#include <string>

#include "sifters/identify.hpp"
#include "tests/catch.hpp"

namespace {

using namespace siftd;
using namespace std::chrono_literals;

// What the store would hold, in memory; applies what the sifter gives back.
struct FakeArchive : Archive {
  std::map<std::uint64_t, SeenRow> seen;
  std::map<std::uint64_t, ArticleRow> articles;
  std::map<std::string, SiteRow> sites;
  std::vector<MemoryRow> memory;

  std::optional<SeenRow> find(std::uint64_t key) override {
    const auto found = seen.find(key);
    return found == seen.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<ArticleRow> article(std::uint64_t id) override {
    const auto found = articles.find(id);
    return found == articles.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<SiteRow> site(const std::string& site) override {
    const auto found = sites.find(site);
    return found == sites.end() ? std::nullopt : std::optional(found->second);
  }
  void apply(const Sifted& sifted) {
    for (const SeenRow& row : sifted.seen) {
      seen[row.key] = row;
    }
    for (const ArticleRow& row : sifted.articles) {
      articles[row.id] = row;
    }
    for (const SiteRow& row : sifted.sites) {
      sites[row.site] = row;
    }
    memory.insert(memory.end(), sifted.memory.begin(), sifted.memory.end());
  }
};

std::string story(const std::string& subject, int paragraphs = 4) {
  std::string text;
  for (int i = 0; i < paragraphs; ++i) {
    text += "The " + subject + " council met for the " + std::to_string(i + 2) +
            "th time this week and heard how the " + subject + " bridge, closed since " +
            std::to_string(1990 + i) + ", might be opened to walkers before the " +
            subject + " fair begins in autumn.\n\n";
  }
  return text;
}

struct Bench {
  FakeArchive archive;
  Sifter sifter;
  std::chrono::sys_time<std::chrono::milliseconds> now{1700000000s};

  explicit Bench(Sifter::Options options = {}) : sifter(options, archive) {}

  Candidate candidate(const std::string& feed, const std::string& guid,
                      const std::string& url, const std::string& title,
                      const std::string& text) {
    Item item;
    item.id = guid;
    item.url = url;
    item.title = title;
    item.content_text = text;
    IdentifiedItem identified = identify(feed, {item}).at(0);
    Candidate made;
    made.source = {feed, "example", {}};
    made.keys = identified.keys;
    made.item_hash = identified.item_hash;
    made.data.id = guid;
    made.data.url = url;
    made.data.title = title;
    made.data.content_text = text;
    made.site = "";
    made.fingerprint = fingerprint(title, text);
    return made;
  }

  std::optional<Event> sift(Candidate made) {
    now += 1min;
    Sifted sifted = sifter.sift(std::move(made), now);
    archive.apply(sifted);
    return sifted.event;
  }
};

const ArticleData& data(const std::optional<Event>& event) {
  return std::get<ArticleData>(event->data);
}

constexpr const char* kA = "https://a.example/rss";
constexpr const char* kB = "https://b.example/rss";

}  // namespace

TEST_CASE("sifter: an article is told once", "[sifter]") {
  Bench bench;
  const auto first = bench.sift(
      bench.candidate(kA, "1", "https://a.example/1", "Bridge", story("Arlen")));
  REQUIRE(first);
  CHECK(first->type == EventType::article_new);
  CHECK(data(first).revision == 1);
  CHECK_FALSE(bench.sift(
      bench.candidate(kA, "1", "https://a.example/1", "Bridge", story("Arlen"))));
}

TEST_CASE("sifter: the same article under another guid is the same article", "[sifter]") {
  Bench bench;
  REQUIRE(bench.sift(
      bench.candidate(kA, "1", "https://a.example/1", "Bridge", story("Arlen"))));
  CHECK_FALSE(bench.sift(
      bench.candidate(kA, "other", "https://a.example/1", "Bridge", story("Arlen"))));
}

TEST_CASE("sifter: an item without a URL is known though its guid changes at every poll",
          "[sifter]") {
  Bench bench;
  const std::string text = "The level is 3.42 m.";  // too short to be anybody's copy
  REQUIRE(bench.sift(bench.candidate(kA, "1", "", "River Arl", text)));
  CHECK_FALSE(bench.sift(bench.candidate(kA, "2", "", "River Arl", text)));
  CHECK_FALSE(bench.sift(bench.candidate(kA, "3", "", "River Arl", text)));
  CHECK(bench.sift(bench.candidate(kA, "4", "", "River Arl", "The level is 3.57 m.")));
  CHECK(bench.sift(bench.candidate(kB, "1", "", "River Arl", text)));
}

TEST_CASE("sifter: a materially other text is an update with the next revision",
          "[sifter]") {
  Bench bench;
  const auto first = bench.sift(
      bench.candidate(kA, "1", "https://a.example/1", "Bridge", story("Arlen")));
  const auto second = bench.sift(bench.candidate(
      kA, "1", "https://a.example/1", "Bridge",
      story("Arlen") +
          "The engineer Mara Olvik said on Friday that two of the nine arches have to be "
          "rebuilt, which will cost 14 million crowns and take until next summer.\n"));
  REQUIRE(second);
  CHECK(second->type == EventType::article_updated);
  CHECK(data(second).article == data(first).article);
  CHECK(data(second).revision == 2);
  CHECK(second->id != first->id);
  REQUIRE(data(second).changes);
  CHECK(data(second).changes->added.size() == 1);
}

TEST_CASE("sifter: headlines that a publisher tries out are told once a day",
          "[sifter]") {
  Bench bench;
  const auto sift = [&](const std::string& title, const std::string& more = "") {
    return bench.sift(
        bench.candidate(kA, "1", "https://a.example/1", title, story("Arlen") + more));
  };
  REQUIRE(sift("The bridge of Arlen opens to walkers"));
  const auto second = sift("Why the council wants you to walk");
  REQUIRE(second);
  CHECK(data(second).changes->title_before == "The bridge of Arlen opens to walkers");
  CHECK_FALSE(sift("The bridge of Arlen opens to walkers"));
  CHECK_FALSE(sift("Why the council wants you to walk"));
  CHECK(sift("A third headline, never seen before"));
  // What else is new is told at once, under whatever headline.
  const auto text = sift("The bridge of Arlen opens to walkers",
                         "The engineer Mara Olvik said on Friday that two of the nine "
                         "arches have to be rebuilt, which will cost 14 million.\n");
  REQUIRE(text);
  CHECK(data(text).revision == 4);
  bench.now += 25h;
  CHECK(sift("Why the council wants you to walk",
             "The engineer Mara Olvik said on Friday that two of the nine "
             "arches have to be rebuilt, which will cost 14 million.\n"));
}

TEST_CASE("sifter: white space alone is no update", "[sifter]") {
  Bench bench;
  REQUIRE(bench.sift(
      bench.candidate(kA, "1", "https://a.example/1", "Bridge", story("Arlen"))));
  CHECK_FALSE(bench.sift(bench.candidate(kA, "1", "https://a.example/1", "Bridge",
                                         story("Arlen") + "\n \n")));
}

TEST_CASE("sifter: a copy in another feed is dropped, and told when asked for",
          "[sifter]") {
  Sifter::Options options;
  options.mark = GENERATE(false, true);
  Bench bench(options);
  const auto first = bench.sift(
      bench.candidate(kA, "1", "https://a.example/1", "Bridge", story("Arlen")));
  const auto copy = bench.sift(
      bench.candidate(kB, "77", "https://b.example/x", "A bridge opens", story("Arlen")));
  CHECK(copy.has_value() == options.mark);
  if (copy) {
    CHECK(copy->type == EventType::article_duplicate);
    CHECK(data(copy).duplicate_of == data(first).article);
    CHECK(data(copy).similarity >= 0.8);
  }
}

TEST_CASE("sifter: one URL in two feeds belongs to the feed that had it first",
          "[sifter]") {
  Sifter::Options options;
  options.mark = true;
  Bench bench(options);
  const auto first = bench.sift(
      bench.candidate(kA, "1", "https://a.example/1", "Bridge", story("Arlen")));
  const auto copy = bench.sift(
      bench.candidate(kB, "b:1", "https://a.example/1", "Bridge", "Only a teaser."));
  REQUIRE(copy);
  CHECK(copy->type == EventType::article_duplicate);
  CHECK(data(copy).kind == CopyKind::exact);
  CHECK(data(copy).duplicate_of == data(first).article);
}

TEST_CASE("sifter: a guid that names another story is not believed", "[sifter]") {
  Bench bench;
  const auto first = bench.sift(
      bench.candidate(kA, "today", "https://a.example/1", "Bridge", story("Arlen")));
  const auto second = bench.sift(bench.candidate(
      kA, "today", "https://a.example/2", "Storm closes northern ports",
      "Fishing boats stayed in harbour along the coast as winds of 120 kilometres an "
      "hour "
      "tore roofs from warehouses, and ferries to the islands were cancelled until "
      "Thursday at the earliest, the maritime office reported.\n"));
  REQUIRE(second);
  CHECK(second->type == EventType::article_new);
  CHECK(data(second).article != data(first).article);
}

TEST_CASE("sifter: a dropped copy that is rewritten is judged afresh", "[sifter]") {
  Bench bench;
  REQUIRE(bench.sift(
      bench.candidate(kA, "1", "https://a.example/1", "Bridge", story("Arlen"))));
  REQUIRE_FALSE(bench.sift(
      bench.candidate(kB, "2", "https://b.example/2", "Bridge", story("Arlen"))));
  const auto rewritten = bench.sift(bench.candidate(
      kB, "2", "https://b.example/2", "Storm closes northern ports",
      "Fishing boats stayed in harbour along the coast as winds of 120 kilometres an "
      "hour "
      "tore roofs from warehouses, and ferries to the islands were cancelled until "
      "Thursday at the earliest, the maritime office reported.\n"));
  REQUIRE(rewritten);
  CHECK(rewritten->type == EventType::article_new);
  CHECK(data(rewritten).revision == 1);
}

TEST_CASE("sifter: an article that was taken back is told once", "[sifter]") {
  Bench bench;
  const auto first = bench.sift(
      bench.candidate(kA, "1", "https://a.example/1", "Bridge", story("Arlen")));
  const Source source{kA, "example", {}};
  const Sifted gone =
      bench.sifter.retract(data(first).article, source, "410 Gone", bench.now + 1h);
  REQUIRE(gone.event);
  CHECK(gone.event->type == EventType::article_removed);
  CHECK(gone.event->id != first->id);
  bench.archive.apply(gone);
  CHECK_FALSE(
      bench.sifter.retract(data(first).article, source, "410 Gone", bench.now + 2h)
          .event);
}

TEST_CASE("sifter: after a restart it knows what it knew", "[sifter]") {
  Bench before;
  REQUIRE(before.sift(
      before.candidate(kA, "1", "https://a.example/1", "Bridge", story("Arlen"))));
  Bench after;
  after.archive.seen = before.archive.seen;
  after.archive.articles = before.archive.articles;
  for (const MemoryRow& row : before.archive.memory) {
    after.sifter.restore(row);
  }
  CHECK_FALSE(after.sift(
      after.candidate(kB, "9", "https://b.example/9", "Bridge", story("Arlen"))));
}
