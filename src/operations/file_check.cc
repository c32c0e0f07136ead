#include "operations/file_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "table/column_path.h"

namespace lakelet::operations {
namespace {

constexpr const char* kRemedy = "`lakelet analyze` gathers the statistics anew";

Finding damage(const FileTask& task, const char* check, std::string message) {
  return {Severity::Damage, check, task.file.path, std::move(message), kRemedy, false, false};
}

std::string dotted(const ColumnPath& path) {
  std::string text;
  for (const std::string& name : path) {
    if (!text.empty()) text += '.';
    text += name;
  }
  return text;
}

// Bounds that a footer has as the rows have them.
bool footers_bounds_are_exact(const Type& type) {
  return type.integral() || type.kind() == TypeKind::Boolean || type.kind() == TypeKind::Date ||
         type.kind() == TypeKind::Decimal || type.kind() == TypeKind::Timestamp || type.kind() == TypeKind::TimestampTz;
}

// Of the same unit, so that their values can be compared.
bool comparable(const Type& a, const Type& b) {
  if (a.integral() && b.integral()) return a.kind() != TypeKind::UInt64 && b.kind() != TypeKind::UInt64;
  return a == b;
}

// What of `truth` lies outside of what is said, as a half-sentence.
std::optional<std::string> outside(const ColumnStatistics& said, const ColumnStatistics& truth, const Type& type) {
  if (said.min && truth.min && compare_values(*said.min, *truth.min) > 0) {
    return fmt::format("the least value is said to be {} and is {}", to_text(*said.min, type),
                       to_text(*truth.min, type));
  }
  if (said.max && truth.max && compare_values(*said.max, *truth.max) < 0) {
    return fmt::format("the greatest value is said to be {} and is {}", to_text(*said.max, type),
                       to_text(*truth.max, type));
  }
  return std::nullopt;
}

// A reader passes over files that have no NULL, or nothing else.
bool misleads(const std::optional<std::int64_t>& said, std::int64_t truth, std::int64_t said_rows, std::int64_t rows) {
  if (!said) return false;
  return (*said == 0 && truth > 0) || (*said >= said_rows && said_rows > 0 && truth < rows);
}

const Field* step(const std::vector<Field>& file, const Field& field, bool by_id) {
  const auto found = std::find_if(file.begin(), file.end(), [&](const Field& stored) {
    return by_id ? stored.id && stored.id == field.id : same_name(stored.name, field.file_name());
  });
  return found == file.end() ? nullptr : &*found;
}

}  // namespace

std::optional<ColumnPath> stored_path(const Snapshot& snapshot, const Schema& file, const ColumnPath& path) {
  const bool by_id = snapshot.column_matching() == ColumnMatching::ById;
  const std::vector<Field>* logical = &snapshot.schema().fields();
  const std::vector<Field>* stored = &file.fields();
  ColumnPath result;
  for (const std::string& name : path) {
    const auto field = std::find_if(logical->begin(), logical->end(), [&](const Field& f) { return f.name == name; });
    if (field == logical->end()) return std::nullopt;
    const Field* found = step(*stored, *field, by_id);
    if (!found) return std::nullopt;
    result.push_back(found->name);
    logical = &field->type.children();
    stored = &found->type.children();
  }
  return result;
}

std::vector<Finding> check_footer(const Snapshot& snapshot, const FileTask& task, const ParquetFooter& footer) {
  std::vector<Finding> findings;
  if (task.file.rows && *task.file.rows != footer.rows) {
    findings.push_back(
        damage(task, "row count",
               fmt::format("the table says that it has {} rows, and it has {}", *task.file.rows, footer.rows)));
  }
  if (!task.deletes.none()) return findings;
  for (const auto& [path, said] : task.file.statistics) {
    const Field* column = find_field(snapshot.schema(), path);
    const auto stored = stored_path(snapshot, footer.schema, path);
    if (!column || !stored) continue;
    const Field* in_file = find_field(footer.schema, *stored);
    const auto truth = footer.statistics.find(*stored);
    if (!in_file || truth == footer.statistics.end()) continue;
    if (truth->second.null_count &&
        misleads(said.null_count, *truth->second.null_count, task.file.rows.value_or(footer.rows), footer.rows)) {
      findings.push_back(damage(task, "null count",
                                fmt::format("column {} is said to have {} NULLs of {} rows, and has {}", dotted(path),
                                            *said.null_count, footer.rows, *truth->second.null_count)));
    }
    if (!footers_bounds_are_exact(column->type) || !comparable(column->type, in_file->type)) continue;
    if (const auto what = outside(said, truth->second, column->type)) {
      findings.push_back(damage(task, "bounds", fmt::format("column {}: {}", dotted(path), *what)));
    }
  }
  return findings;
}

std::vector<Finding> check_rows(const Snapshot& snapshot, const FileTask& task, const MeasuredFile& measured) {
  std::vector<Finding> findings;
  const auto deleted = task.deletes.positions ? static_cast<std::int64_t>(task.deletes.positions->count()) : 0;
  if (task.file.rows && *task.file.rows - deleted != measured.rows) {
    findings.push_back(damage(task, "row count",
                              fmt::format("{} rows are left of it by what the table says, and {} are there",
                                          *task.file.rows - deleted, measured.rows)));
  }
  for (const auto& [path, said] : task.file.statistics) {
    const Field* column = find_field(snapshot.schema(), path);
    const auto truth = measured.statistics.find(path);
    if (!column || truth == measured.statistics.end()) continue;
    if (misleads(said.null_count, truth->second.null_count.value_or(0), task.file.rows.value_or(measured.rows),
                 measured.rows)) {
      findings.push_back(
          damage(task, "null count",
                 fmt::format("column {} is said to have {} NULLs, and {} of {} rows have none", dotted(path),
                             *said.null_count, measured.rows - truth->second.null_count.value_or(0), measured.rows)));
    }
    if (const auto what = outside(said, truth->second, column->type)) {
      findings.push_back(damage(task, "bounds", fmt::format("column {}: {}", dotted(path), *what)));
    }
  }
  return findings;
}

}  // namespace lakelet::operations
