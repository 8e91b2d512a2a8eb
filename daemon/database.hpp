#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace siftd {

// The state cannot be used. `what()` is one sentence that names the path or what
// the database said.
class StoreError : public std::runtime_error {
 public:
  enum class Kind {
    in_use,       // by another daemon
    newer,        // written by a newer siftd; nothing was touched
    cannot_open,  // not made, no permission, read-only
    corrupt,      // damaged
    cannot_write  // disk full, I/O error: may pass
  };
  StoreError(Kind kind, const std::string& what)
      : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// A prepared statement of a Database. Values are bound in order and columns read by
// index, both from 0. Text and blobs given to query() or run() are not copied: they
// live until the Rows are gone.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  // The rows of one execution; the statement is reset when they go.
  class Rows {
   public:
    explicit Rows(Statement& statement) : statement_(statement) {}
    ~Rows() { statement_.reset(); }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    bool next() { return statement_.step(); }
    std::int64_t integer(int column) const;
    std::uint64_t number(int column) const {
      return static_cast<std::uint64_t>(integer(column));
    }
    double real(int column) const;
    std::string text(int column) const { return std::string(view(column)); }
    std::string_view view(int column) const;  // until the next row

   private:
    Statement& statement_;
  };

  template <class... Values>
  Rows query(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return Rows(*this);
  }

  // For statements without rows, or of which only the effect counts.
  template <class... Values>
  void run(const Values&... values) {
    Rows rows = query(values...);
    while (rows.next()) {
    }
  }

 private:
  friend class Rows;
  void bind(int index, std::int64_t value);
  void bind(int index, std::uint64_t value) {
    bind(index, static_cast<std::int64_t>(value));
  }
  void bind(int index, int value) { bind(index, std::int64_t{value}); }
  void bind(int index, unsigned value) { bind(index, std::int64_t{value}); }
  void bind(int index, bool value) { bind(index, std::int64_t{value}); }
  void bind(int index, double value);
  void bind(int index, std::string_view value);  // as a blob: any bytes
  void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
  bool step();
  void reset();

  sqlite3_stmt* statement_;
};

// One SQLite connection; one thread at a time. Every failure is a StoreError.
class Database {
 public:
  enum class Access { read_write, read_only };
  Database(const std::filesystem::path& file, Access access);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(const std::string& sql);  // any number of statements, no values
  Statement prepare(const char* sql) { return Statement(handle_, sql); }
  std::int64_t integer(const char* sql);  // the first column of the first row, else 0
  std::int64_t changes() const;           // rows changed by the last statement

  // Moves the write-ahead log into the database as far as readers allow.
  void checkpoint();
  // Pages in the write-ahead log after the last commit.
  int wal_pages() const { return wal_pages_; }

  // Makes running statements fail once `has_to_end` returns other than 0 (asked often).
  void set_deadline(int (*has_to_end)(void*), void* argument);

 private:
  static int on_commit(void* self, sqlite3*, const char*, int pages);

  sqlite3* handle_ = nullptr;
  int wal_pages_ = 0;
};

}  // namespace siftd
