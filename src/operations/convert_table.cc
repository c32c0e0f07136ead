#include "operations/convert_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"
#include "operations/destination.h"
#include "operations/file_columns.h"
#include "operations/footers.h"
#include "operations/shared_columns.h"
#include "table/column_path.h"

namespace lakelet::operations {
namespace {

[[noreturn]] void refuse(std::string what, std::string hint) {
  throw Error(ErrorCode::UnsupportedFeature, std::move(what), std::move(hint));
}

void require_no_rules(const Snapshot& source) {
  const RowRules rules = source.row_rules();
  std::string rule;
  if (!rules.checks.empty()) {
    rule = rules.checks[0].what;
  } else if (!rules.generated.empty()) {
    rule = fmt::format("the generated column {}", rules.generated[0].column);
  } else if (!rules.identities.empty()) {
    rule = fmt::format("the identity column {}", rules.identities[0].column);
  } else if (!rules.defaults.empty()) {
    rule = fmt::format("the default of the column {}", rules.defaults[0].column);
  }
  if (rule.empty()) return;
  refuse(
      fmt::format("{} has a rule for its rows that doesn't go over to another format: {}", source.location().uri, rule),
      "drop the rule first (`lakelet alter`), or clone the table and drop it there");
}

// The columns that the new table is partitioned by. A field that is always NULL says nothing.
std::vector<std::string> partition_columns(const Snapshot& source) {
  std::vector<std::string> columns;
  for (const PartitionField& field : source.partitioning().fields) {
    if (field.transform == Transform::Void) continue;
    const bool plain = field.transform == Transform::Identity && find_field(source.schema(), {field.column});
    if (!plain) {
      refuse(fmt::format("{} is partitioned by '{}', which isn't a column's own values: that doesn't go over to "
                         "another format",
                         source.location().uri, field.name),
             "partition the table by columns as they are, and optimize it; or write the rows to a new table");
    }
    columns.push_back(field.column);
  }
  return columns;
}

std::vector<FileTask> list_tasks(const Snapshot& source, bool statistics) {
  std::vector<FileTask> tasks;
  const auto plan = source.plan({.predicate = {}, .with_statistics = statistics});
  while (auto task = plan->next()) {
    const std::string& uri = task->file.uri;
    const char* const hint = "`lakelet optimize` writes such files anew";
    if (!task->deletes.equality.empty()) {
      refuse(fmt::format("rows of {} are deleted by their values (equality deletes), which doesn't go over to another "
                         "format",
                         uri),
             hint);
    }
    if (task->rows || task->merge || task->only || !task->constants.empty() || !task->deletes.merge_logs.empty()) {
      refuse(fmt::format("not all rows of {} are in its data files as they are", source.location().uri), hint);
    }
    if (!task->file.format.empty() && task->file.format != "parquet") {
      refuse(fmt::format("{} is a file of {}", uri, task->file.format), hint);
    }
    tasks.push_back(*std::move(task));
  }
  return tasks;
}

// The columns that have one value in all rows of the file, by the partitioning that it was written with.
std::map<std::string, Value> partition_values(const Snapshot& source, const DataFile& file) {
  const Partitioning& partitioning = source.partitioning_of(file.partitioning_id);
  std::map<std::string, Value> values;
  for (std::size_t i = 0; i < partitioning.fields.size() && i < file.partition_values.size(); ++i) {
    const PartitionField& field = partitioning.fields[i];
    if (field.transform == Transform::Identity) values.emplace(field.column, file.partition_values[i]);
  }
  return values;
}

// As a file of the new table.
void settle(DataFile& file, const Snapshot& source, const std::vector<std::string>& partition_by,
            const ParquetFooter& footer) {
  const std::map<std::string, Value> values = partition_values(source, file);
  std::vector<Value> settled;
  for (const std::string& column : partition_by) {
    const auto value = values.find(column);
    if (value == values.end()) {
      refuse(fmt::format("{} was written before the table was partitioned by {}", file.uri, column),
             "`lakelet optimize` with a small target size writes such files anew");
    }
    settled.push_back(value->second);
  }
  if (file.rows && *file.rows != footer.rows) {
    throw Error(ErrorCode::CorruptTable,
                fmt::format("{} has {} rows, and its table says {}", file.uri, footer.rows, *file.rows));
  }
  file.rows = footer.rows;
  file.partition_values = std::move(settled);
  file.partitioning_id = 0;
  file.path.clear();
  file.format = "parquet";
  file.first_row_id.reset();
  file.row_version.reset();
  file.sequence_number.reset();
  file.columns.reset();
  file.origin.reset();
}

bool same_ids(const std::vector<Field>& a, const std::vector<Field>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Field& one, const Field& other) {
    return one.name == other.name && one.id == other.id && same_ids(one.type.children(), other.type.children());
  });
}

void require_options(const ConvertOptions& options) {
  if (options.schema.empty() && options.partition_by.empty()) return;
  throw Error(ErrorCode::InvalidArgument, "a table has its own columns and partitions",
              "leave out the columns: they are given for folders of files");
}

CreateSpec first_spec(const Snapshot& source, const ConvertOptions& options) {
  CreateSpec spec;
  spec.partition_by = partition_columns(source);
  spec.for_files = true;
  spec.name = options.name.empty() ? source.metadata().name : options.name;
  spec.description = options.description.empty() ? source.metadata().description : options.description;
  spec.properties = options.properties;
  return spec;
}

// What the source has and the new format doesn't take is nobody's mistake; properties that were given may be one.
template <typename Action>
auto without_blame(const Action& action) -> decltype(action()) {
  try {
    return action();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::InvalidArgument) throw;
    refuse(error.message(), "write the rows to a new table, as it can hold them");
  }
}

// Nothing is written.
std::unique_ptr<Transaction> try_creation(const TableFormat& to, const FormatContext& context,
                                          const Location& destination, const CreateSpec& spec) {
  without_blame([&] {
    CreateSpec plain = spec;
    plain.properties.clear();
    return to.create(context, destination, plain);
  });
  return to.create(context, destination, spec);
}

}  // namespace

ConvertPlan plan_convert_table(const TableFormat& from, const TableFormat& to, const FormatContext& context,
                               const Location& source, const Location& destination, const ConvertOptions& options,
                               const CommitOptions& commit) {
  require_options(options);
  require_beside(source, destination);
  require_empty(destination);
  const auto snapshot = from.open(context, source)->snapshot(LatestVersion{});
  require_no_rules(*snapshot);
  ConvertPlan plan;
  plan.format = &to;
  plan.destination = destination;
  plan.statistics = options.statistics;
  plan.user_metadata = options.user_metadata;
  plan.source_format = from.name();
  plan.spec = first_spec(*snapshot, options);
  plan.files = list_tasks(*snapshot, options.statistics);
  plan.spec.schema = SharedColumns(snapshot->schema(), snapshot->column_matching(), {}).finish();
  // How such a table goes about its columns.
  const auto trial = try_creation(to, context, destination, plan.spec);
  ColumnRules rules;
  rules.matching = trial->base().column_matching();
  rules.widens = [&](const Type& a, const Type& b) { return trial->base().widens(a, b); };
  rules.partition_columns = {plan.spec.partition_by.begin(), plan.spec.partition_by.end()};
  SharedColumns columns(snapshot->schema(), snapshot->column_matching(), std::move(rules));

  std::vector<std::string> uris;
  for (const FileTask& task : plan.files) uris.push_back(task.file.uri);
  const auto footers = read_footers(context, uris, false, "convert", commit);
  ConvertReport& report = plan.report;
  std::shared_ptr<const Schema> stored;
  for (std::size_t i = 0; i < footers.size(); ++i) {
    FileTask& task = plan.files[i];
    std::set<std::string> values;
    for (const auto& [column, value] : partition_values(*snapshot, task.file)) values.insert(column);
    columns.add(task.file, footers[i].schema, values);
    settle(task.file, *snapshot, plan.spec.partition_by, footers[i]);
    // Most files have the same ones.
    if (!stored || !same_ids(stored->fields(), footers[i].schema.fields())) {
      stored = std::make_shared<const Schema>(footers[i].schema);
    }
    task.file.columns = stored;
    const std::uint64_t removed = task.deletes.positions ? task.deletes.positions->count() : 0;
    report.rows += footers[i].rows - static_cast<std::int64_t>(removed);
    report.bytes += task.file.bytes;
  }
  plan.spec.schema = columns.finish();
  report.uri = destination.uri;
  report.format = to.name();
  const auto made = to.create(context, destination, plan.spec);
  for (const FileTask& task : plan.files) {
    without_blame([&] { made->adopt(task, task.file.uri); });  // says what it can't take; writes nothing
  }
  report.schema = made->base().schema();
  report.partition_columns = plan.spec.partition_by;
  report.files = static_cast<std::int64_t>(plan.files.size());
  return plan;
}

}  // namespace lakelet::operations
