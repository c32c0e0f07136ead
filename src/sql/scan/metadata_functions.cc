#include <duckdb/main/extension/extension_loader.hpp>
#include <functional>

#include "engine/engine_error.h"
#include "sql/catalog/version_clause.h"
#include "sql/scan/table_functions.h"
#include "sql/session/connection_state.h"
#include "table/partition_text.h"

namespace lakelet::sql {
namespace {

using duckdb::LogicalType;
using duckdb::Value;
using Row = duckdb::vector<Value>;

// Gives one row after the other; false at the end.
using NextRow = std::function<bool(Row&)>;
// Begins the rows anew: a prepared statement runs more than once.
using Rows = std::function<NextRow()>;

Rows all_at_once(std::vector<Row> rows) {
  const auto shared = std::make_shared<const std::vector<Row>>(std::move(rows));
  return [shared] {
    return [shared, next = std::size_t{0}](Row& row) mutable {
      if (next == shared->size()) return false;
      row = (*shared)[next++];
      return true;
    };
  };
}

struct Listing : duckdb::TableFunctionData {
  Rows rows;
};
struct ListingPosition : duckdb::GlobalTableFunctionState {
  NextRow next;
};

void give(duckdb::ClientContext&, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
  engine::inside_engine([&] {
    auto& next = input.global_state->Cast<ListingPosition>().next;
    duckdb::idx_t count = 0;
    for (Row row; count < STANDARD_VECTOR_SIZE && next(row); ++count) {
      for (duckdb::idx_t column = 0; column < row.size(); ++column) output.SetValue(column, count, row[column]);
    }
    output.SetCardinality(count);
  });
}

const LogicalType kTextMap = LogicalType::MAP(LogicalType::VARCHAR, LogicalType::VARCHAR);

Value map_value(const std::map<std::string, std::string>& map) {
  duckdb::vector<Value> keys, values;
  for (const auto& [key, value] : map) {
    keys.emplace_back(key);
    values.emplace_back(value);
  }
  return Value::MAP(LogicalType::VARCHAR, LogicalType::VARCHAR, std::move(keys), std::move(values));
}

Value time_value(std::int64_t us) {
  return Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(us));
}

template <typename Number>
Value optional_value(const std::optional<Number>& number) {
  return number ? Value::BIGINT(static_cast<std::int64_t>(*number)) : Value(LogicalType::BIGINT);
}

// Partition values as text by the partition's name; NULL where the value is.
Value partition_value(const Snapshot& snapshot, const DataFile& file) {
  duckdb::vector<Value> keys, texts;
  const auto& fields = snapshot.partitioning_of(file.partitioning_id).fields;
  const auto& values = file.partition_values;
  for (std::size_t i = 0; i < fields.size() && i < values.size(); ++i) {
    keys.emplace_back(fields[i].name);
    texts.push_back(values[i].is_null() ? Value(LogicalType::VARCHAR)
                                        : Value(partition_text(values[i], fields[i], snapshot.schema())));
  }
  return Value::MAP(LogicalType::VARCHAR, LogicalType::VARCHAR, std::move(keys), std::move(texts));
}

std::uint64_t deleted_rows(const FileTask& task) {
  return task.deletes.positions ? task.deletes.positions->count() : 0;
}

struct Argument {
  ConnectionState& state;
  std::string uri;
  VersionSelector selector;
};

Argument argument_of(duckdb::ClientContext& context, const duckdb::TableFunctionBindInput& input) {
  if (input.inputs[0].IsNull()) throw Error(ErrorCode::InvalidArgument, "a path or URI is needed");
  VersionSelector selector = LatestVersion{};
  for (const auto& [name, value] : input.named_parameters) {
    duckdb::BoundAtClause clause(name, value);
    selector = selector_of(clause);
  }
  return {ConnectionState::of(context), input.inputs[0].GetValue<duckdb::string>(), selector};
}

struct Columns {
  duckdb::vector<LogicalType>& types;
  duckdb::vector<duckdb::string>& names;
  void add(const char* name, LogicalType type) {
    names.emplace_back(name);
    types.push_back(std::move(type));
  }
};

Rows history(const Argument& argument, Columns columns) {
  columns.add("version", LogicalType::BIGINT);
  columns.add("timestamp", LogicalType::TIMESTAMP_TZ);
  columns.add("operation", LogicalType::VARCHAR);
  columns.add("parameters", kTextMap);
  columns.add("metrics", kTextMap);
  columns.add("user", LogicalType::VARCHAR);
  columns.add("engine", LogicalType::VARCHAR);
  columns.add("other", kTextMap);
  std::vector<Row> rows;
  argument.state.open(argument.uri).table->history([&](const HistoryEntry& entry) {
    rows.push_back({Value::BIGINT(entry.version), time_value(entry.timestamp_us), Value(entry.operation),
                    map_value(entry.parameters), map_value(entry.metrics), Value(entry.user), Value(entry.engine),
                    map_value(entry.other)});
    return true;
  });
  return all_at_once(std::move(rows));
}

Rows files(const Argument& argument, Columns columns) {
  columns.add("path", LogicalType::VARCHAR);
  columns.add("bytes", LogicalType::BIGINT);
  columns.add("rows", LogicalType::BIGINT);
  columns.add("deleted_rows", LogicalType::BIGINT);
  columns.add("partition", kTextMap);
  columns.add("modified", LogicalType::TIMESTAMP_TZ);
  // As the plan gives them: a table may have millions.
  return [snapshot = argument.state.snapshot(argument.uri, argument.selector)] {
    return [snapshot, plan = std::shared_ptr<ScanPlan>(snapshot->plan({}))](Row& row) {
      const auto task = plan->next();
      if (!task) return false;
      const DataFile& file = task->file;
      row = {Value(file.path),
             Value::BIGINT(static_cast<std::int64_t>(file.bytes)),
             optional_value(file.rows),
             Value::BIGINT(static_cast<std::int64_t>(deleted_rows(*task))),
             partition_value(*snapshot, file),
             file.modified_us == 0 ? Value(LogicalType::TIMESTAMP_TZ) : time_value(file.modified_us)};
      return true;
    };
  };
}

Rows partitions(const Argument& argument, Columns columns) {
  columns.add("partition", kTextMap);
  columns.add("files", LogicalType::BIGINT);
  columns.add("bytes", LogicalType::BIGINT);
  columns.add("rows", LogicalType::BIGINT);
  const auto snapshot = argument.state.snapshot(argument.uri, argument.selector);
  struct Sum {
    Value values;
    std::int64_t files = 0, bytes = 0;
    std::optional<std::int64_t> rows = 0;
  };
  std::map<std::string, Sum> sums;
  const auto plan = snapshot->plan({});
  while (const auto task = plan->next()) {
    const Value values = partition_value(*snapshot, task->file);
    Sum& sum = sums[values.ToString()];
    sum.values = values;
    ++sum.files;
    sum.bytes += static_cast<std::int64_t>(task->file.bytes);
    if (sum.rows && task->file.rows) *sum.rows += *task->file.rows - static_cast<std::int64_t>(deleted_rows(*task));
    if (!task->file.rows) sum.rows.reset();
  }
  std::vector<Row> rows;
  for (const auto& [text, sum] : sums) {
    rows.push_back({sum.values, Value::BIGINT(sum.files), Value::BIGINT(sum.bytes), optional_value(sum.rows)});
  }
  return all_at_once(std::move(rows));
}

Rows metadata(const Argument& argument, Columns columns) {
  columns.add("id", LogicalType::VARCHAR);
  columns.add("name", LogicalType::VARCHAR);
  columns.add("description", LogicalType::VARCHAR);
  columns.add("format", LogicalType::VARCHAR);
  columns.add("uri", LogicalType::VARCHAR);
  columns.add("version", LogicalType::BIGINT);
  columns.add("created", LogicalType::TIMESTAMP_TZ);
  columns.add("modified", LogicalType::TIMESTAMP_TZ);
  columns.add("partition_columns", LogicalType::LIST(LogicalType::VARCHAR));
  columns.add("properties", kTextMap);
  columns.add("protocol", kTextMap);
  const auto snapshot = argument.state.snapshot(argument.uri, argument.selector);
  const auto& about = snapshot->metadata();
  duckdb::vector<Value> partition_columns;
  for (const auto& field : snapshot->partitioning().fields) partition_columns.emplace_back(field.name);
  const std::map<std::string, std::string> protocol(about.protocol.begin(), about.protocol.end());
  return all_at_once(
      {{Value(about.id), Value(about.name), Value(about.description), Value(about.format),
        Value(snapshot->location().uri), Value::BIGINT(snapshot->version()),
        about.created_us ? time_value(*about.created_us) : Value(LogicalType::TIMESTAMP_TZ),
        time_value(snapshot->timestamp_us()), Value::LIST(LogicalType::VARCHAR, std::move(partition_columns)),
        map_value(snapshot->properties()), map_value(protocol)}});
}

using List = Rows (*)(const Argument&, Columns);

template <List list>
duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext& context, duckdb::TableFunctionBindInput& input,
                                              duckdb::vector<LogicalType>& types,
                                              duckdb::vector<duckdb::string>& names) {
  return engine::inside_engine([&] {
    auto listing = duckdb::make_uniq<Listing>();
    listing->rows = list(argument_of(context, input), Columns{types, names});
    return duckdb::unique_ptr_cast<Listing, duckdb::FunctionData>(std::move(listing));
  });
}

template <List list>
void add(duckdb::ExtensionLoader& loader, const std::string& name, bool at_version) {
  if (loader.TryGetTableFunction(name)) return;
  duckdb::TableFunction function(
      name, {LogicalType::VARCHAR}, give, bind<list>,
      [](duckdb::ClientContext&,
         duckdb::TableFunctionInitInput& input) -> duckdb::unique_ptr<duckdb::GlobalTableFunctionState> {
        auto position = duckdb::make_uniq<ListingPosition>();
        position->next = input.bind_data->Cast<Listing>().rows();
        return position;
      });
  if (at_version) {
    function.named_parameters["version"] = LogicalType::ANY;
    function.named_parameters["timestamp"] = LogicalType::ANY;
  }
  loader.RegisterFunction(function);
}

}  // namespace

void register_metadata_functions(duckdb::DatabaseInstance& database) {
  duckdb::ExtensionLoader loader(database, "lakelet");
  add<history>(loader, "lake_history", false);
  add<files>(loader, "lake_files", true);
  add<partitions>(loader, "lake_partitions", true);
  add<metadata>(loader, "lake_metadata", true);
}

}  // namespace lakelet::sql
