#include "catalogs/sql/sqlite_database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <utility>

#include "base/system_library.h"
#include "lakelet/error.h"

namespace lakelet::catalogs {

namespace {

constexpr int kLockWaitMs = 10'000;

// The functions that are called, found in the system's library.
struct Library {
  decltype(&sqlite3_open_v2) open = nullptr;
  decltype(&sqlite3_close_v2) close = nullptr;
  decltype(&sqlite3_busy_timeout) busy_timeout = nullptr;
  decltype(&sqlite3_extended_result_codes) extended_codes = nullptr;
  decltype(&sqlite3_prepare_v2) prepare = nullptr;
  decltype(&sqlite3_bind_parameter_index) parameter_index = nullptr;
  decltype(&sqlite3_bind_text) bind_text = nullptr;
  decltype(&sqlite3_step) step = nullptr;
  decltype(&sqlite3_finalize) finalize = nullptr;
  decltype(&sqlite3_column_count) column_count = nullptr;
  decltype(&sqlite3_column_text) column_text = nullptr;
  decltype(&sqlite3_column_bytes) column_bytes = nullptr;
  decltype(&sqlite3_changes) changes = nullptr;
  decltype(&sqlite3_errmsg) message = nullptr;
};

Library load() {
  const SystemLibrary file("libsqlite3.so.0", "catalogs in SQLite files", "libsqlite3-0");
  Library library;
  file.find("sqlite3_open_v2", library.open);
  file.find("sqlite3_close_v2", library.close);
  file.find("sqlite3_busy_timeout", library.busy_timeout);
  file.find("sqlite3_extended_result_codes", library.extended_codes);
  file.find("sqlite3_prepare_v2", library.prepare);
  file.find("sqlite3_bind_parameter_index", library.parameter_index);
  file.find("sqlite3_bind_text", library.bind_text);
  file.find("sqlite3_step", library.step);
  file.find("sqlite3_finalize", library.finalize);
  file.find("sqlite3_column_count", library.column_count);
  file.find("sqlite3_column_text", library.column_text);
  file.find("sqlite3_column_bytes", library.column_bytes);
  file.find("sqlite3_changes", library.changes);
  file.find("sqlite3_errmsg", library.message);
  return library;
}

const Library& sqlite() {
  static const Library library = load();
  return library;
}

ErrorCode code_of(int result) {
  switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
      return ErrorCode::Unavailable;
    case SQLITE_CONSTRAINT:
      return ErrorCode::AlreadyExists;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorCode::Permission;
    case SQLITE_FULL:
      return ErrorCode::Exhausted;
    case SQLITE_IOERR:
      return ErrorCode::CommitUnknown;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::CorruptTable;
    default:
      return ErrorCode::Internal;
  }
}

class Connection {
 public:
  Connection(const std::string& path, const std::string& uri, bool writes) : uri_(uri) {
    const int mode = writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    const int result = sqlite().open(path.c_str(), &database_, mode | SQLITE_OPEN_NOMUTEX, nullptr);
    if (result != SQLITE_OK) {
      const std::string text = database_ ? sqlite().message(database_) : "no memory";
      sqlite().close(database_);
      throw Error(code_of(result), fmt::format("can't open the catalog {}: {}", uri_, text));
    }
    sqlite().extended_codes(database_, 1);
    sqlite().busy_timeout(database_, kLockWaitMs);
  }
  ~Connection() {
    sqlite().finalize(statement_);
    sqlite().close(database_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // A statement after another. One that wasn't committed when the connection is closed is rolled back.
  SqlDatabase::Result run(const std::string& text, const std::vector<std::string>& parameters) {
    sqlite().finalize(std::exchange(statement_, nullptr));
    prepare(text, parameters);
    return run();
  }

 private:
  void prepare(const std::string& text, const std::vector<std::string>& parameters) {
    require(sqlite().prepare(database_, text.c_str(), static_cast<int>(text.size()), &statement_, nullptr));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const int index = sqlite().parameter_index(statement_, fmt::format("${}", i + 1).c_str());
      if (index == 0) throw Error(ErrorCode::Internal, fmt::format("no parameter ${} in {}", i + 1, text));
      require(sqlite().bind_text(statement_, index, parameters[i].data(), static_cast<int>(parameters[i].size()),
                                 SQLITE_STATIC));
    }
  }

  SqlDatabase::Result run() {
    SqlDatabase::Result result;
    int state = sqlite().step(statement_);
    for (; state == SQLITE_ROW; state = sqlite().step(statement_)) {
      auto& row = result.rows.emplace_back();
      for (int i = 0; i < sqlite().column_count(statement_); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite().column_text(statement_, i));
        const auto size = static_cast<std::size_t>(sqlite().column_bytes(statement_, i));
        row.push_back(text ? std::optional(std::string(text, size)) : std::nullopt);
      }
    }
    if (state != SQLITE_DONE) require(state);
    result.changed = sqlite().changes(database_);
    return result;
  }

  void require(int result) {
    if (result == SQLITE_OK) return;
    throw Error(code_of(result), fmt::format("the catalog {}: {}", uri_, sqlite().message(database_)));
  }

  const std::string& uri_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

bool is_there(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

}  // namespace

SqliteDatabase::SqliteDatabase(std::string uri, std::string path) : uri_(std::move(uri)), path_(std::move(path)) {}

SqlDatabase::Result SqliteDatabase::run(const std::string& statement, const std::vector<std::string>& parameters) {
  Connection connection(path_, uri_, !statement.starts_with("SELECT"));
  return connection.run(statement, parameters);
}

bool SqliteDatabase::change_rows(const std::vector<Statement>& statements) {
  if (statements.size() == 1) return run(statements.front().text, statements.front().parameters).changed > 0;
  Connection connection(path_, uri_, true);
  connection.run("BEGIN IMMEDIATE", {});
  for (const Statement& statement : statements) {
    if (connection.run(statement.text, statement.parameters).changed == 0) return false;
  }
  connection.run("COMMIT", {});
  return true;
}

bool SqliteDatabase::has_table(const std::string& name) {
  if (!is_there(path_)) return false;
  return !run("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1", {name}).rows.empty();
}

bool SqliteDatabase::has_column(const std::string& table, const std::string& column) {
  if (!is_there(path_)) return false;
  return !run("SELECT 1 FROM pragma_table_info($1) WHERE name = $2", {table, column}).rows.empty();
}

}  // namespace lakelet::catalogs
