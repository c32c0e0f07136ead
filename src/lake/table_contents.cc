// What a table holds and what happened to it: history, files, partitions.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "lake/scan_state.h"
#include "lake/table_state.h"
#include "lakelet/error.h"
#include "table/partition_text.h"

namespace lakelet {
namespace {

PartitionValues partition_values(const DataFile& file, const Partitioning& partitioning, const Schema& schema) {
  PartitionValues values;
  for (std::size_t i = 0; i < partitioning.fields.size() && i < file.partition_values.size(); ++i) {
    const Value& value = file.partition_values[i];
    std::optional<std::string> text;
    if (!value.is_null()) text = partition_text(value, partitioning.fields[i], schema);
    values.emplace_back(partitioning.fields[i].name, std::move(text));
  }
  return values;
}

// Calls visit for each live file, with its partition's values.
template <typename Visit>
void each_file(const Snapshot& snapshot, Visit&& visit) {
  const auto plan = snapshot.plan({});
  while (std::optional<FileTask> task = plan->next()) {
    visit(*task, partition_values(task->file, snapshot.partitioning_of(task->file.partitioning_id), snapshot.schema()));
  }
}

std::int64_t deleted_rows(const Deletes& deletes) {
  return deletes.positions ? static_cast<std::int64_t>(deletes.positions->count()) : 0;
}

// Numbers and truth as they are, all else in quotes: the column says what it means.
std::string sql_text(const Value& value, const Type& type) {
  std::string text = to_text(value, type);
  const bool number = type.integral() || std::holds_alternative<double>(value.storage()) ||
                      std::holds_alternative<Decimal>(value.storage());
  const bool plain = number && text.find_first_not_of("+-.0123456789eE") == std::string::npos;  // NaN isn't
  if (value.is_null() || plain || type.kind() == TypeKind::Boolean) return text;
  for (std::size_t quote = text.find('\''); quote != std::string::npos; quote = text.find('\'', quote + 2)) {
    text.insert(quote, 1, '\'');
  }
  return "'" + text + "'";
}

}  // namespace

std::vector<HistoryEntry> Table::history(std::optional<std::int64_t> limit) const {
  std::vector<HistoryEntry> entries;
  const auto room = [&] { return !limit || static_cast<std::int64_t>(entries.size()) < *limit; };
  if (!room()) return entries;
  impl_->table().history([&](const HistoryEntry& entry) {
    entries.push_back(entry);
    return room();
  });
  return entries;
}

std::vector<FileInfo> Table::files() const {
  std::vector<FileInfo> files;
  const std::uint64_t limit = impl_->state->context.memory_limit_bytes;
  std::uint64_t bytes = 0;
  each_file(*impl_->snapshot(), [&](const FileTask& task, PartitionValues values) {
    bytes += sizeof(FileInfo) + task.file.path.size();
    for (const auto& [name, value] : values) bytes += sizeof(values[0]) + name.size() + (value ? value->size() : 0);
    if (limit && bytes > limit) {
      throw Error(
          ErrorCode::Exhausted,
          fmt::format("the memory limit is too small for the list of files of {}: {} files fit", uri(), files.size()),
          "raise --memory-limit, or ask `lakelet sql` for a part of lake_files('...')");
    }
    files.push_back({task.file.path, task.file.bytes, task.file.rows, deleted_rows(task.deletes), std::move(values),
                     task.file.modified_us});
  });
  return files;
}

std::vector<ScannedFile> Scan::files() const {
  const Snapshot& snapshot = *impl_->snapshot;
  std::set<std::string> read;
  if (!impl_->predicates.empty() || impl_->limit || !impl_->order.empty()) {
    for (const FileTask& task : impl_->files()) read.insert(task.file.uri);
  }
  std::vector<ScannedFile> files;
  ScanRequest request;
  request.with_statistics = true;
  const auto plan = snapshot.plan(request);
  while (std::optional<FileTask> task = plan->next()) {
    if (!impl_->predicates.empty() && !read.contains(task->file.uri)) continue;
    const DataFile& file = task->file;
    ScannedFile found;
    found.file = {file.path,
                  file.bytes,
                  file.rows,
                  deleted_rows(task->deletes),
                  partition_values(file, snapshot.partitioning_of(file.partitioning_id), snapshot.schema()),
                  file.modified_us};
    found.uri = file.uri;
    for (const auto& [column, known] : file.statistics) {
      found.columns.push_back({column, known.null_count, known.min, known.max});
    }
    if (task->deletes.positions) found.deleted = task->deletes.positions->to_vector();
    files.push_back(std::move(found));
  }
  return files;
}

std::vector<PartitionInfo> Table::partitions() const {
  std::map<PartitionValues, PartitionInfo> partitions;
  each_file(*impl_->snapshot(), [&](const FileTask& task, const PartitionValues& values) {
    auto [at, added] = partitions.try_emplace(values);
    PartitionInfo& partition = at->second;
    if (added) {
      partition.values = values;
      partition.rows = 0;
    }
    ++partition.files;
    partition.bytes += task.file.bytes;
    if (partition.rows && task.file.rows) {
      *partition.rows += *task.file.rows - deleted_rows(task.deletes);
    } else {
      partition.rows.reset();
    }
  });
  std::vector<PartitionInfo> sorted;
  for (auto& [values, partition] : partitions) sorted.push_back(std::move(partition));
  return sorted;
}

std::map<std::string, ValueRule> Table::values() const {
  const RowRules rules = impl_->snapshot()->row_rules();
  std::map<std::string, ValueRule> values;
  for (const ColumnDefault& rule : rules.defaults) {
    if (const auto* constant = std::get_if<Value>(&rule.value)) {
      values[rule.column] = DefaultValue{sql_text(*constant, schema().find(rule.column)->type), *constant};
    } else {
      values[rule.column] = DefaultValue{std::get<std::string>(rule.value)};
    }
  }
  for (const GeneratedColumn& rule : rules.generated) values[rule.column] = GeneratedValue{rule.expression};
  for (const IdentityColumn& rule : rules.identities) {
    values[rule.column] = IdentityValue{rule.start, rule.step, rule.explicit_values};
  }
  return values;
}

TableDetail Table::detail() const {
  const TableSize size = impl_->snapshot()->size();
  TableDetail detail;
  detail.uri = uri();
  detail.metadata = metadata();
  detail.version = version();
  detail.modified_us = timestamp_us();
  detail.partition_columns = partitioning().columns();
  detail.files = size.files;
  detail.bytes = size.bytes;
  detail.rows = size.rows;
  detail.properties = properties();
  return detail;
}

}  // namespace lakelet
