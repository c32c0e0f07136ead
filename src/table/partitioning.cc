#include "table/partitioning.h"

#include <algorithm>

#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet {

bool Partitioning::identity_only() const {
  return std::all_of(fields.begin(), fields.end(),
                     [](const PartitionField& field) { return field.transform == Transform::Identity; });
}

std::vector<std::string> Partitioning::columns() const {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const PartitionField& field : fields) names.push_back(field.column);
  return names;
}

Type partition_type(const PartitionField& field, const Schema& schema) {
  const std::optional<ColumnPath> path = resolve_dotted(schema, field.column);
  if (!path) {
    throw Error(ErrorCode::InvalidArgument, "the partition column '" + field.column + "' isn't in the schema",
                "the columns: " + to_string(schema));
  }
  const bool keeps_type = field.transform == Transform::Identity || field.transform == Transform::Truncate;
  return keeps_type ? find_field(schema, *path)->type : Type(TypeKind::Int32);
}

Partitioning identity_partitioning(const Schema& schema, const std::vector<std::string>& columns) {
  Partitioning partitioning;
  for (const std::string& column : columns) {
    const Field* field = schema.find(column);
    if (!field && column.find('(') != std::string::npos) {
      throw Error(ErrorCode::UnsupportedFeature, "tables of this format are partitioned by columns alone: " + column,
                  "add a column that is computed, and partition by it");
    }
    if (!field) {
      throw Error(ErrorCode::InvalidArgument, "the partition column '" + column + "' isn't in the schema",
                  "the columns: " + to_string(schema));
    }
    if (field->type.nested() || field->type.kind() == TypeKind::Variant || field->type.kind() == TypeKind::Geometry) {
      throw Error(ErrorCode::InvalidArgument,
                  "can't partition by '" + field->name + "' of type " + to_string(field->type),
                  "partition by a column of a primitive type");
    }
    for (const PartitionField& other : partitioning.fields) {
      if (other.column == field->name) {
        throw Error(ErrorCode::InvalidArgument, "the partition column '" + field->name + "' is given twice");
      }
    }
    partitioning.fields.push_back({field->name, Transform::Identity, 0, field->name});
  }
  if (!columns.empty() && columns.size() == schema.size()) {
    throw Error(ErrorCode::InvalidArgument, "every column is a partition column: no column is left for the data files");
  }
  return partitioning;
}

}  // namespace lakelet
