// The rows of a source, made readable in SQL.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lakelet/source.h"
#include "operations/csv_file.h"
#include "sql/sql_session.h"

namespace lakelet::operations {

// A source whose table reference, if it was one, has been resolved.
using Input = std::variant<OwnedArrowStream, Source::Files, Source::Query, std::shared_ptr<const Snapshot>>;

// Where the verbs work. All references outlive the plans that are made with them.
struct Workspace {
  sql::SqlSession& session;
  StoreRegistry& stores;
};

struct Relation {
  std::string from;                                             // what may stand behind FROM, as often as `once` allows
  bool once = false;                                            // a stream: its rows come once
  std::vector<std::string> columns;                             // names, in order
  std::vector<std::optional<Type>> types;                       // of each; absent: one that no table has
  std::vector<std::pair<std::string, std::string>> parameters;  // that `from` needs bound
  std::vector<CsvFile> csv_files;                               // behind it, for explain_bad_row
  std::string shown;                                            // what messages call it; empty: nothing
};

// Looks at the source as far as its columns need it: the start of files, the names of a query. `table` is the schema of
// the table that the rows are for, null for a table that isn't there yet. Binds streams and snapshots in the session.
// Throws NotFound (a file), InvalidArgument (a query that isn't one, a file that isn't of its format).
Relation prepare_relation(Input input, const Schema* table, const Workspace& workspace);

// The names of the sheets of a workbook; none for a file of another format. Throws NotFound, InvalidArgument.
std::vector<std::string> sheets_of(const std::string& path, const FileOptions& options, StoreRegistry& stores);

}  // namespace lakelet::operations
