#include "formats/iceberg/scan/known_fields.h"

#include <fmt/format.h>

#include "formats/iceberg/values/partition_transform.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

KnownFields::KnownFields(std::shared_ptr<const TableMetadataFile> metadata, const Schema& schema)
    : metadata_(std::move(metadata)) {
  add(schema.fields(), {}, true, true);
  for (auto each = metadata_->schemas.rbegin(); each != metadata_->schemas.rend(); ++each) {
    add(each->second.fields(), {}, false, true);
  }
}

void KnownFields::add(const std::vector<Field>& fields, const ColumnPath& parent, bool current, bool in_structs) {
  for (const Field& field : fields) {
    ColumnPath path = parent;
    path.push_back(field.name);
    if (field.id) fields_.try_emplace(*field.id, KnownField{path, field, current, in_structs});
    if (field.type.nested()) {
      add(field.type.children(), path, current, in_structs && field.type.kind() == TypeKind::Struct);
    }
  }
}

const KnownField* KnownFields::find(std::int32_t id) const {
  const auto found = fields_.find(id);
  return found == fields_.end() ? nullptr : &found->second;
}

std::optional<std::int32_t> KnownFields::id_of(const Schema& schema, const ColumnPath& path) const {
  const Field* field = find_field(schema, path);
  return field ? field->id : std::nullopt;
}

const PartitionSpec& KnownFields::spec(int id) const {
  const auto found = metadata_->specs.find(id);
  if (found == metadata_->specs.end()) {
    throw Error(ErrorCode::CorruptTable,
                fmt::format("a manifest is of the partition spec {}, which the table doesn't have", id));
  }
  return found->second;
}

PartitionLayout KnownFields::layout_of(int spec_id) const {
  PartitionLayout layout;
  layout.spec = &spec(spec_id);
  for (const SpecField& field : layout.spec->fields) {
    const KnownField* source = find(field.source_id);
    const bool known = source && !source->field.type.nested();
    layout.types.push_back(transform_type(field.transform, known ? source->field.type : Type(TypeKind::Null)));
  }
  return layout;
}

std::vector<std::int32_t> KnownFields::ids() const {
  std::vector<std::int32_t> result;
  for (const auto& [id, known] : fields_) {
    if (!known.field.type.nested()) result.push_back(id);
  }
  return result;
}

}  // namespace lakelet::iceberg
