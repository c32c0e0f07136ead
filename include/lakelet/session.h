// The way in: tables by reference, and SQL over them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lakelet/configuration.h"
#include "lakelet/convert.h"
#include "lakelet/health.h"
#include "lakelet/namespace_properties.h"
#include "lakelet/query_control.h"
#include "lakelet/table.h"

namespace lakelet {

struct SessionState;

// Rows of the caller that a query reads by a name. Each reading calls `open`, from any thread; a query may have
// several.
struct NamedRows {
  std::string name;
  std::function<OwnedArrowStream()> open;
};

// A table that was found in a folder.
struct TableName {
  std::string schema;
  std::string name;
  std::string uri;
};

// A table reference is a path or a URI, and may end in "@v12" (or "@12"), "@2025-01-31T12:00:00Z" (UTC if it names no
// zone; a date is its midnight) or "@branch". A path that exists as written wins over that reading.
//
// Cheap to make: the engine starts with the first read or write of rows. Thread-safe; copies share everything. Tables,
// scans and rows keep what they need of it alive.
class Session {
 public:
  explicit Session(Configuration configuration = {});

  // Commits version 0 of a new table. Throws AlreadyExists, InvalidArgument (schema, partition columns, a reference
  // with a version), UnsupportedFeature (a type or property that the format can't hold).
  Table create(const std::string& reference, const Schema& schema, const CreateOptions& options = {});

  // Throws NotFound (telling a missing path from a folder that is no table, and from a missing version),
  // UnsupportedFeature, CorruptTable.
  Table open(const std::string& reference);
  // Whether open() would find a table (not whether it could read it).
  bool exists(const std::string& reference);

  // append or overwrite for a table that may not be there yet: then, if `create` is given, it is made with the source's
  // schema, in the same commit as its rows; else NotFound. `where` only with Overwrite. A Report of version -1 says
  // that Ignore had nothing to do.
  Report write(const std::string& reference, Source source, WriteMode mode, const std::string& where = {},
               const WriteOptions& options = {}, const CreateOptions* create = nullptr);

  // Looks a table over: its log and metadata, its files and what is known of them, how they lie. Throws only what keeps
  // it from looking, NotFound (no table) among it; what is wrong is in the report. A table that can't be opened can be
  // looked over all the same. With `repair`, what is marked as repairable is mended.
  HealthReport doctor(const std::string& reference, const DoctorOptions& options = {});

  // Makes the Parquet files of a folder a table, where they are: nothing but the table's own log is written. Folders
  // named "column=value" become partition columns. Throws AlreadyExists, NotFound (no file), InvalidArgument (files
  // whose columns or folders don't go together: the message names one), UnsupportedFeature.
  ConvertReport convert(const std::string& folder, const ConvertOptions& options = {});

  // Gives a table that no catalog knows, or another one, a name in this one: `reference` is the catalog's URI, '#' and
  // the name, `metadata` the file that says what the table is ("lake/t/metadata/v3.metadata.json"). Nothing is written
  // but the name; from then on the table is changed through the catalog. Throws NotFound, AlreadyExists,
  // InvalidArgument (no name in a catalog), UnsupportedFeature (a catalog that only knows what it made).
  Table register_table(const std::string& reference, const std::string& metadata);

  // What a catalog keeps of a namespace: `reference` is the catalog's URI, '#' and the namespace's name. "location" is
  // the folder in which its new tables are made. Throws NotFound, InvalidArgument (no namespace of a catalog).
  NamespaceProperties namespace_properties(const std::string& reference);
  void change_namespace(const std::string& reference, const NamespaceChange& change);

  // One or more statements; the rows of the last. A quoted path is a table: "select * from 'lake/weather'".
  // `parameters` bind $name and never become part of the text. Statements of one text share a connection (BEGIN ...
  // COMMIT). `given` is there for this query alone, and wins over what else has such a name.
  Rows sql(const std::string& query, const std::vector<std::pair<std::string, std::string>>& parameters = {},
           const std::vector<NamedRows>& given = {});

  // The same, watched and cancelled from other threads through `control`.
  Rows sql(const std::string& query, const std::vector<std::pair<std::string, std::string>>& parameters,
           const QueryControl& control, const std::vector<NamedRows>& given = {});

  // The names of a workbook's sheets (xlsx), in their order; none for a file of another kind.
  std::vector<std::string> sheets(const std::string& path, const FileOptions& options = {});

  // The rows of a source by themselves, with the types that its values suggest: a preview of what would be written.
  Rows rows(Source source);

  // The tables in a folder: those that lie in it (schema ""), and those in its sub-folders that aren't tables (schema:
  // the sub-folder's name); if the folder is itself a table, that one. Sorted. Looks at names only: whether a table can
  // be read open() says.
  std::vector<TableName> tables(const std::string& folder);

  // The rows of a Split, by its text: what Scan::splits() gave, here or in another process. Throws InvalidArgument for
  // text that isn't one or is of a later version; its files must still be there (vacuum spares them for a while).
  Rows read(const std::string& split_text);

  // Writes rows as one Parquet file, durable when it returns; returns its size in bytes.
  std::uint64_t write_parquet(Rows rows, const std::string& path);
  // The same as an Arrow IPC file.
  std::uint64_t write_arrow(Rows rows, const std::string& path);

  // From any thread: what runs now ends in Error(Cancelled). Whether anything ran.
  bool cancel();

 private:
  friend struct SessionState;
  explicit Session(std::shared_ptr<SessionState> state) : state_(std::move(state)) {}
  std::shared_ptr<SessionState> state_;
};

}  // namespace lakelet
