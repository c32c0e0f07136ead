#include "sql/scan/metadata_aggregate.h"

#include <duckdb/optimizer/column_binding_replacer.hpp>
#include <duckdb/optimizer/optimizer.hpp>
#include <duckdb/optimizer/optimizer_extension.hpp>
#include <duckdb/planner/binder.hpp>
#include <duckdb/planner/expression/bound_aggregate_expression.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/expression_iterator.hpp>
#include <duckdb/planner/operator/logical_aggregate.hpp>
#include <duckdb/planner/operator/logical_filter.hpp>
#include <duckdb/planner/operator/logical_get.hpp>
#include <duckdb/planner/operator/logical_projection.hpp>
#include <duckdb/storage/statistics/node_statistics.hpp>

#include "engine/engine_error.h"
#include "engine/scan.h"
#include "sql/scan/file_facts.h"

namespace lakelet::sql {
namespace {

using duckdb::Expression;
using duckdb::LogicalOperator;
using duckdb::LogicalOperatorType;

// The rows that stand in an aggregate's place.
struct KnownRows final : duckdb::TableFunctionData {
  FileAnswer answer;
  std::string table;
  std::int64_t version = 0;
};
struct KnownRowsPosition final : duckdb::GlobalTableFunctionState {
  std::size_t next = 0;
};

void give(duckdb::ClientContext&, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
  const auto& rows = input.bind_data->Cast<KnownRows>().answer.rows;
  auto& next = input.global_state->Cast<KnownRowsPosition>().next;
  duckdb::idx_t count = 0;
  for (; next < rows.size() && count < STANDARD_VECTOR_SIZE; ++next, ++count) {
    for (duckdb::idx_t i = 0; i < rows[next].size(); ++i) output.SetValue(i, count, rows[next][i]);
  }
  output.SetCardinality(count);
}

duckdb::TableFunction known_rows_function() {
  duckdb::TableFunction function("lake_metadata_rows", {}, give);
  function.init_global = [](duckdb::ClientContext&,
                            duckdb::TableFunctionInitInput&) -> duckdb::unique_ptr<duckdb::GlobalTableFunctionState> {
    return duckdb::make_uniq<KnownRowsPosition>();
  };
  function.cardinality = [](duckdb::ClientContext&, const duckdb::FunctionData* data) {
    const auto rows = static_cast<duckdb::idx_t>(data->Cast<KnownRows>().answer.rows.size());
    return duckdb::make_uniq<duckdb::NodeStatistics>(rows, rows);
  };
  function.to_string = [](duckdb::TableFunctionToStringInput& input) {
    const auto& known = input.bind_data->Cast<KnownRows>();
    duckdb::InsertionOrderPreservingMap<duckdb::string> result;
    result.insert(std::make_pair("Table", known.table));
    result.insert(std::make_pair("Version", std::to_string(known.version)));
    result.insert(std::make_pair("Answered From", "metadata of " + std::to_string(known.answer.files) + " files"));
    return result;
  };
  function.verify_serialization = false;
  return function;
}

// An aggregate over a lake scan, with every expression brought down to columns of the snapshot's schema.
class AggregateOverScan {
 public:
  // False if the plan under the aggregate is of another shape, or asks for what files don't tell.
  bool read(const duckdb::LogicalAggregate& aggregate) {
    if (aggregate.grouping_sets.size() > 1 || !aggregate.grouping_functions.empty()) return false;
    if (aggregate.grouping_sets.size() == 1 && aggregate.grouping_sets[0].size() != aggregate.groups.size()) {
      return false;
    }
    if (!find_scan(*aggregate.children[0])) return false;
    for (const auto& group : aggregate.groups) {
      auto expression = down_to_scan(*group);
      if (!expression || !compares_by_value(expression->return_type)) return false;
      question.groups.push_back(std::move(expression));
    }
    for (const auto& expression : aggregate.expressions) {
      if (!add_aggregate(*expression)) return false;
    }
    return add_filters();
  }

  const duckdb::LogicalGet& scan() const { return *scan_; }
  FileQuestion question;

 private:
  // Types whose equal values are written the same way.
  static bool compares_by_value(const duckdb::LogicalType& type) {
    const auto id = type.id();
    return !type.IsNested() && id != duckdb::LogicalTypeId::FLOAT && id != duckdb::LogicalTypeId::DOUBLE &&
           !has_collation(type);
  }
  static bool has_collation(const duckdb::LogicalType& type) {
    return type.id() == duckdb::LogicalTypeId::VARCHAR && !duckdb::StringType::GetCollation(type).empty();
  }

  bool find_scan(const LogicalOperator& top) {
    const LogicalOperator* op = &top;
    for (; op->type != LogicalOperatorType::LOGICAL_GET; op = op->children[0].get()) {
      if (op->type == LogicalOperatorType::LOGICAL_PROJECTION) {
        projections_.push_back(&op->Cast<duckdb::LogicalProjection>());
      } else if (op->type == LogicalOperatorType::LOGICAL_FILTER) {
        filters_.push_back(op);
      } else {
        return false;
      }
      if (op->children.size() != 1) return false;
    }
    scan_ = &op->Cast<duckdb::LogicalGet>();
    return scan_->bind_data && engine::scan_of(*scan_->bind_data) && !scan_->extra_info.sample_options &&
           !scan_->ordinality_idx.IsValid() && !scan_->row_group_order_options && scan_->projected_input.empty() &&
           scan_->children.empty();
  }

  // The expression over ColumnBinding(0, column of the schema); null for what isn't about columns of the table.
  FileExpression down_to_scan(const Expression& expression) const {
    auto result = expression.Copy();
    return bring_down(result) ? std::move(result) : nullptr;
  }

  bool bring_down(FileExpression& expression) const {
    if (expression->HasParameter() || expression->HasSubquery()) return false;
    if (expression->GetExpressionType() == duckdb::ExpressionType::BOUND_COLUMN_REF) {
      return replace(expression);
    }
    bool all = true;
    duckdb::ExpressionIterator::EnumerateChildren(*expression,
                                                  [&](FileExpression& child) { all = all && bring_down(child); });
    return all;
  }

  bool replace(FileExpression& expression) const {
    auto& column = expression->Cast<duckdb::BoundColumnRefExpression>();
    if (column.depth != 0) return false;
    for (const auto* projection : projections_) {
      if (projection->table_index != column.binding.table_index) continue;
      if (column.binding.column_index >= projection->expressions.size()) return false;
      expression = projection->expressions[column.binding.column_index]->Copy();
      return bring_down(expression);
    }
    const auto& ids = scan_->GetColumnIds();
    if (column.binding.table_index != scan_->table_index || column.binding.column_index >= ids.size()) return false;
    const duckdb::ColumnIndex& id = ids[column.binding.column_index];
    if (id.IsVirtualColumn() || id.HasChildren()) return false;
    column.binding = duckdb::ColumnBinding(0, id.GetPrimaryIndex());
    return true;
  }

  bool add_aggregate(const Expression& expression) {
    if (expression.GetExpressionClass() != duckdb::ExpressionClass::BOUND_AGGREGATE) return false;
    const auto& call = expression.Cast<duckdb::BoundAggregateExpression>();
    if (call.filter || call.order_bys) return false;
    FileAggregate aggregate;
    aggregate.type = call.return_type;
    const std::string& name = call.function.name;
    if (name == "count_star" && call.children.empty() && !call.IsDistinct()) {
      question.aggregates.push_back(std::move(aggregate));
      return true;
    }
    if (call.children.size() != 1) return false;
    if (name == "count" && !call.IsDistinct()) {
      aggregate.kind = FileAggregateKind::Count;
    } else if (name == "min" || name == "max") {
      aggregate.kind = name == "min" ? FileAggregateKind::Min : FileAggregateKind::Max;
      if (has_collation(call.children[0]->return_type)) return false;
    } else {
      return false;
    }
    aggregate.argument = down_to_scan(*call.children[0]);
    if (!aggregate.argument) return false;
    question.aggregates.push_back(std::move(aggregate));
    return true;
  }

  bool add_filter(FileExpression filter) {
    if (!filter) return false;
    question.filters.push_back(std::move(filter));
    return true;
  }

  bool add_filters() {
    for (const auto* filter : filters_) {
      for (const auto& expression : filter->expressions) {
        if (!add_filter(down_to_scan(*expression))) return false;
      }
    }
    // A join's run-time filters aren't among these; they only save work.
    for (const auto& [column, filter] : scan_->table_filters.filters) {
      if (duckdb::IsVirtualColumn(column) || column >= scan_->returned_types.size()) return false;
      const duckdb::BoundColumnRefExpression reference(scan_->returned_types[column], duckdb::ColumnBinding(0, column));
      if (filter->filter_type == duckdb::TableFilterType::OPTIONAL_FILTER ||
          filter->filter_type == duckdb::TableFilterType::DYNAMIC_FILTER) {
        continue;
      }
      if (!add_filter(filter->ToExpression(reference))) return false;
    }
    return true;
  }

  const duckdb::LogicalGet* scan_ = nullptr;
  std::vector<const duckdb::LogicalProjection*> projections_;
  std::vector<const LogicalOperator*> filters_;
};

bool only_counts_rows(const FileQuestion& question) {
  for (const FileAggregate& aggregate : question.aggregates) {
    if (aggregate.kind != FileAggregateKind::CountRows) return false;
  }
  return question.groups.empty() && question.filters.empty();
}

std::optional<FileAnswer> answer(duckdb::ClientContext& context, const duckdb::LogicalGet& scan,
                                 const FileQuestion& question) {
  const Snapshot& snapshot = *engine::scan_of(*scan.bind_data)->snapshot();
  if (only_counts_rows(question) && engine::is_whole_table(*scan.bind_data)) {
    const TableSize size = snapshot.size();
    if (!size.rows || *size.rows < 0) return std::nullopt;
    FileAnswer total;
    total.files = size.files;
    total.rows.emplace_back(question.aggregates.size(), duckdb::Value::BIGINT(*size.rows));
    return total;
  }
  auto columns = question.statistics_columns(snapshot.schema());
  const auto plan = engine::plan_of(*scan.bind_data, !columns.empty(), columns);
  return answer_from_files(context, snapshot, *plan, question);
}

class Rule {
 public:
  Rule(duckdb::OptimizerExtensionInput& input, duckdb::unique_ptr<LogicalOperator>& root)
      : input_(input), root_(root) {}

  void apply(duckdb::unique_ptr<LogicalOperator>& op) {
    for (auto& child : op->children) apply(child);
    if (op->type != LogicalOperatorType::LOGICAL_AGGREGATE_AND_GROUP_BY) return;
    const auto& aggregate = op->Cast<duckdb::LogicalAggregate>();
    AggregateOverScan over;
    if (aggregate.children.size() != 1 || !over.read(aggregate)) return;
    auto known = answer(input_.context, over.scan(), over.question);
    if (known) op = put_in_place(*op, std::move(*known), *engine::scan_of(*over.scan().bind_data)->snapshot());
  }

  void finish() {
    if (!replacer_.replacement_bindings.empty()) replacer_.VisitOperator(*root_);
  }

 private:
  duckdb::unique_ptr<LogicalOperator> put_in_place(LogicalOperator& aggregate, FileAnswer answer,
                                                   const Snapshot& snapshot) {
    aggregate.ResolveOperatorTypes();
    const auto old = aggregate.GetColumnBindings();
    const duckdb::idx_t index = input_.optimizer.binder.GenerateTableIndex();
    auto rows = duckdb::make_uniq<KnownRows>();
    rows->answer = std::move(answer);
    rows->table = snapshot.location().uri;
    rows->version = snapshot.version();
    duckdb::vector<duckdb::string> names;
    duckdb::vector<duckdb::ColumnIndex> columns;
    for (duckdb::idx_t i = 0; i < old.size(); ++i) {
      names.push_back("column" + std::to_string(i));
      columns.emplace_back(i);
      replacer_.replacement_bindings.emplace_back(old[i], duckdb::ColumnBinding(index, i));
    }
    auto get = duckdb::make_uniq<duckdb::LogicalGet>(index, known_rows_function(), std::move(rows), aggregate.types,
                                                     std::move(names));
    get->SetColumnIds(std::move(columns));
    get->SetEstimatedCardinality(get->bind_data->Cast<KnownRows>().answer.rows.size());
    get->ResolveOperatorTypes();
    return get;
  }

  duckdb::OptimizerExtensionInput& input_;
  duckdb::unique_ptr<LogicalOperator>& root_;
  duckdb::ColumnBindingReplacer replacer_;
};

void optimize(duckdb::OptimizerExtensionInput& input, duckdb::unique_ptr<LogicalOperator>& plan) {
  engine::inside_engine([&] {
    Rule rule(input, plan);
    rule.apply(plan);
    rule.finish();
  });
}

}  // namespace

void register_metadata_aggregates(duckdb::ClientContext& context) {
  for (const auto& extension : duckdb::OptimizerExtension::Iterate(context)) {
    if (extension.optimize_function == optimize) return;
  }
  duckdb::OptimizerExtension extension;
  extension.optimize_function = optimize;
  duckdb::OptimizerExtension::Register(duckdb::DBConfig::GetConfig(context), std::move(extension));
}

}  // namespace lakelet::sql
