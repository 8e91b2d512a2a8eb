#include "daemon/store.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

#include "base/limits.hpp"
#include "daemon/salvage.hpp"
#include "daemon/schema.hpp"
#include "daemon/statements.hpp"

namespace siftd {

namespace {

namespace fs = std::filesystem;

// Made here, and not by SQLite, for the sake of its mode: the log beside it takes it
// over.
void make_private(const fs::path& file) {
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (made < 0) {
    throw StoreError(StoreError::Kind::cannot_open,
                     file.string() + ": " + std::strerror(errno) +
                         "; make it writable or name another state_dir");
  }
  ::close(made);
}

int lock(const fs::path& dir) {
  const fs::path file = dir / "siftd.lock";
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (lock < 0) {
    throw StoreError(StoreError::Kind::cannot_open,
                     file.string() + ": " + std::strerror(errno) +
                         "; make it writable or name another state_dir");
  }
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 32> owner{};
    const ssize_t size = ::read(lock, owner.data(), owner.size() - 1);
    ::close(lock);
    std::string pid(owner.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    pid.erase(
        std::find_if(pid.begin(), pid.end(), [](char c) { return c < '0' || c > '9'; }),
        pid.end());
    throw StoreError(StoreError::Kind::in_use,
                     dir.string() + " is in use by another siftd, process " +
                         (pid.empty() ? "unknown" : pid) +
                         "; stop it or name another state_dir");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  // A lock without its number still locks: on a full disk that has to do.
  if (::ftruncate(lock, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(lock, pid.data(), pid.size(), 0);
  }
  return lock;
}

void make_directory(const fs::path& dir) {
  std::error_code failure;
  if (fs::is_directory(dir, failure)) {
    return;
  }
  fs::create_directories(dir, failure);
  if (!failure) {
    fs::permissions(dir,
                    fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec,
                    failure);
  }
  if (failure) {
    throw StoreError(StoreError::Kind::cannot_open,
                     dir.string() + ": cannot be made: " + failure.message() +
                         "; make it or name another state_dir");
  }
}

}  // namespace

Store::Store(const fs::path& dir) : dir_(dir), file_(dir / "siftd.db") {
  make_directory(dir_);
  lock_ = lock(dir_);
  try {
    if (schema_version(file_) > schema_steps().size()) {
      throw StoreError(StoreError::Kind::newer,
                       file_.string() + " was written by a newer siftd (version " +
                           std::to_string(schema_version(file_)) + ", this one knows " +
                           std::to_string(schema_steps().size()) +
                           "); nothing was changed: install the newer one again");
    }
    if (fs::exists(dir_ / kDamagedMark)) {
      repair();
    } else {
      try {
        open();
      } catch (const StoreError& error) {
        if (error.kind() != StoreError::Kind::corrupt) {
          throw;
        }
        repair();
      }
    }
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

Store::~Store() {
  statements_.reset();
  database_.reset();
  ::close(lock_);
}

void Store::open() {
  make_private(file_);
  statements_.reset();
  database_.reset();
  database_ = std::make_unique<Database>(file_, Database::Access::read_write);
  try {
    database_->execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;"
        "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;"
        "PRAGMA trusted_schema = OFF;");
    migrate(*database_, schema_steps());
    statements_ = std::make_unique<Statements>(*database_);
  } catch (const StoreError& error) {
    if (error.kind() == StoreError::Kind::cannot_write ||
        error.kind() == StoreError::Kind::cannot_open) {
      throw StoreError(
          StoreError::Kind::cannot_open,
          std::string(error.what()) + "; make room or name another state_dir");
    }
    throw;
  }
  checkpoint_at_ = static_cast<int>(limits::kWalPages);
  Statement::Rows rows = statements_->last_event.query();
  if (rows.next()) {
    newest_ = rows.number(0);
    end_ = rows.number(1) + rows.number(2);
    last_time_ = rows.integer(3);
  }
  // After damage: where the sequence was, though the events are gone.
  if (const std::optional<std::string> reached = setting("sequence")) {
    newest_ =
        std::max<std::uint64_t>(newest_, std::strtoull(reached->c_str(), nullptr, 10));
  }
  const std::int64_t first = database_->integer("SELECT min(sequence) FROM events");
  oldest_ = first > 0 ? static_cast<std::uint64_t>(first) : newest_ + 1;
  committed_ = newest_;
  committed_end_ = end_;
}

std::uint64_t Store::bytes() const {
  if (newest_ < oldest_) {
    return 0;
  }
  Statement::Rows rows = statements_->event_place.query(oldest_);
  return rows.next() ? end_ - rows.number(1) : 0;
}

void Store::begin() {
  statements_->begin.run();
}

void Store::commit() {
  statements_->commit.run();
  committed_ = newest_;
  committed_end_ = end_;
  if (database_->wal_pages() >= checkpoint_at_) {
    const int total = database_->wal_pages();
    try {
      database_->checkpoint();
    } catch (const StoreError& error) {
      // What was committed is safe in the log; only that it grows is wrong.
      if (error.kind() == StoreError::Kind::corrupt) {
        throw;
      }
    }
    const int kept = static_cast<int>(limits::kWalPages);
    checkpoint_at_ = database_->wal_pages() == 0 ? kept : total + kept;
  }
}

void Store::rollback() {
  try {
    statements_->rollback.run();
  } catch (const StoreError&) {
    // SQLite rolls back by itself when the disk fails.
  }
  newest_ = committed_;
  end_ = committed_end_;
}

std::optional<SeenRow> Store::find(std::uint64_t key) {
  Statement::Rows rows = statements_->find_seen.query(key);
  if (!rows.next()) {
    return std::nullopt;
  }
  SeenRow row;
  row.key = key;
  row.article = rows.number(0);
  row.item_hash = rows.number(1);
  row.listed_day = static_cast<std::int32_t>(rows.integer(2));
  return row;
}

std::optional<ArticleRow> Store::article(std::uint64_t id) {
  Statement::Rows rows = statements_->find_article.query(id);
  return rows.next() ? std::optional(article_row(rows)) : std::nullopt;
}

std::optional<std::string> Store::setting(std::string_view key) {
  Statement::Rows rows = statements_->find_setting.query(key);
  return rows.next() ? std::optional(rows.text(0)) : std::nullopt;
}

std::optional<Journal::Cursor> Store::cursor(std::string_view name) {
  Statement::Rows rows = statements_->find_cursor.query(name);
  if (!rows.next()) {
    return std::nullopt;
  }
  Journal::Cursor cursor;
  cursor.sequence = rows.number(0);
  cursor.state = rows.text(1);
  return cursor;
}

void Store::feed_states(const std::vector<std::string_view>& urls,
                        const std::function<void(std::size_t, std::string_view)>& found) {
  // A savepoint: there may be a transaction around this.
  database_->execute("SAVEPOINT reading");
  for (std::size_t i = 0; i < urls.size(); ++i) {
    Statement::Rows rows = statements_->find_feed.query(urls[i]);
    if (rows.next()) {
      found(i, rows.view(0));
    }
  }
  database_->execute("RELEASE reading");
}

void Store::each_memory(const std::function<void(MemoryRow)>& on_row) {
  Statement statement =
      database_->prepare("SELECT article, time, blob FROM memory ORDER BY time, article");
  Statement::Rows rows = statement.query();
  while (rows.next()) {
    MemoryRow row;
    row.article = rows.number(0);
    row.time = rows.integer(1);
    row.blob = rows.text(2);
    on_row(std::move(row));
  }
}

std::optional<SiteRow> Store::site(const std::string& site) {
  Statement::Rows rows = statements_->find_site.query(site);
  if (!rows.next()) {
    return std::nullopt;
  }
  SiteRow row;
  row.site = site;
  row.blob = rows.text(0);
  return row;
}

std::vector<ArticleRow> Store::due_again(std::int64_t now, std::size_t limit) {
  std::vector<ArticleRow> due;
  Statement::Rows rows = statements_->due_again.query(now, std::uint64_t{limit});
  while (rows.next()) {
    due.push_back(article_row(rows));
  }
  return due;
}

}  // namespace siftd
