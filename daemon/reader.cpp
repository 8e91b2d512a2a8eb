#include "daemon/reader.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cctype>
#include <functional>
#include <unordered_map>
#include <utility>

#include "base/limits.hpp"
#include "daemon/statements.hpp"
#include "sinks/side_thread.hpp"

namespace siftd {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// ASCII letters in either case; all else byte for byte.
bool contains(std::string_view text, std::string_view word) {
  const auto fold = [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  };
  return std::search(text.begin(), text.end(), word.begin(), word.end(),
                     [&](char a, char b) { return fold(a) == fold(b); }) != text.end();
}

std::vector<std::string> split(const std::string& words) {
  std::vector<std::string> found;
  std::string word;
  for (const char c : words + " ") {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      word += c;
    } else if (!word.empty()) {
      found.push_back(std::exchange(word, {}));
    }
  }
  return found;
}

bool matches(const ArticleRow& row, const std::vector<std::string>& words) {
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return contains(row.title, word) || contains(row.url, word) ||
           contains(row.text, word);
  });
}

}  // namespace

// Lives on the reader's thread but for its construction.
struct Reader::Connection {
  explicit Connection(std::filesystem::path path) : file(std::move(path)) {}

  Database& open() {
    if (!database) {
      database.emplace(file, Database::Access::read_only);
    }
    return *database;
  }

  // Articles in the order and of the kind that `tail` says, filtered by `keep`,
  // until there are `limit` or time is up.
  template <class Keep, class... Values>
  Articles collect(const std::string& tail, std::size_t limit, const Keep& keep,
                   const Values&... values) {
    const Clock::time_point deadline = Clock::now() + limits::kSearchTime;
    const std::string sql = "SELECT " SIFTD_ARTICLE_COLUMNS " FROM articles " + tail;
    Statement statement = open().prepare(sql.c_str());
    Statement::Rows rows = statement.query(values...);
    Articles found;
    while (found.rows.size() < limit && rows.next()) {
      ArticleRow row = article_row(rows);
      if (keep(row)) {
        found.rows.push_back(std::move(row));
      }
      if (Clock::now() > deadline) {
        found.is_complete = false;
        break;
      }
    }
    return found;
  }

  std::vector<StoredEvent> events(std::uint64_t article) {
    Statement last = open().prepare("SELECT last_event FROM articles WHERE id = ?");
    Statement event = open().prepare("SELECT " SIFTD_EVENT_COLUMNS
                                     ", previous FROM events WHERE sequence = ?");
    std::uint64_t sequence = 0;
    {
      Statement::Rows rows = last.query(article);
      sequence = rows.next() ? rows.number(0) : 0;
    }
    std::vector<StoredEvent> found;
    while (sequence != 0 && found.size() < limits::kEventsOfArticle) {
      Statement::Rows rows = event.query(sequence);
      if (!rows.next()) {
        break;  // removed by retention, and with it all before
      }
      // A damaged row must not lead round in a circle.
      const std::uint64_t previous = rows.number(6);
      if (std::optional<StoredEvent> stored = event_row(rows)) {
        found.push_back(std::move(*stored));
      }
      sequence = previous < sequence ? previous : 0;
    }
    std::reverse(found.begin(), found.end());
    return found;
  }

  std::vector<Story> stories(std::size_t limit) {
    Articles latest = collect(
        "ORDER BY first_seen DESC LIMIT ?", limits::kStoryArticles,
        [](ArticleRow& row) {
          row.text.clear();
          row.removed_json.clear();
          return row.story != 0;
        },
        std::uint64_t{limits::kStoryArticles});
    std::vector<Story> found;
    std::unordered_map<std::uint64_t, std::size_t> places;
    for (ArticleRow& row : latest.rows) {
      const auto [place, is_new] = places.emplace(row.story, found.size());
      if (is_new) {
        found.push_back({row.story, {}});
      }
      found[place->second].articles.push_back(std::move(row));
    }
    found.resize(std::min(found.size(), limit));
    return found;
  }

  const std::filesystem::path file;
  std::optional<Database> database;
};

struct Reader::Thread {
  Thread(asio::any_io_executor loop, std::filesystem::path file)
      : side(std::move(loop)),
        connection(std::make_shared<Connection>(std::move(file))) {}
  SideThread side;
  std::shared_ptr<Connection> connection;
};

Reader::Reader(asio::any_io_executor loop, std::filesystem::path file)
    : thread_(std::make_unique<Thread>(std::move(loop), std::move(file))) {}

Reader::~Reader() = default;

template <class T>
asio::awaitable<Result<T>> Reader::ask(std::function<T(Connection&)> question) {
  struct Answer {
    T value{};
    std::string failure;
  };
  auto answer = std::make_shared<Answer>();
  std::function<void()> work = [answer, question = std::move(question),
                                connection = thread_->connection] {
    try {
      answer->value = question(*connection);
    } catch (const StoreError& error) {
      answer->failure = error.what();
      connection->database.reset();
    }
  };
  co_await thread_->side.run(std::move(work));
  if (!answer->failure.empty()) {
    co_return Error{asio::error::fault, answer->failure};
  }
  co_return std::move(answer->value);
}

asio::awaitable<Result<Reader::Articles>> Reader::search(Query query) {
  std::function<Articles(Connection&)> question = [query](Connection& connection) {
    const std::vector<std::string> words = split(query.words);
    const auto keep = [&](const ArticleRow& row) {
      return (query.feed.empty() || row.feed == query.feed) && matches(row, words);
    };
    return connection.collect("WHERE first_seen < ? ORDER BY first_seen DESC, id",
                              query.limit, keep,
                              query.before == 0 ? INT64_MAX : query.before);
  };
  return ask(std::move(question));
}

asio::awaitable<Result<std::optional<ArticleRow>>> Reader::article(std::uint64_t id) {
  std::function<std::optional<ArticleRow>(Connection&)> question =
      [id](Connection& connection) -> std::optional<ArticleRow> {
    Articles found = connection.collect(
        "WHERE id = ?", 1, [](ArticleRow&) { return true; }, id);
    if (found.rows.empty()) {
      return std::nullopt;
    }
    return std::move(found.rows.front());
  };
  return ask(std::move(question));
}

asio::awaitable<Result<Reader::Articles>> Reader::by_url(std::string url) {
  std::function<Articles(Connection&)> question = [url](Connection& connection) {
    return connection.collect(
        "WHERE url = ? OR guid = ? ORDER BY first_seen DESC", limits::kEventsOfArticle,
        [](ArticleRow&) { return true; }, url, url);
  };
  return ask(std::move(question));
}

asio::awaitable<Result<Reader::Articles>> Reader::copies(std::uint64_t id) {
  std::function<Articles(Connection&)> question = [id](Connection& connection) {
    // A copy comes after what it copies: only those have to be looked at.
    return connection.collect(
        "WHERE duplicate_of = ?1 AND first_seen >= (SELECT first_seen FROM articles"
        " WHERE id = ?1) ORDER BY first_seen",
        limits::kEventsOfArticle, [](ArticleRow&) { return true; }, id);
  };
  return ask(std::move(question));
}

asio::awaitable<Result<std::vector<StoredEvent>>> Reader::events(std::uint64_t article) {
  std::function<std::vector<StoredEvent>(Connection&)> question =
      [article](Connection& connection) {
        return connection.events(article);
      };
  return ask(std::move(question));
}

asio::awaitable<Result<std::vector<Reader::Story>>> Reader::stories(std::size_t limit) {
  std::function<std::vector<Story>(Connection&)> question =
      [limit](Connection& connection) {
        return connection.stories(limit);
      };
  return ask(std::move(question));
}

asio::awaitable<Result<std::optional<Reader::Story>>> Reader::story(std::uint64_t id) {
  std::function<std::optional<Story>(Connection&)> question =
      [id](Connection& connection) -> std::optional<Story> {
    Articles members = connection.collect(
        "WHERE story = ? ORDER BY first_seen DESC", limits::kStoryArticles,
        [](ArticleRow& row) {
          row.text.clear();
          row.removed_json.clear();
          return true;
        },
        id);
    if (members.rows.empty()) {
      return std::nullopt;
    }
    return Story{id, std::move(members.rows)};
  };
  return ask(std::move(question));
}

}  // namespace siftd
