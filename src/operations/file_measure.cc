#include "operations/file_measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lakelet/rows.h"
#include "table/column_path.h"
#include "table/given_files.h"

namespace lakelet::operations {
namespace {

constexpr const char* kRelation = "lakelet_measured_file";
constexpr std::size_t kColumnsAtOnce = 100;

bool has_order(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Boolean:
    case TypeKind::String:
    case TypeKind::Decimal:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::Float:
    case TypeKind::Double:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return true;
    default:
      return type.integral();
  }
}

bool is_float(const Type& type) {
  return type.kind() == TypeKind::Float || type.kind() == TypeKind::Double;
}

void add_leaves(const std::vector<Field>& fields, ColumnPath& path, const std::set<std::string>& left_out,
                std::vector<ColumnPath>& leaves) {
  for (const Field& field : fields) {
    if (path.empty() && left_out.contains(field.name)) continue;
    path.push_back(field.name);
    if (field.type.kind() == TypeKind::Struct) {
      add_leaves(field.type.children(), path, left_out, leaves);
    } else {
      leaves.push_back(path);
    }
    path.pop_back();
  }
}

std::string expression_of(const ColumnPath& path) {
  std::string text;
  for (const std::string& name : path) {
    if (!text.empty()) text += '.';
    text += sql::quote_identifier(name);
  }
  return text;
}

// The file alone, of which nothing is known but where it is.
std::shared_ptr<const Snapshot> unknown_file(const Snapshot& snapshot, FileTask task) {
  task.file.statistics.clear();
  task.file.rows.reset();
  std::vector<FileTask> files{std::move(task)};
  SnapshotFacts facts = facts_of(snapshot, files);
  return std::make_shared<GivenSnapshot>(std::move(facts), std::move(files));
}

std::string measures(const std::vector<const Field*>& fields, const std::vector<ColumnPath>& columns) {
  std::string list = "count(*)::BIGINT";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string column = expression_of(columns[i]);
    list += fmt::format(", count({})::BIGINT", column);
    if (!has_order(fields[i]->type)) continue;
    const std::string filter = is_float(fields[i]->type) ? fmt::format(" FILTER (NOT isnan({}))", column) : "";
    list += fmt::format(", min({0}){1}, max({0}){1}", column, filter);
    if (is_float(fields[i]->type)) list += fmt::format(", coalesce(bool_or(isnan({})), false)", column);
  }
  return list;
}

}  // namespace

std::vector<ColumnPath> measurable_columns(const Snapshot& snapshot) {
  std::set<std::string> partition;
  for (const PartitionField& field : snapshot.partitioning().fields) {
    if (field.transform == Transform::Identity) partition.insert(field.column);
  }
  std::vector<ColumnPath> leaves;
  ColumnPath path;
  add_leaves(snapshot.schema().fields(), path, partition, leaves);
  return leaves;
}

MeasuredFile measure_file(const Snapshot& snapshot, const FileTask& task, const std::vector<ColumnPath>& columns,
                          sql::SqlSession& session) {
  MeasuredFile result;
  session.bind_snapshot(kRelation, unknown_file(snapshot, task));
  for (std::size_t begin = 0; begin == 0 || begin < columns.size(); begin += kColumnsAtOnce) {
    const auto first = columns.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = columns.begin() + static_cast<std::ptrdiff_t>(std::min(columns.size(), begin + kColumnsAtOnce));
    const std::vector<ColumnPath> some(first, last);
    std::vector<const Field*> fields;
    for (const ColumnPath& path : some) fields.push_back(find_field(snapshot.schema(), path));
    sql::Rows read = session.query(fmt::format("SELECT {} FROM {}", measures(fields, some), kRelation));
    Rows rows(std::move(read.schema), std::move(read.stream));
    rows.next();
    std::size_t cell = 0;
    result.rows = rows.value(cell++).integer();
    for (std::size_t i = 0; i < some.size(); ++i) {
      ColumnStatistics known;
      known.null_count = result.rows - rows.value(cell++).integer();
      if (has_order(fields[i]->type)) {
        if (!rows.is_null(cell)) known.min.emplace(rows.value(cell));
        if (!rows.is_null(cell + 1)) known.max.emplace(rows.value(cell + 1));
        cell += 2;
        if (is_float(fields[i]->type)) known.has_nan = rows.value(cell++).boolean();
        known.exact = !known.has_nan;
      }
      result.statistics.emplace(some[i], std::move(known));
    }
  }
  return result;
}

}  // namespace lakelet::operations
