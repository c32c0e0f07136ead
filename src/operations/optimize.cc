#include "operations/optimize.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>

#include "lakelet/alteration.h"
#include "lakelet/error.h"
#include "sql/session/expression_text.h"
#include "table/clustering.h"
#include "table/table_layout_change.h"

namespace lakelet::operations {
namespace {

// Throws unless rows can be placed by values of the column; gives its names as the table has them.
ColumnPath placed_column(const Snapshot& snapshot, const std::string& text) {
  ColumnPath path;
  const std::vector<Field>* fields = &snapshot.schema().fields();
  const Field* found = nullptr;
  for (const std::string& name : parse_column_path(text)) {
    const bool within = !found || found->type.kind() == TypeKind::Struct;
    const int index = within ? Schema(*fields).index_of(name) : -1;
    if (index < 0) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("the table has no column {}", text),
                  "columns: " + to_string(snapshot.schema()));
    }
    found = &(*fields)[static_cast<std::size_t>(index)];
    path.push_back(found->name);
    fields = &found->type.children();
  }
  if (found->type.nested() || found->type.kind() == TypeKind::Variant) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("rows can't be placed by {}: its type is {}", text, to_string(found->type)),
                "name columns of plain values; of a struct, one of its fields");
  }
  const auto partitions = snapshot.partitioning().columns();
  if (std::find(partitions.begin(), partitions.end(), path[0]) != partitions.end()) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{} is a partition column: all rows of a file have one value of it", text),
                "place rows by other columns, or use --where to choose partitions");
  }
  return path;
}

void place_as_asked(const OptimizeOptions& options, PlannedOptimize& plan) {
  const std::pair<const std::vector<std::string>*, sql::Placement> ways[] = {
      {&options.z_order, sql::Placement::ZCurve},
      {&options.hilbert, sql::Placement::Hilbert},
      {&options.sort_by, sql::Placement::Sorted}};
  for (const auto& [columns, placement] : ways) {
    if (columns->empty()) continue;
    if (!plan.columns.empty()) {
      throw Error(ErrorCode::InvalidArgument, "rows can be placed in one way only",
                  "keep one of z-order, hilbert, sort");
    }
    plan.placement = placement;
    for (const std::string& text : *columns) {
      ColumnPath path = placed_column(*plan.base, text);
      if (placement == sql::Placement::Sorted && path.size() > 1) {
        throw Error(ErrorCode::UnsupportedFeature,
                    fmt::format("rows can be sorted by whole columns only, not by {}", text), "use z-order instead");
      }
      if (std::find(plan.columns.begin(), plan.columns.end(), path) != plan.columns.end()) {
        throw Error(ErrorCode::InvalidArgument, fmt::format("the column {} is named twice", text));
      }
      plan.columns.push_back(std::move(path));
    }
  }
}

void place_as_the_table_says(const ClusteringTable* clustering, PlannedOptimize& plan) {
  const auto own = clustering ? clustering->clustering_columns(*plan.base) : std::vector<ColumnPath>();
  if (own.empty()) return;
  if (!plan.columns.empty()) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the table is clustered by {}: its rows can't be placed in another way",
                            fmt::join(column_names(own), ", ")),
                "leave z-order, hilbert and sort out; optimize then clusters it");
  }
  plan.columns = own;
  plan.by_table = true;
  plan.placement = sql::Placement::Hilbert;
}

// By value: two spellings of one partition are one.
class Partitions {
 public:
  std::size_t number(const DataFile& file) {
    std::string key = std::to_string(file.partitioning_id);
    for (const Value& value : file.partition_values) {
      const std::string text = value.is_null() ? "n" : value_key(value);
      key += fmt::format("/{}:{}", text.size(), text);
    }
    return numbers_.emplace(std::move(key), numbers_.size()).first->second;
  }

 private:
  static std::string value_key(const Value& value) {
    return std::visit(
        [](const auto& held) -> std::string {
          using Held = std::decay_t<decltype(held)>;
          if constexpr (std::is_same_v<Held, std::string>) return "s" + held;
          if constexpr (std::is_same_v<Held, bool>) return held ? "true" : "false";
          if constexpr (std::is_same_v<Held, std::int64_t>) return fmt::format("i{}", held);
          if constexpr (std::is_same_v<Held, double>) return fmt::format("d{}", held);
          if constexpr (std::is_same_v<Held, Decimal>) {
            return fmt::format("c{}:{}", static_cast<std::int64_t>(held.unscaled >> 64),
                               static_cast<std::uint64_t>(held.unscaled));
          }
          return "n";
        },
        value.storage());
  }
  std::map<std::string, std::size_t> numbers_;
};

std::vector<FileTask> considered_files(const std::shared_ptr<const Snapshot>& snapshot, const std::string& where,
                                       const Workspace& workspace) {
  std::vector<FileTask> files;
  if (where.empty()) {
    const auto plan = snapshot->plan({});
    while (auto task = plan->next()) files.push_back(*std::move(task));
  } else {
    sql::require_expression(where, "predicate");
    static std::atomic<std::uint64_t> count{0};
    const std::string name = fmt::format("lakelet_optimized_{}", ++count);
    workspace.session.bind_snapshot(name, snapshot);
    files = workspace.session.files_of(fmt::format("SELECT * FROM {} WHERE ({}\n)", name, where), *snapshot);
  }
  std::erase_if(files, [](const FileTask& task) { return task.rows != nullptr; });  // rows that no file holds
  std::stable_sort(files.begin(), files.end(), [](const FileTask& a, const FileTask& b) {
    return std::pair(a.file.modified_us, a.file.first_row_id) < std::pair(b.file.modified_us, b.file.first_row_id);
  });
  return files;
}

FileFacts facts_of(const FileTask& task, const PlannedOptimize& plan, const ClusteringTable* kept,
                   Partitions& partitions) {
  FileFacts facts;
  facts.partition = partitions.number(task.file);
  facts.bytes = task.file.bytes;
  facts.rows = task.file.rows;
  facts.deleted = task.deletes.positions ? static_cast<std::int64_t>(task.deletes.positions->count()) : 0;
  if (!task.deletes.equality.empty() || !task.deletes.merge_logs.empty() || task.merge) facts.deleted.reset();
  if (plan.columns.empty() || !kept) return facts;
  const auto clustering = kept->clustering_of(task.file);
  if (!clustering) return facts;
  const bool same = clustering->columns == column_names(plan.columns) &&
                    clustering->curve == placement_name(plan.placement) && clustering->by_table == plan.by_table;
  if (same) facts.rewriting = clustering->rewriting;
  facts.untouchable = clustering->foreign && plan.by_table;
  return facts;
}

PartitionValues shown_partition(const DataFile& file, const Snapshot& snapshot) {
  PartitionValues shown;
  const Partitioning& partitioning = snapshot.partitioning_of(file.partitioning_id);
  for (std::size_t i = 0; i < partitioning.fields.size() && i < file.partition_values.size(); ++i) {
    const PartitionField& field = partitioning.fields[i];
    const Field* column = snapshot.schema().find(field.column);
    const Value& value = file.partition_values[i];
    const bool typed = column && field.transform == Transform::Identity;
    std::optional<std::string> text;
    if (!value.is_null()) text = typed ? to_text(value, column->type) : std::string("?");
    shown.emplace_back(field.name, std::move(text));
  }
  return shown;
}

}  // namespace

std::string placement_name(sql::Placement placement) {
  switch (placement) {
    case sql::Placement::Sorted:
      return "sort";
    case sql::Placement::ZCurve:
      return "zorder";
    case sql::Placement::Hilbert:
      return "hilbert";
    case sql::Placement::AsTheyCome:
      break;
  }
  return "";
}

std::vector<std::string> column_names(const std::vector<ColumnPath>& columns) {
  std::vector<std::string> names;
  for (const ColumnPath& column : columns) names.push_back(fmt::format("{}", fmt::join(column, ".")));
  return names;
}

PlannedOptimize plan_optimize(FormatTable& table, const OptimizeOptions& options, const Workspace& workspace) {
  PlannedOptimize plan;
  plan.base = table.snapshot(LatestVersion{});
  plan.base->require(Access::Maintain);
  const ClusteringTable* const clustering = clustering_table(table);
  if (!(options.most_deleted >= 0 && options.most_deleted <= 1)) {
    throw Error(ErrorCode::InvalidArgument, "the share of deleted rows that may stay has to be between 0 and 1");
  }
  place_as_asked(options, plan);
  if (options.purge && !plan.columns.empty()) {
    throw Error(ErrorCode::InvalidArgument, "a purge places no rows",
                "leave out --purge: deleted rows go all the same");
  }
  if (!options.purge) place_as_the_table_says(clustering, plan);
  const auto* sorted = dynamic_cast<const SortedSnapshot*>(plan.base.get());
  if (sorted && plan.columns.empty()) plan.table_order = sorted->sort_order();
  const bool placed = !plan.columns.empty() || (options.full && !plan.table_order.empty());
  if (options.full && !placed) {
    throw Error(ErrorCode::InvalidArgument, "--full is for tables whose rows are placed by their values",
                "say how: --z-order, --hilbert or --sort-by, or cluster the table or give it a sort order");
  }
  plan.target_bytes = options.target_bytes.value_or(plan.base->write_layout().target_file_bytes);
  if (plan.target_bytes == 0) throw Error(ErrorCode::InvalidArgument, "the size of files has to be more than 0");
  plan.files = considered_files(plan.base, options.where, workspace);

  Partitions partitions;
  std::vector<FileFacts> facts;
  for (const FileTask& task : plan.files) facts.push_back(facts_of(task, plan, clustering, partitions));
  ChoiceRules rules;
  rules.target_bytes = plan.target_bytes;
  rules.most_deleted = options.purge ? 0 : options.most_deleted;
  rules.only_deleted = options.purge;
  rules.place = placed;
  rules.full = options.full;
  if (options.commit_bytes) rules.most_group_bytes = std::max<std::uint64_t>(1, *options.commit_bytes);
  plan.groups = choose_files(facts, rules);
  return plan;
}

OptimizePlan describe(const PlannedOptimize& plan) {
  OptimizePlan shown;
  shown.version = plan.base->version();
  shown.files_considered = static_cast<std::int64_t>(plan.files.size());
  shown.target_bytes = plan.target_bytes;
  shown.placement = placement_name(plan.placement);
  shown.columns = column_names(plan.columns);
  if (shown.columns.empty() && !plan.table_order.empty()) {
    shown.placement = placement_name(sql::Placement::Sorted);
    for (const SortField& field : plan.table_order)
      shown.columns.push_back(to_string(PartitionField{field.column, field.transform, field.argument, {}}));
  }
  for (const FileGroup& group : plan.groups) {
    OptimizeGroup part;
    part.partition = shown_partition(plan.files[group.files.front()].file, *plan.base);
    part.files = static_cast<std::int64_t>(group.files.size());
    part.bytes = group.bytes;
    part.files_after = files_for(group.live_bytes, plan.target_bytes);
    for (const std::size_t index : group.files) {
      const FileTask& task = plan.files[index];
      const bool counted = task.deletes.equality.empty() && task.deletes.merge_logs.empty() && !task.merge;
      if (!counted) part.deleted_rows = -1;
      if (part.deleted_rows < 0) break;
      if (task.deletes.positions) part.deleted_rows += static_cast<std::int64_t>(task.deletes.positions->count());
    }
    shown.groups.push_back(std::move(part));
  }
  return shown;
}

}  // namespace lakelet::operations
