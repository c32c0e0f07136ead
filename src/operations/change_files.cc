#include "operations/change_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lakelet/error.h"
#include "operations/file_columns.h"
#include "operations/hive_folders.h"
#include "operations/shared_columns.h"
#include "table/column_path.h"

namespace lakelet::operations {
namespace {

bool has_required_parts(const Field& field) {
  for (const Field& child : field.type.children()) {
    const bool is_key = field.type.kind() == TypeKind::Map && &child == &field.type.children().front();
    if ((!child.nullable && !is_key) || has_required_parts(child)) return true;
  }
  return false;
}

// Files come as they are: what asks something of each row, or of how columns are found in files, can't be kept.
void require_plain(const Snapshot& snapshot) {
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("files of other writers can't be added to {}: {}", snapshot.location().uri, what),
                "append their rows instead");
  };
  if (!snapshot.row_rules().empty()) refuse("it has rules for its rows");
  for (const Field& field : snapshot.schema().fields()) {
    if (field.physical_name.empty() || field.physical_name == field.name) continue;
    refuse(fmt::format("its column {} has another name in files", field.name));
  }
  for (const Field& field : snapshot.schema().fields()) {
    if (has_required_parts(field)) refuse(fmt::format("parts of its column {} can't be NULL", field.name));
    if (field.longest > 0 || field.padded_to > 0)
      refuse(fmt::format("texts of its column {} have a length", field.name));
  }
  for (const PartitionField& field : snapshot.partitioning().fields) {
    if (field.transform != Transform::Identity || !snapshot.schema().find(field.column)) {
      refuse(fmt::format("it is partitioned by '{}', which isn't a column's own values", field.name));
    }
  }
}

Schema partition_schema(const Snapshot& snapshot) {
  std::vector<Field> fields;
  for (const std::string& name : snapshot.partitioning().columns()) fields.push_back(*snapshot.schema().find(name));
  return Schema(std::move(fields));
}

Schema without(const Schema& schema, const Schema& left_out) {
  std::vector<Field> fields;
  for (const Field& field : schema.fields()) {
    if (!left_out.find(field.name)) fields.push_back(field);
  }
  return Schema(std::move(fields));
}

void require_no_nulls(const DataFile& file, const Schema& stored, const Schema& present) {
  for (const Field& field : stored.fields()) {
    if (field.nullable) continue;
    const auto known = file.statistics.find({field.name});
    const bool whole = present.find(field.name) && known != file.statistics.end() && known->second.null_count == 0;
    if (whole || file.rows == 0) continue;
    throw Error(ErrorCode::ConstraintViolation,
                fmt::format("{} has, or may have, NULL in the column {}, which can't be NULL", file.uri, field.name));
  }
}

FolderValues given_values(const AddedFile& file) {
  if (!file.partition) return folder_values(file.path);
  return {file.partition->begin(), file.partition->end()};
}

FolderValues whole_values(const AddedFile& file, const Schema& partition) {
  FolderValues values = given_values(file);
  for (const Field& field : partition.fields()) {
    const auto is_its = [&](const auto& value) { return partition.find(value.first) == &field; };
    if (std::count_if(values.begin(), values.end(), is_its) == 1) continue;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{} has no value, or several, for the partition column {}", file.path, field.name),
                "give one for each partition column, also where it is NULL");
  }
  return values;
}

// The one value that a column has in all rows of a file, by what its footer says; nullopt: it doesn't, or has several.
std::optional<Value> only_value(const ParquetFooter& footer, const std::string& column) {
  const auto known = footer.statistics.find({column});
  if (known == footer.statistics.end() || !known->second.null_count) return std::nullopt;
  const ColumnStatistics& column_knows = known->second;
  if (*column_knows.null_count == footer.rows) return Value();
  const bool one = *column_knows.null_count == 0 && column_knows.min && column_knows.max &&
                   compare_values(*column_knows.min, *column_knows.max) == 0;
  return one ? column_knows.min : std::nullopt;
}

// Of a table that finds columns by ids: those of the file, if it has any, must be the table's.
void require_own_ids(const std::vector<Field>& columns, const std::vector<Field>& stored, const std::string& uri) {
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const bool in_place = columns.size() == stored.size() && columns.size() <= 2;  // of lists and maps
    auto column =
        std::find_if(columns.begin(), columns.end(), [&](const Field& each) { return each.name == stored[i].name; });
    if (column == columns.end() && in_place) column = columns.begin() + static_cast<std::ptrdiff_t>(i);
    if (column == columns.end()) continue;
    if (column->id != stored[i].id) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("the column {} of {} has {}, and the table's has the id {}", stored[i].name, uri,
                              stored[i].id ? fmt::format("the id {}", *stored[i].id) : std::string("no id"),
                              column->id.value_or(0)),
                  "append the rows of that file instead");
    }
    require_own_ids(column->type.children(), stored[i].type.children(), uri);
  }
}

bool has_ids(const std::vector<Field>& fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [](const Field& field) { return field.id || has_ids(field.type.children()); });
}

class FileLook {
 public:
  FileLook(const Snapshot& snapshot, const FormatContext& context)
      : snapshot_(snapshot),
        context_(context),
        partition_(partition_schema(snapshot)),
        stored_(without(snapshot.schema(), partition_)) {
    if (snapshot.column_matching() == ColumnMatching::ById) names_ = std::make_shared<const Schema>(snapshot.schema());
  }

  DataFile look(const AddedFile& added) const {
    const bool below = !added.path.starts_with("/") && added.path.find("://") == std::string::npos;
    const Location at = below ? snapshot_.location().child(added.path) : context_.stores->resolve(added.path);
    const auto object = at.store->find(at.path);
    if (!object) throw Error(ErrorCode::NotFound, fmt::format("there is no file {}", at.uri));
    const ParquetFooter footer = context_.tabular->parquet_footer(at.uri, true);
    const Schema present = without(as_table_columns(footer.schema), partition_);
    FileColumns columns(stored_);
    columns.add(added.path, present);
    DataFile file;
    file.uri = at.uri;
    file.bytes = object->size;
    file.rows = footer.rows;
    file.modified_us = object->modified_us;
    file.format = "parquet";
    if (names_) {
      look_at_ids(file, footer);
      file.partition_values = values_by_rows(added, footer);
    } else {
      file.partition_values = partition_values({added.path, whole_values(added, partition_)}, partition_);
    }
    file.statistics = statistics_for(stored_, footer.schema, footer.statistics);
    require_no_nulls(file, stored_, present);
    return file;
  }

 private:
  // Types as they are in the file, too: who goes by ids reads them so.
  void look_at_ids(DataFile& file, const ParquetFooter& footer) const {
    ColumnRules rules;
    rules.matching = ColumnMatching::ById;
    rules.widens = [&](const Type& from, const Type& to) { return snapshot_.widens(from, to); };
    for (const Field& field : partition_.fields()) rules.partition_columns.insert(field.name);
    SharedColumns(snapshot_.schema(), ColumnMatching::ByName, std::move(rules)).add(file, footer.schema, {});
    if (has_ids(footer.schema.fields())) {
      require_own_ids(snapshot_.schema().fields(), footer.schema.fields(), file.uri);
    } else {
      file.columns = names_;
    }
  }

  // Such a table's files may have its partition columns in them, and then rows are read from there.
  std::vector<Value> values_by_rows(const AddedFile& added, const ParquetFooter& footer) const {
    const FolderValues given = given_values(added);
    std::vector<Value> values;
    for (const Field& field : partition_.fields()) {
      const bool told = std::any_of(given.begin(), given.end(),
                                    [&](const auto& value) { return same_name(value.first, field.name); });
      const Schema one({field});
      if (!footer.schema.find(field.name)) {
        values.push_back(partition_values({added.path, whole_values(added, one)}, one)[0]);
        continue;
      }
      const auto value = only_value(footer, field.name);
      if (!value) {
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("the rows of {} have several values in the partition column {}, or its footer doesn't "
                                "tell which",
                                added.path, field.name),
                    "append the rows of that file instead");
      }
      if (told && !(partition_values({added.path, whole_values(added, one)}, one)[0] == *value)) {
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("the rows of {} have another value in the partition column {} than was said",
                                added.path, field.name));
      }
      values.push_back(*value);
    }
    return values;
  }

  const Snapshot& snapshot_;
  const FormatContext& context_;
  const Schema partition_, stored_;
  std::shared_ptr<const Schema> names_;  // of the columns in files without ids, where the table goes by ids
};

// Live files whose path is in `paths` leave the table; one that is to be added must not be there.
void look_through_table(const FileChanges& changes, FileChangePlan& plan) {
  std::set<std::string> wanted(changes.remove.begin(), changes.remove.end()), fresh;
  if (wanted.size() != changes.remove.size()) {
    throw Error(ErrorCode::InvalidArgument, "a file that is to be removed is named twice");
  }
  for (const DataFile& file : plan.add) {
    if (!fresh.insert(file.uri).second) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("{} is to be added twice", file.uri));
    }
  }
  const auto tasks = plan.snapshot->plan({});
  while (auto task = tasks->next()) {
    if (fresh.contains(task->file.uri)) {
      throw Error(ErrorCode::AlreadyExists, fmt::format("the table has the file {} already", task->file.uri));
    }
    if (wanted.erase(task->file.path) > 0) plan.remove.push_back(std::move(task->file));
  }
  if (wanted.empty()) return;
  throw Error(ErrorCode::NotFound, fmt::format("the table has no file {}", *wanted.begin()),
              "lakelet files lists those that it has");
}

}  // namespace

FileChangePlan plan_change_files(FormatTable& table, const FormatContext& context, const FileChanges& changes,
                                 const FileChangeOptions& options, const Cancellation& cancellation) {
  FileChangePlan plan{options, table.snapshot(LatestVersion{}), {}, {}};
  plan.snapshot->require(changes.remove.empty() ? Access::Append : Access::ChangeRows);
  if (!changes.add.empty()) require_plain(*plan.snapshot);
  const FileLook files(*plan.snapshot, context);
  for (const AddedFile& file : changes.add) {
    cancellation.check();
    plan.add.push_back(files.look(file));
  }
  look_through_table(changes, plan);
  return plan;
}

Report describe(const FileChangePlan& plan) {
  Report report;
  for (const DataFile& file : plan.add) {
    ++report.files_added;
    report.bytes_added += static_cast<std::int64_t>(file.bytes);
    report.rows_inserted += file.rows.value_or(0);
  }
  for (const DataFile& file : plan.remove) {
    ++report.files_removed;
    report.bytes_removed += static_cast<std::int64_t>(file.bytes);
    report.rows_deleted += file.rows.value_or(0);
  }
  return report;
}

Report run(const FileChangePlan& plan, FormatTable& table, const CommitOptions& commit) {
  Report report = describe(plan);
  if (plan.add.empty() && plan.remove.empty()) return report;
  const auto transaction = table.begin(plan.snapshot);
  for (const DataFile& file : plan.remove) transaction->remove(file);
  for (const DataFile& file : plan.add) transaction->add(file);
  if (const auto& version = plan.options.application_version) {
    transaction->set_application_version(version->first, version->second);
  }
  CommitInfo info;
  info.operation = plan.options.overwrite ? Operation::Overwrite : Operation::Append;
  if (plan.add.empty()) info.operation = Operation::Delete;
  info.metrics = report;
  info.user_metadata = plan.options.user_metadata;
  const Committed done = require_committed(transaction->commit(info, commit), plan.snapshot->location().uri);
  report.version = done.version;
  report.commit_retries = done.retries;
  return report;
}

}  // namespace lakelet::operations
