#include "formats/delta/checkpoint/statistics_columns.h"

#include <algorithm>

#include "formats/delta/checkpoint/arrow_cells.h"
#include "formats/delta/statistics/statistics_bound.h"
#include "table/column_path.h"

namespace lakelet::delta {
namespace {

using Leaves = std::vector<StatisticsReader::Column>;

// In the order of the schema, so that the tree is too.
void collect(const std::vector<Field>& fields, const ColumnPath& logical, const ColumnPath& physical,
             const std::vector<ColumnPath>& wanted, Leaves& out) {
  for (const Field& field : fields) {
    ColumnPath name = logical, file_name = physical;
    name.push_back(field.name);
    file_name.push_back(field.file_name());
    if (field.type.kind() == TypeKind::Struct) {
      collect(field.type.children(), name, file_name, wanted, out);
    } else if (std::find(wanted.begin(), wanted.end(), name) != wanted.end()) {
      out.push_back({std::move(file_name), field.type, false});
    }
  }
}

Leaves leaves_of(const Schema& schema, const std::vector<ColumnPath>& wanted) {
  Leaves out;
  collect(schema.fields(), {}, {}, wanted, out);
  return out;
}

StatisticsColumns::Node tree_of(const Leaves& leaves, bool bounds) {
  StatisticsColumns::Node root;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (bounds && !(has_bounds(leaves[i].type) && has_cells(leaves[i].type))) continue;
    StatisticsColumns::Node* node = &root;
    for (const std::string& name : leaves[i].physical) {
      auto at = std::find_if(node->children.begin(), node->children.end(),
                             [&](const auto& child) { return child.name == name; });
      if (at == node->children.end()) at = node->children.insert(at, {.name = name});
      node = &*at;
    }
    node->leaf = static_cast<int>(i);
  }
  return root;
}

}  // namespace

StatisticsColumns::StatisticsColumns(const Schema& schema, const std::vector<ColumnPath>& columns)
    : leaves_(leaves_of(schema, columns)),
      bounds_(tree_of(leaves_, true)),
      nulls_(tree_of(leaves_, false)),
      reader_(leaves_, StatisticsReader::Bounds::AsWritten) {}

void StatisticsColumns::set_tree(ArrowSchema* schema, const Node& node, Part part) const {
  if (node.leaf >= 0) {
    const Type type = part == Part::Nulls ? Type(TypeKind::Int64) : leaves_[static_cast<std::size_t>(node.leaf)].type;
    return set_cell_type(schema, type);
  }
  require_ok(ArrowSchemaSetTypeStruct(schema, static_cast<std::int64_t>(node.children.size())));
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    require_ok(ArrowSchemaSetName(schema->children[i], node.children[i].name.c_str()));
    set_tree(schema->children[i], node.children[i], part);
  }
}

// Parquet has no groups without fields: a tree without leaves is left out.
void StatisticsColumns::set_type(ArrowSchema* schema) const {
  std::int64_t fields = 2;
  if (!bounds_.children.empty()) fields += 2;
  if (!nulls_.children.empty()) ++fields;
  require_ok(ArrowSchemaSetTypeStruct(schema, fields));
  std::int64_t at = 0;
  const auto next = [&](const char* name) {
    require_ok(ArrowSchemaSetName(schema->children[at], name));
    return schema->children[at++];
  };
  set_cell_type(next("numRecords"), TypeKind::Int64);
  if (!bounds_.children.empty()) {
    set_tree(next("minValues"), bounds_, Part::Min);
    set_tree(next("maxValues"), bounds_, Part::Max);
  }
  if (!nulls_.children.empty()) set_tree(next("nullCount"), nulls_, Part::Nulls);
  set_cell_type(next("tightBounds"), TypeKind::Boolean);
}

void StatisticsColumns::append_tree(const Node& node, Part part, const FileStatistics& statistics,
                                    ArrowArray* array) const {
  if (node.leaf < 0) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      append_tree(node.children[i], part, statistics, array->children[i]);
    }
    return require_ok(ArrowArrayFinishElement(array));
  }
  const auto leaf = static_cast<std::size_t>(node.leaf);
  const ColumnStatistics& known = statistics.columns[leaf];
  if (part == Part::Nulls) {
    append_value(array, TypeKind::Int64, known.null_count ? Value(*known.null_count) : Value());
  } else {
    append_value(array, leaves_[leaf].type, (part == Part::Min ? known.min : known.max).value_or(Value()));
  }
}

void StatisticsColumns::append(std::string_view json, ArrowArray* array) {
  const FileStatistics statistics = json.empty() ? FileStatistics() : reader_.read(json);
  if (!statistics.rows) return require_ok(ArrowArrayAppendNull(array, 1));
  ArrowArray** child = array->children;
  append_value(*child++, TypeKind::Int64, Value(*statistics.rows));
  if (!bounds_.children.empty()) {
    append_tree(bounds_, Part::Min, statistics, *child++);
    append_tree(bounds_, Part::Max, statistics, *child++);
  }
  if (!nulls_.children.empty()) append_tree(nulls_, Part::Nulls, statistics, *child++);
  append_value(*child, TypeKind::Boolean, statistics.tight ? Value(*statistics.tight) : Value());
  require_ok(ArrowArrayFinishElement(array));
}

}  // namespace lakelet::delta
