#include "catalogs/sql/postgres_database.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/system_library.h"
#include "lakelet/error.h"

namespace lakelet::catalogs {

namespace {

// The functions that are called, found in the system's library.
struct Library {
  decltype(&PQconnectdb) connect = nullptr;
  decltype(&PQfinish) finish = nullptr;
  decltype(&PQstatus) status = nullptr;
  decltype(&PQerrorMessage) message = nullptr;
  decltype(&PQexecParams) execute = nullptr;
  decltype(&PQresultStatus) result_status = nullptr;
  decltype(&PQresultErrorField) error_field = nullptr;
  decltype(&PQntuples) rows = nullptr;
  decltype(&PQnfields) fields = nullptr;
  decltype(&PQgetisnull) is_null = nullptr;
  decltype(&PQgetvalue) value = nullptr;
  decltype(&PQgetlength) length = nullptr;
  decltype(&PQcmdTuples) changed = nullptr;
  decltype(&PQclear) clear = nullptr;
};

Library load() {
  const SystemLibrary file("libpq.so.5", "catalogs in PostgreSQL", "libpq5");
  Library library;
  file.find("PQconnectdb", library.connect);
  file.find("PQfinish", library.finish);
  file.find("PQstatus", library.status);
  file.find("PQerrorMessage", library.message);
  file.find("PQexecParams", library.execute);
  file.find("PQresultStatus", library.result_status);
  file.find("PQresultErrorField", library.error_field);
  file.find("PQntuples", library.rows);
  file.find("PQnfields", library.fields);
  file.find("PQgetisnull", library.is_null);
  file.find("PQgetvalue", library.value);
  file.find("PQgetlength", library.length);
  file.find("PQcmdTuples", library.changed);
  file.find("PQclear", library.clear);
  return library;
}

const Library& libpq() {
  static const Library library = load();
  return library;
}

struct Clear {
  void operator()(PGresult* result) const { libpq().clear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text;
}

SqlDatabase::Result read_result(const PGresult* answer) {
  SqlDatabase::Result result;
  for (int row = 0; row < libpq().rows(answer); ++row) {
    auto& cells = result.rows.emplace_back();
    for (int i = 0; i < libpq().fields(answer); ++i) {
      const auto size = static_cast<std::size_t>(libpq().length(answer, row, i));
      const bool null = libpq().is_null(answer, row, i) != 0;
      cells.push_back(null ? std::nullopt : std::optional(std::string(libpq().value(answer, row, i), size)));
    }
  }
  const std::string changed = libpq().changed(const_cast<PGresult*>(answer));
  result.changed = changed.empty() ? 0 : std::stoll(changed);
  return result;
}

// By the class of the SQLSTATE ("PostgreSQL Error Codes").
ErrorCode code_of(std::string_view state) {
  if (state == "23505") return ErrorCode::AlreadyExists;
  if (state == "42501" || state.starts_with("28") || state == "25006") return ErrorCode::Permission;
  if (state.starts_with("40") || state.starts_with("55") || state.starts_with("53")) return ErrorCode::Unavailable;
  if (state.starts_with("57")) return ErrorCode::Unavailable;
  if (state.starts_with("42")) return ErrorCode::InvalidArgument;
  return ErrorCode::Internal;
}

}  // namespace

PostgresDatabase::PostgresDatabase(std::string uri) : uri_(std::move(uri)) {
  const std::size_t begin = uri_.find("://") + 3;
  const std::size_t at = uri_.substr(0, uri_.find('/', begin)).rfind('@');
  const std::size_t colon = uri_.find(':', begin);
  if (at == std::string::npos || colon == std::string::npos || colon > at) return;
  throw Error(ErrorCode::InvalidArgument, "a catalog's URI is shown to people, and can't have a password",
              "leave it to libpq: PGPASSWORD, ~/.pgpass or a client certificate");
}

PostgresDatabase::~PostgresDatabase() {
  disconnect();
}

void PostgresDatabase::disconnect() {
  if (connection_) libpq().finish(static_cast<PGconn*>(connection_));
  connection_ = nullptr;
}

void PostgresDatabase::connect() {
  if (connection_ && libpq().status(static_cast<PGconn*>(connection_)) == CONNECTION_OK) return;
  disconnect();
  PGconn* opened = libpq().connect(uri_.c_str());
  connection_ = opened;
  if (libpq().status(opened) == CONNECTION_OK) return;
  const std::string text = one_line(libpq().message(opened));
  disconnect();
  throw Error(ErrorCode::Unavailable, fmt::format("can't reach the catalog {}: {}", uri_, text));
}

SqlDatabase::Result PostgresDatabase::execute(const Statement& statement, ErrorCode lost) {
  std::vector<const char*> values;
  for (const std::string& parameter : statement.parameters) values.push_back(parameter.c_str());
  auto* connection = static_cast<PGconn*>(connection_);
  const Answer answer(libpq().execute(connection, statement.text.c_str(), static_cast<int>(values.size()), nullptr,
                                      values.data(), nullptr, nullptr, 0));
  const ExecStatusType status = libpq().result_status(answer.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return read_result(answer.get());
  const std::string text = one_line(libpq().message(connection));
  if (libpq().status(connection) == CONNECTION_OK) {
    const char* state = libpq().error_field(answer.get(), PG_DIAG_SQLSTATE);
    throw Error(code_of(state ? state : ""), fmt::format("the catalog {}: {}", uri_, text));
  }
  disconnect();
  throw Error(lost, fmt::format("the connection to the catalog {} broke: {}", uri_, text));
}

SqlDatabase::Result PostgresDatabase::run(const std::string& statement, const std::vector<std::string>& parameters) {
  const std::lock_guard lock(mutex_);
  const bool reads = statement.starts_with("SELECT");
  // What only reads is asked once more where the connection broke since it was last used.
  const bool again = reads && connection_;
  connect();
  try {
    // A statement whose answer was lost with the connection may have been carried out.
    return execute({statement, parameters}, reads ? ErrorCode::Unavailable : ErrorCode::CommitUnknown);
  } catch (const Error&) {
    if (!again || connection_) throw;
  }
  connect();
  return execute({statement, parameters}, ErrorCode::Unavailable);
}

bool PostgresDatabase::change_rows(const std::vector<Statement>& statements) {
  if (statements.size() == 1) return run(statements.front().text, statements.front().parameters).changed > 0;
  const std::lock_guard lock(mutex_);
  connect();
  try {
    // A connection that breaks before COMMIT takes all of it back.
    execute({"BEGIN"}, ErrorCode::Unavailable);
    for (const Statement& statement : statements) {
      if (execute(statement, ErrorCode::Unavailable).changed > 0) continue;
      roll_back();
      return false;
    }
    execute({"COMMIT"}, ErrorCode::CommitUnknown);
  } catch (const Error&) {
    roll_back();
    throw;
  }
  return true;
}

void PostgresDatabase::roll_back() {
  if (!connection_) return;
  try {
    execute({"ROLLBACK"}, ErrorCode::Unavailable);
  } catch (const Error&) {
    disconnect();
  }
}

bool PostgresDatabase::has_table(const std::string& name) {
  return !run("SELECT 1 FROM information_schema.tables WHERE table_schema = ANY (current_schemas(false)) AND "
              "table_name = $1",
              {name})
              .rows.empty();
}

bool PostgresDatabase::has_column(const std::string& table, const std::string& column) {
  return !run("SELECT 1 FROM information_schema.columns WHERE table_schema = ANY (current_schemas(false)) AND "
              "table_name = $1 AND column_name = $2",
              {table, column})
              .rows.empty();
}

}  // namespace lakelet::catalogs
