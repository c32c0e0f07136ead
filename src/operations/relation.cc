#include "operations/relation.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "engine/arrow_batches.h"
#include "lakelet/arrow_schema.h"
#include "lakelet/error.h"
#include "operations/arrow_file.h"
#include "operations/json_file.h"
#include "operations/sql_type.h"
#include "operations/xlsx_file.h"
#include "sql/session/expression_text.h"

namespace lakelet::operations {
namespace {

using sql::quote_literal;

// A name for a binding of the session that no other statement uses.
std::string fresh_name() {
  static std::atomic<std::uint64_t> count{0};
  return fmt::format("lakelet_source_{}", ++count);
}

FileFormat format_of(const std::string& path, const FileOptions& options) {
  if (options.format != FileFormat::ByExtension) return options.format;
  std::string name = path.substr(path.find_last_of('/') + 1);
  for (const char* compression : {".gz", ".zst"}) {
    if (name.ends_with(compression)) name.resize(name.rfind('.'));
  }
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} has no extension that tells its format", path),
                "say which it is with --input-format csv, tsv, json, jsonl, parquet, arrow or xlsx");
  }
  return parse_file_format(name.substr(dot + 1));
}

// Where the engine opens the file. Throws Error(NotFound).
std::string locate(const std::string& path, StoreRegistry& stores) {
  const Location location = stores.resolve(path);
  if (location.uri.starts_with("/dev/")) return location.uri;
  if (!location.store->find(location.path)) throw Error(ErrorCode::NotFound, fmt::format("there is no file {}", path));
  const bool local = location.uri.starts_with("/");
  return local ? location.uri : "lakelet:" + location.uri;
}

// Planning alone gives the columns: nothing is read beyond what the readers look at to bind.
Schema columns_of(const std::string& from, const std::vector<std::pair<std::string, std::string>>& parameters,
                  sql::SqlSession& session) {
  return session.query("SELECT * FROM " + from + " LIMIT 0", parameters).schema;
}

void add_column(const std::string& name, std::optional<Type> type, Relation& relation) {
  if (std::find(relation.columns.begin(), relation.columns.end(), name) != relation.columns.end()) return;
  relation.columns.push_back(name);
  relation.types.push_back(std::move(type));
}

void add_columns(const Schema& schema, Relation& relation) {
  for (const Field& field : schema.fields()) add_column(field.name, field.type, relation);
}

// nullopt for what no table can have.
std::optional<Type> type_of(ArrowSchema* column) {
  ArrowSchema alone{};
  alone.format = "+s";
  alone.n_children = 1;
  alone.children = &column;
  alone.release = [](ArrowSchema* borrowed) { borrowed->release = nullptr; };  // one without has been released
  try {
    return from_arrow_schema(alone).fields().front().type;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string bind_stream(OwnedArrowStream stream, const Workspace& workspace, Relation& relation) {
  const OwnedArrowSchema schema = engine::stream_schema(*stream.get());
  for (std::int64_t i = 0; i < schema->n_children; ++i) {
    add_column(schema->children[i]->name, type_of(schema->children[i]), relation);
  }
  relation.once = true;
  std::string name = fresh_name();
  workspace.session.bind_stream(name, std::move(stream));
  return name;
}

// Whether a column of a sheet becomes the table's type by a cast that loses nothing, or fails.
bool cast_is_safe(const Type& from, const Type& to) {
  const auto whole = [](const Type& type) {
    return type.kind() == TypeKind::Int8 || type.kind() == TypeKind::Int16 || type.kind() == TypeKind::Int32;
  };
  if (from.kind() == TypeKind::String) return to.kind() != TypeKind::String;
  if (from.kind() == TypeKind::Int64) return whole(to) || to.kind() == TypeKind::Double;
  return from.kind() == TypeKind::Date && (to.kind() == TypeKind::Timestamp || to.kind() == TypeKind::TimestampTz);
}

// A sheet's columns, where the table has them, as the table's types.
std::string sheet_relation(OwnedArrowStream stream, const Schema* table, const Workspace& workspace,
                           Relation& relation) {
  const OwnedArrowSchema schema = engine::stream_schema(*stream.get());
  std::string columns;
  for (std::int64_t i = 0; i < schema->n_children; ++i) {
    const std::string name = schema->children[i]->name;
    std::optional<Type> type = type_of(schema->children[i]);
    const Field* field = table ? table->find(name) : nullptr;
    const std::string wanted =
        field && type && cast_is_safe(*type, field->type) ? sql_type(field->type) : std::string();
    if (!wanted.empty()) type = field->type;
    const std::string quoted = sql::quote_identifier(name);
    columns += fmt::format("{}{}", columns.empty() ? "" : ", ",
                           wanted.empty() ? quoted : fmt::format("CAST({0} AS {1}) AS {0}", quoted, wanted));
    add_column(name, type, relation);
  }
  relation.once = true;
  const std::string bound = fresh_name();
  workspace.session.bind_stream(bound, std::move(stream));
  return fmt::format("(SELECT {} FROM {})", columns, bound);
}

// The text behind FROM for one file.
std::string file_relation(const std::string& path, const std::string& shown, const FileOptions& options,
                          const Schema* table, const Workspace& workspace, Relation& relation) {
  const std::string location = locate(path, workspace.stores);
  const FileFormat format = format_of(path, options);
  switch (format) {
    case FileFormat::Csv:
    case FileFormat::Tsv:
      relation.csv_files.push_back(inspect_csv(shown, location, format, options, table, workspace.session));
      return read_csv_call(relation.csv_files.back());
    case FileFormat::Json:
    case FileFormat::Jsonl:
      return read_json_call(workspace.stores.resolve(path), location, format, table, workspace.session);
    case FileFormat::Parquet:
      return fmt::format("read_parquet({}, hive_partitioning = false)", quote_literal(location));
    case FileFormat::Xlsx:
      return sheet_relation(open_xlsx_file(workspace.stores.resolve(path), shown, options, table), table, workspace,
                            relation);
    case FileFormat::Arrow:
    case FileFormat::ByExtension:
      break;
  }
  return bind_stream(open_arrow_file(location, shown), workspace, relation);
}

Relation files_relation(const Source::Files& files, const Schema* table, const Workspace& workspace) {
  if (files.paths.empty()) throw Error(ErrorCode::InvalidArgument, "no file to read");
  Relation relation;
  for (const std::string& path : files.paths) {
    const std::string& shown = files.options.shown_as.empty() ? path : files.options.shown_as;
    try {
      const bool streamed = relation.once;
      relation.once = false;
      const std::string from = file_relation(path, shown, files.options, table, workspace, relation);
      if (!relation.once) add_columns(columns_of(from, {}, workspace.session), relation);
      relation.once = relation.once || streamed;
      relation.from += (relation.from.empty() ? "SELECT * FROM " : " UNION ALL BY NAME SELECT * FROM ") + from;
    } catch (Error& error) {
      if (error.message().find(shown) == std::string::npos) error.add_context("file " + shown);
      throw;
    }
  }
  relation.from = "(" + relation.from + ")";
  relation.shown = files.options.shown_as.empty() ? files.paths.front() : files.options.shown_as;
  if (files.paths.size() > 1) relation.shown = fmt::format("{} files", files.paths.size());
  return relation;
}

Relation stream_relation(OwnedArrowStream stream, const Workspace& workspace) {
  Relation relation;
  relation.from = bind_stream(std::move(stream), workspace, relation);
  return relation;
}

Relation query_relation(const Source::Query& query, const Workspace& workspace) {
  std::string text = query.text;
  text.erase(text.find_last_not_of("; \t\r\n") + 1);
  sql::require_query(text, "source query");
  Relation relation;
  relation.from = "(" + text + "\n)";
  relation.parameters = query.parameters;
  add_columns(columns_of(relation.from, relation.parameters, workspace.session), relation);
  return relation;
}

Relation snapshot_relation(std::shared_ptr<const Snapshot> snapshot, const Workspace& workspace) {
  Relation relation;
  relation.from = fresh_name();
  add_columns(snapshot->schema(), relation);
  workspace.session.bind_snapshot(relation.from, std::move(snapshot));
  return relation;
}

}  // namespace

Relation prepare_relation(Input input, const Schema* table, const Workspace& workspace) {
  if (auto* stream = std::get_if<OwnedArrowStream>(&input)) return stream_relation(std::move(*stream), workspace);
  if (const auto* files = std::get_if<Source::Files>(&input)) return files_relation(*files, table, workspace);
  if (const auto* query = std::get_if<Source::Query>(&input)) return query_relation(*query, workspace);
  return snapshot_relation(std::get<std::shared_ptr<const Snapshot>>(std::move(input)), workspace);
}

std::vector<std::string> sheets_of(const std::string& path, const FileOptions& options, StoreRegistry& stores) {
  if (format_of(path, options) != FileFormat::Xlsx) return {};
  locate(path, stores);
  return xlsx_sheets(stores.resolve(path), options.shown_as.empty() ? path : options.shown_as);
}

}  // namespace lakelet::operations
