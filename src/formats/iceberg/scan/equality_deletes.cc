#include "formats/iceberg/scan/equality_deletes.h"

#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

// The field with nothing in it but what lies on the path to `id`.
std::optional<Field> pruned_to(const Field& field, std::int32_t id) {
  if (field.id == id) return field;
  if (field.type.kind() != TypeKind::Struct) return std::nullopt;
  for (const Field& child : field.type.children()) {
    if (auto found = pruned_to(child, id)) {
      Field result = field;
      result.type = Type::structure({std::move(*found)});
      return result;
    }
  }
  return std::nullopt;
}

std::optional<Field> find_pruned(const Schema& schema, std::int32_t id) {
  for (const Field& field : schema.fields()) {
    if (auto found = pruned_to(field, id)) return found;
  }
  return std::nullopt;
}

}  // namespace

Deletes::Equality to_equality(const ManifestEntry& entry, const IcebergSnapshot& snapshot) {
  const std::string uri = snapshot.paths().resolve(entry.path);
  if (entry.format != "parquet") {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("{}: {} delete files aren't supported", uri, entry.format));
  }
  Deletes::Equality result;
  result.uri = uri;
  result.field_ids = entry.equality_ids;
  result.sequence_number = entry.sequence_number;
  result.format = entry.format;
  for (const std::int32_t id : entry.equality_ids) {
    auto field = find_pruned(snapshot.schema(), id);
    const auto& schemas = snapshot.table_metadata().schemas;
    for (auto each = schemas.rbegin(); !field && each != schemas.rend(); ++each) {
      field = find_pruned(each->second, id);
      // A column of that name today would be another one.
      if (field) field->name = fmt::format("{} (dropped {})", field->name, id);
    }
    if (!field) {
      throw Error(snapshot.fields().find(id) ? ErrorCode::UnsupportedFeature : ErrorCode::CorruptTable,
                  fmt::format("the equality deletes {} compare the column with the id {}, which {}", uri, id,
                              snapshot.fields().find(id) ? "is inside of a list or map" : "the table never had"));
    }
    result.columns.push_back(std::move(*field));
  }
  return result;
}

}  // namespace lakelet::iceberg
