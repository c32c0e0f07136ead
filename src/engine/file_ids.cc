#include "engine/file_ids.h"

#include <algorithm>

#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

bool has_ids(const std::vector<StoredColumn>& columns) {
  return std::any_of(columns.begin(), columns.end(),
                     [](const StoredColumn& column) { return column.field_id || has_ids(column.children); });
}

void name(const std::vector<Field>& fields, const std::string& stored_name, StoredColumn& column);

void name_parts(const std::vector<Field>& fields, StoredColumn& column) {
  switch (column.type.id()) {
    case duckdb::LogicalTypeId::LIST:
      return name(fields, "element", column.children.at(0));
    case duckdb::LogicalTypeId::MAP:
      name(fields, "key", column.children.at(0).children.at(0));
      return name(fields, "value", column.children.at(0).children.at(1));
    default:
      for (StoredColumn& child : column.children) name(fields, child.stored_name, child);
  }
}

void name(const std::vector<Field>& fields, const std::string& stored_name, StoredColumn& column) {
  const auto field =
      std::find_if(fields.begin(), fields.end(), [&](const Field& known) { return known.name == stored_name; });
  if (field == fields.end()) return;
  column.field_id = field->id;
  if (!column.children.empty()) name_parts(field->type.children(), column);
}

}  // namespace

void give_ids(StoredFile& file, const Schema& columns) {
  if (has_ids(file.columns)) return;
  if (columns.empty()) {
    throw Error(ErrorCode::UnsupportedFeature, "the file's columns have no ids, by which the table goes",
                "give the table a mapping of names to ids, or write the file anew");
  }
  for (StoredColumn& column : file.columns) name(columns.fields(), column.stored_name, column);
}

}  // namespace lakelet::engine
