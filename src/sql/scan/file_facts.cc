#include "sql/scan/file_facts.h"

#include <algorithm>
#include <duckdb/common/value_operations/value_operations.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression_iterator.hpp>
#include <limits>

#include "engine/type_mapping.h"

namespace lakelet::sql {
namespace {

using duckdb::Expression;
using duckdb::Value;

// Thrown within this file only: a file doesn't tell enough.
struct NotCertain {};

const duckdb::BoundColumnRefExpression* plain_column(const Expression& expression) {
  if (expression.GetExpressionType() != duckdb::ExpressionType::BOUND_COLUMN_REF) return nullptr;
  return &expression.Cast<duckdb::BoundColumnRefExpression>();
}

// What is known of a file before its columns are looked at.
struct FileRows {
  const FileTask& task;
  const Partitioning& partitioning;
  std::int64_t live = 0;
};

FileRows rows_of(const FileTask& task, const Partitioning& partitioning) {
  const Deletes& deletes = task.deletes;
  if (!task.file.rows || *task.file.rows < 0 || !deletes.equality.empty() || !deletes.merge_logs.empty() ||
      task.merge || task.rows || task.only) {
    throw NotCertain{};
  }
  FileRows rows{task, partitioning, *task.file.rows};
  if (deletes.positions) {
    const auto stored = static_cast<std::uint64_t>(rows.live);
    if (deletes.positions->intersects(stored, std::numeric_limits<std::uint64_t>::max() - stored)) throw NotCertain{};
    rows.live -= static_cast<std::int64_t>(deletes.positions->count());
  }
  return rows;
}

// The value that all rows of the file have in a partition column, or in one that the task gives; nothing for others.
std::optional<Value> same_value(const FileRows& rows, const Field& column) {
  const auto& given = rows.task.constants;
  if (const auto at = given.find(column.name); at != given.end())
    return engine::to_engine_value(at->second, column.type);
  const auto& fields = rows.partitioning.fields;
  for (std::size_t i = 0; i < fields.size() && i < rows.task.file.partition_values.size(); ++i) {
    if (fields[i].transform != Transform::Identity || fields[i].column != column.name) continue;
    return engine::to_engine_value(rows.task.file.partition_values[i], column.type);
  }
  return std::nullopt;
}

// One expression, file after file: constant for all rows of a file if it is about partition columns alone.
class FileConstant {
 public:
  FileConstant(duckdb::ClientContext& context, const Schema& schema, const Expression& expression)
      : context_(context), schema_(schema), expression_(expression) {
    collect(expression);
    std::sort(columns_.begin(), columns_.end());
    columns_.erase(std::unique(columns_.begin(), columns_.end()), columns_.end());
  }

  std::optional<Value> find(const FileRows& rows) {
    std::string key;
    duckdb::vector<Value> values;
    for (const std::size_t column : columns_) {
      auto value = same_value(rows, schema_[column]);
      if (!value) return std::nullopt;
      const std::string text = value->IsNull() ? "" : value->ToString();
      key += (value->IsNull() ? "n" : std::to_string(text.size()) + ":") + text;
      values.push_back(std::move(*value));
    }
    const auto known = known_.find(key);
    if (known != known_.end()) return known->second;
    return known_.emplace(std::move(key), evaluate(values)).first->second;
  }

 private:
  void collect(const Expression& expression) {
    if (const auto* column = plain_column(expression)) columns_.push_back(column->binding.column_index);
    duckdb::ExpressionIterator::EnumerateChildren(expression, [&](const Expression& child) { collect(child); });
  }

  Value evaluate(const duckdb::vector<Value>& values) const {
    auto constant = expression_.Copy();
    put(constant, values);
    if (const auto* done = constant->GetExpressionType() == duckdb::ExpressionType::VALUE_CONSTANT
                               ? &constant->Cast<duckdb::BoundConstantExpression>()
                               : nullptr) {
      return done->value;
    }
    Value result;
    if (!constant->IsFoldable() || !duckdb::ExpressionExecutor::TryEvaluateScalar(context_, *constant, result)) {
      throw NotCertain{};  // what fails is to fail where rows are read, or not at all if there are none
    }
    return result;
  }

  void put(FileExpression& expression, const duckdb::vector<Value>& values) const {
    if (const auto* column = plain_column(*expression)) {
      const auto at = std::lower_bound(columns_.begin(), columns_.end(), column->binding.column_index);
      expression =
          duckdb::make_uniq<duckdb::BoundConstantExpression>(values[static_cast<std::size_t>(at - columns_.begin())]);
      return;
    }
    duckdb::ExpressionIterator::EnumerateChildren(*expression, [&](FileExpression& child) { put(child, values); });
  }

  duckdb::ClientContext& context_;
  const Schema& schema_;
  const Expression& expression_;
  std::vector<std::size_t> columns_;
  std::map<std::string, Value> known_;  // by the values of the columns
};

bool before(const Value& a, const Value& b, FileAggregateKind kind) {
  return kind == FileAggregateKind::Min ? duckdb::ValueOperations::LessThan(a, b)
                                        : duckdb::ValueOperations::GreaterThan(a, b);
}

// One aggregate of one group.
struct Gathered {
  std::int64_t count = 0;
  std::optional<Value> best;    // the least or greatest value that is certainly there
  std::optional<Value> beyond;  // no row of the files that don't tell exactly lies beyond it

  void meet(Value value, FileAggregateKind kind) {
    if (!best || before(value, *best, kind)) best = std::move(value);
  }
  void stay_within(Value bound, FileAggregateKind kind) {
    if (!beyond || before(bound, *beyond, kind)) beyond = std::move(bound);
  }
  Value result(const FileAggregate& aggregate) const {
    if (aggregate.kind == FileAggregateKind::CountRows || aggregate.kind == FileAggregateKind::Count) {
      return Value::BIGINT(count);
    }
    if (beyond && (!best || before(*beyond, *best, aggregate.kind))) throw NotCertain{};
    return best ? best->DefaultCastAs(aggregate.type) : Value(aggregate.type);
  }
};

// Throws NotCertain also for statistics that contradict themselves.
const ColumnStatistics& statistics_of(const FileRows& rows, const Field& column) {
  const auto found = rows.task.file.statistics.find({column.name});
  if (found == rows.task.file.statistics.end()) throw NotCertain{};
  const ColumnStatistics& told = found->second;
  const std::int64_t stored = *rows.task.file.rows, nulls = told.null_count.value_or(0);
  if (nulls < 0 || nulls > stored || (nulls == stored && (told.min || told.max))) throw NotCertain{};
  if (told.min && told.max && compare_values(*told.min, *told.max) > 0) throw NotCertain{};
  return told;
}

void add_counted(Gathered& into, const FileRows& rows, const Field& column) {
  const auto nulls = statistics_of(rows, column).null_count;
  const std::int64_t stored = *rows.task.file.rows;
  if (!nulls) throw NotCertain{};
  if (*nulls == stored) return;
  if (*nulls != 0 && rows.live != stored) throw NotCertain{};  // some of the nulls may be among the deleted rows
  into.count += rows.live - *nulls;
}

void add_bound(Gathered& into, const FileRows& rows, const Field& column, FileAggregateKind kind) {
  const ColumnStatistics& told = statistics_of(rows, column);
  if (told.null_count && *told.null_count == *rows.task.file.rows) return;
  const auto& bound = kind == FileAggregateKind::Min ? told.min : told.max;
  if (!bound || told.has_nan || column.type.kind() == TypeKind::String) throw NotCertain{};
  Value value = engine::to_engine_value(*bound, column.type);
  const auto back = engine::from_engine_value(value, column.type);
  if (!back || !(*back == *bound)) throw NotCertain{};  // it isn't of the column's type
  if (told.exact && rows.live == *rows.task.file.rows) {
    into.meet(std::move(value), kind);
  } else {
    into.stay_within(std::move(value), kind);
  }
}

class Gathering {
 public:
  Gathering(duckdb::ClientContext& context, const Schema& schema, const FileQuestion& question)
      : schema_(schema), question_(question) {
    for (const auto& filter : question.filters) filters_.emplace_back(context, schema, *filter);
    for (const auto& group : question.groups) groups_.emplace_back(context, schema, *group);
    for (const auto& aggregate : question.aggregates) {
      arguments_.emplace_back(context, schema, aggregate.argument ? *aggregate.argument : *no_argument_);
    }
  }

  void add(const FileRows& rows) {
    if (rows.live < 0) throw NotCertain{};
    if (rows.live == 0) return;
    for (FileConstant& filter : filters_) {
      const auto holds = filter.find(rows);
      if (!holds) throw NotCertain{};
      if (holds->IsNull() || !duckdb::BooleanValue::Get(*holds)) return;
    }
    std::vector<Gathered>& group = group_of(rows);
    for (std::size_t i = 0; i < group.size(); ++i) add(group[i], question_.aggregates[i], arguments_[i], rows);
  }

  std::vector<duckdb::vector<Value>> finish() {
    if (question_.groups.empty() && gathered_.empty()) {
      gathered_.emplace("", std::pair(duckdb::vector<Value>{}, std::vector<Gathered>(question_.aggregates.size())));
    }
    std::vector<duckdb::vector<Value>> result;
    for (const auto& [key, group] : gathered_) {
      duckdb::vector<Value> row = group.first;
      for (std::size_t i = 0; i < group.second.size(); ++i) {
        row.push_back(group.second[i].result(question_.aggregates[i]));
      }
      result.push_back(std::move(row));
    }
    return result;
  }

 private:
  std::vector<Gathered>& group_of(const FileRows& rows) {
    std::string key;
    duckdb::vector<Value> values;
    for (FileConstant& group : groups_) {
      auto value = group.find(rows);
      if (!value) throw NotCertain{};
      const std::string text = value->IsNull() ? "" : value->ToString();
      key += (value->IsNull() ? "n" : std::to_string(text.size()) + ":") + text;
      values.push_back(std::move(*value));
    }
    auto [at, added] = gathered_.try_emplace(std::move(key));
    if (added) at->second = {std::move(values), std::vector<Gathered>(question_.aggregates.size())};
    return at->second.second;
  }

  void add(Gathered& into, const FileAggregate& aggregate, FileConstant& argument, const FileRows& rows) const {
    if (aggregate.kind == FileAggregateKind::CountRows) {
      into.count += rows.live;
      return;
    }
    const bool counts = aggregate.kind == FileAggregateKind::Count;
    if (auto value = argument.find(rows)) {
      if (value->IsNull()) return;
      if (counts) {
        into.count += rows.live;
      } else {
        into.meet(std::move(*value), aggregate.kind);
      }
      return;
    }
    const auto* column = plain_column(*aggregate.argument);
    if (!column) throw NotCertain{};
    const Field& field = schema_[column->binding.column_index];
    counts ? add_counted(into, rows, field) : add_bound(into, rows, field, aggregate.kind);
  }

  const Schema& schema_;
  const FileQuestion& question_;
  duckdb::unique_ptr<Expression> no_argument_ = duckdb::make_uniq<duckdb::BoundConstantExpression>(Value::BIGINT(0));
  std::vector<FileConstant> filters_, groups_, arguments_;
  std::map<std::string, std::pair<duckdb::vector<Value>, std::vector<Gathered>>> gathered_;  // by the group's values
};

}  // namespace

std::vector<ColumnPath> FileQuestion::statistics_columns(const Schema& schema) const {
  std::vector<ColumnPath> columns;
  for (const FileAggregate& aggregate : aggregates) {
    const auto* column = aggregate.argument ? plain_column(*aggregate.argument) : nullptr;
    if (column) columns.push_back({schema[column->binding.column_index].name});
  }
  return columns;
}

std::optional<FileAnswer> answer_from_files(duckdb::ClientContext& context, const Snapshot& snapshot, ScanPlan& plan,
                                            const FileQuestion& question) {
  Gathering gathering(context, snapshot.schema(), question);
  FileAnswer answer;
  try {
    while (const auto task = plan.next()) {
      ++answer.files;
      gathering.add(rows_of(*task, snapshot.partitioning_of(task->file.partitioning_id)));
    }
    answer.rows = gathering.finish();
  } catch (const NotCertain&) {
    return std::nullopt;
  }
  return answer;
}

}  // namespace lakelet::sql
