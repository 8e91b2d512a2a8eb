#include "daemon/database.hpp"

#include <cassert>
#include <cstring>
#include <sqlite3.h>
#include <utility>

namespace siftd {

namespace {

StoreError::Kind kind_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StoreError::Kind::corrupt;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return StoreError::Kind::cannot_open;
    default:
      return StoreError::Kind::cannot_write;
  }
}

[[noreturn]] void fail(sqlite3* database, int code) {
  const char* file = sqlite3_db_filename(database, "main");
  std::string what = file == nullptr ? "the database" : file;
  what += ": ";
  what += sqlite3_errmsg(database);
  const int system_error = sqlite3_system_errno(database);
  if ((code & 0xFF) == SQLITE_IOERR && system_error != 0) {
    what += std::string(" (") + std::strerror(system_error) + ")";
  }
  throw StoreError(kind_of(code), what);
}

}  // namespace

Statement::Statement(sqlite3* database, const char* sql) : statement_(nullptr) {
  const int code = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      &statement_, nullptr);
  if (code != SQLITE_OK) {
    fail(database, code);
  }
}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

void Statement::bind(int index, std::int64_t value) {
  [[maybe_unused]] const int code = sqlite3_bind_int64(statement_, index, value);
  assert(code == SQLITE_OK);
}

void Statement::bind(int index, double value) {
  [[maybe_unused]] const int code = sqlite3_bind_double(statement_, index, value);
  assert(code == SQLITE_OK);
}

void Statement::bind(int index, std::string_view value) {
  // A null pointer would bind NULL; an empty view may hold one.
  const char* bytes = value.data() == nullptr ? "" : value.data();
  const int code =
      sqlite3_bind_blob64(statement_, index, bytes, value.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) {
    fail(sqlite3_db_handle(statement_), code);
  }
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    fail(sqlite3_db_handle(statement_),
         sqlite3_extended_errcode(sqlite3_db_handle(statement_)));
  }
  return code == SQLITE_ROW;
}

void Statement::reset() {
  sqlite3_reset(statement_);
}

std::int64_t Statement::Rows::integer(int column) const {
  return sqlite3_column_int64(statement_.statement_, column);
}

double Statement::Rows::real(int column) const {
  return sqlite3_column_double(statement_.statement_, column);
}

std::string_view Statement::Rows::view(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.statement_, column);
  const int size = sqlite3_column_bytes(statement_.statement_, column);
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes),
                                             static_cast<std::size_t>(size));
}

Database::Database(const std::filesystem::path& file, Access access) {
  const int flags =
      (access == Access::read_only ? SQLITE_OPEN_READONLY
                                   : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr);
  if (code != SQLITE_OK) {
    const std::string what = file.string() + ": " + sqlite3_errmsg(handle_);
    sqlite3_close_v2(handle_);
    throw StoreError(kind_of(code), what);
  }
  sqlite3_busy_timeout(handle_, 5000);
  sqlite3_wal_hook(handle_, &Database::on_commit, this);
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    fail(handle_, code);
  }
}

std::int64_t Database::integer(const char* sql) {
  Statement statement = prepare(sql);
  Statement::Rows rows = statement.query();
  return rows.next() ? rows.integer(0) : 0;
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}

void Database::checkpoint() {
  int pages = 0;
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             &pages, &moved);
  if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) {
    fail(handle_, code);
  }
  wal_pages_ = pages - moved;
}

void Database::set_deadline(int (*has_to_end)(void*), void* argument) {
  sqlite3_progress_handler(handle_, has_to_end == nullptr ? 0 : 10000, has_to_end,
                           argument);
}

int Database::on_commit(void* self, sqlite3*, const char*, int pages) {
  static_cast<Database*>(self)->wal_pages_ = pages;
  return SQLITE_OK;
}

}  // namespace siftd
