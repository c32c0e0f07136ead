// SQL over lake tables: the only way by which operations/ reads or changes rows. No DuckDB type shows here.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "lakelet/alteration.h"
#include "lakelet/error.h"
#include "table/commit.h"
#include "table/table_format.h"

namespace lakelet::sql {

enum class SchemaMode {
  Enforce,    // the rows must fit the table's schema: names, types, nullability
  Merge,      // new columns of the rows are added to the table
  Overwrite,  // the table's schema becomes that of the rows (only with replace_all)
};

// A table that an INSERT makes if there is none at its path, in the same commit as its first rows.
struct NewTable {
  std::string format;                                // the name of a registered format; empty: the first one registered
  CreateSpec spec;                                   // an empty schema is taken from the rows, every column nullable
  std::map<std::string, ValueRule> values{};         // by column, as the table keeps them
  std::map<std::string, std::string> constraints{};  // by name
  bool replace = false;                              // SqlSession::create: the table that is there becomes this one
};

// How the next data-changing statements commit. What is absent is taken from the statement itself.
struct WriteOptions {
  SchemaMode schema_mode = SchemaMode::Enforce;
  bool replace_all = false;                // an INSERT that first removes every file: overwrite
  std::optional<Operation> operation;      // for the history: INSERT is Append unless this says otherwise
  std::optional<std::string> predicate;    // likewise, SQL text
  std::vector<MergeClause> merge_clauses;  // likewise
  std::map<std::string, std::string> user_metadata;
  std::optional<std::pair<std::string, std::int64_t>> application_version;
  DataFileOptions files;
  std::optional<NewTable> create;
  CommitOptions commit;
};

// Rows as they come. Pull from one thread; destroying it ends the query.
struct Rows {
  Schema schema;
  OwnedArrowStream stream;
};

class OpenTables;
class ProcedureRegistry;
class LakeNames;

// Where a session's names come from, beside its own tables and paths. Thread-safe.
struct NameSources {
  std::shared_ptr<const LakeNames> tables;                                    // known without ATTACH; may be null
  std::function<std::unique_ptr<LakeNames>(const Location& file)> in_file{};  // as NamesInFile
};

// One connection. Statements run one at a time; use a session for each thread. Sessions that are given the same
// `tables` share what they have open; without, it has its own. `procedures` is what CALL knows beside the engine's own;
// sessions of one engine are given the same.
class SqlSession {
 public:
  SqlSession(std::shared_ptr<engine::Engine> engine, std::shared_ptr<const FormatRegistry> formats,
             FormatContext context, std::shared_ptr<OpenTables> tables = {},
             std::shared_ptr<const ProcedureRegistry> procedures = {}, NameSources names = {});
  ~SqlSession();

  // One or more statements; the rows of the last. `parameters` bind $name (prepared, never spliced into the text).
  // Results stream: bounded memory whatever their size. Throws lakelet::Error (InvalidArgument with the position for
  // SQL that doesn't parse or bind).
  Rows query(const std::string& text, const std::vector<std::pair<std::string, std::string>>& parameters = {});

  // Runs statements that change rows, as one transaction on one table, and says what was done. `text` may hold several
  // statements ("DELETE ...; INSERT ..."); they become one commit.
  // `first`: queries of this session that see the table as the statements do, in their transaction and before them.
  Report execute(const std::string& text, const WriteOptions& options,
                 const std::vector<std::pair<std::string, std::string>>& parameters = {},
                 const std::function<void()>& first = {});

  // Makes a table without rows, or with NewTable::replace makes the one that is there anew: columns, rules, properties
  // and names are the new one's. Throws AlreadyExists, and what a rule of it that can't be kept or honoured throws.
  Report create(const std::string& uri, const NewTable& table, const WriteOptions& options = {});

  // Changes what the table at the path or URI is, in this order, as one commit.
  Report alter(const std::string& uri, const std::vector<Alteration>& changes, const WriteOptions& options);

  // Makes `stream` readable as the table `name` until it is consumed, once.
  void bind_stream(const std::string& name, OwnedArrowStream stream);
  // The same for rows that can be read more than once: each reading calls `open`, from any thread.
  void bind_rows(const std::string& name, std::function<OwnedArrowStream()> open);
  // Makes a table at a version readable as the view `name` ("target@v1" is not SQL).
  void bind_snapshot(const std::string& name, std::shared_ptr<const Snapshot> snapshot);

  // The files that a query would read of `snapshot`, after what its conditions leave out: those of the one table of the
  // query, which bind_snapshot() gave. Throws InvalidArgument for a query over more than that.
  std::vector<FileTask> files_of(const std::string& query, const Snapshot& snapshot);

  // The open table behind a path or URI, from the session's cache: what `FROM 'path'` resolves to.
  std::shared_ptr<FormatTable> table(const std::string& uri);
  // Forgets what is cached of it (after it was created or dropped).
  void forget(const std::string& uri);

  // From any thread: the running statement and every later one throw Error(Cancelled).
  void cancel();
  // 0..1 of the running statement, < 0 if unknown. From any thread.
  double progress() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// 'a''b' and "a""b": text as an SQL literal or identifier.
std::string quote_literal(std::string_view text);
std::string quote_identifier(std::string_view name);

}  // namespace lakelet::sql
